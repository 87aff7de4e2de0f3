"""Text for neighbouring languages made from neighbours.txt, which says how: twins of each other's lines, and words alone.

Neighbours share most of their words. Where the text for one of them is small or of other kinds, a model takes what merely is not in
it for the other language; twins leave it nothing to learn but what really differs.
"""
import os
import re
import zlib

ROUNDS = 8  # each word that tells stands in so many lines
LINE_WORDS = 8
FORMS = 6  # of a word with a star, the commonest
SEPARATORS = re.compile(r"^(.*?)(?:^|\s+)([=<>~])(?:\s+|$)(.*)$")


class Pair:
    """A list of neighbours.txt: rows of (left, separator, right)."""

    def __init__(self, a, b, kinds):
        self.a, self.b, self.kinds, self.rows = a, b, kinds, []

    def prepare(self):
        self.twins = {left.lower(): right for left, _, right in self.rows if left}
        words = sorted(self.twins, key=lambda word: (-len(word), word))
        is_han = self.a.endswith(("Hans", "Hant"))
        edge = ("", "") if is_han else (r"\b", r"\b")
        parts = [re.escape(w[:-1]) + r"\w*" + edge[1] if w.endswith("*") else re.escape(w) + edge[1] for w in words]
        self.find = re.compile(edge[0] + "(?:" + "|".join(parts) + ")", re.IGNORECASE)
        self.stems = [w[:-1] for w in words if w.endswith("*")]

    def twin_of(self, word):
        """What stands for the word in the other language; empty: nothing does."""
        lower = word.lower()
        if lower in self.twins:
            twin = self.twins[lower]
        else:
            stem = next(s for s in self.stems if lower.startswith(s))
            twin = self.twins[stem + "*"]
            twin = twin[:-1] + lower[len(stem):] if twin else ""
        return twin[:1].upper() + twin[1:] if word[:1].isupper() else twin

    def twin_line(self, line):
        """The line in the other language, or None."""
        found = self.find.findall(line)
        if not found or not all(map(self.twin_of, found)):
            return None
        return self.find.sub(lambda match: self.twin_of(match.group()), line)

    def telling(self, lines):
        """Words that tell the one language and the other; those with a star in forms that the lines of the first have."""
        left = [row[0] for row in self.rows if row[0] and row[1] in "=>"]
        right = [row[2] for row in self.rows if row[2] and row[1] in "=<"]
        met = {}
        for line in lines:
            for word in re.findall(r"\w+", line.lower()):
                if any(map(word.startswith, self.stems)):
                    met[word] = met.get(word, 0) + 1
        forms = {stem: [] for stem in self.stems}
        for word in sorted(met, key=lambda word: (-met[word], word)):
            stem = next(s for s in self.stems if word.startswith(s))
            if len(forms[stem]) < FORMS:
                forms[stem].append(word)
        of_left = [form for word in left for form in (forms[word.lower()[:-1]] if word.endswith("*") else [word])]
        of_right = [word for word in right if not word.endswith("*")]
        of_right += [self.twin_of(form) for word in left if word.endswith("*") for form in forms[word.lower()[:-1]]]
        return list(filter(None, of_left)), list(filter(None, of_right))


def read(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "neighbours.txt")):
    pairs = []
    with open(path, encoding="utf-8") as file:
        for line in map(str.strip, file):
            if line.startswith("["):
                a, b, *kinds = line[1:-1].split()
                pairs.append(Pair(a, b, "".join(kinds)))
            elif line and not line.startswith("#"):
                pairs[-1].rows.append(SEPARATORS.match(line).groups())
    for pair in pairs:
        pair.prepare()
    return pairs


def word_lines(words):
    """Lines of nothing but words that tell, each ROUNDS times among others."""
    for number in range(ROUNDS):
        mixed = sorted(set(words), key=lambda word: (zlib.crc32(f"{number} {word}".encode()), word))
        for at in range(0, len(mixed), LINE_WORDS):
            yield " ".join(mixed[at : at + LINE_WORDS])


def made(lines_of):
    """(code, line) of all that is made; lines_of(code) gives (kind, text) of what a language is trained on."""
    for pair in read():
        lines = list(lines_of(pair.a))
        for kind, text in lines:
            twin = pair.twin_line(text) if kind in pair.kinds else None
            if twin:
                yield pair.b, twin
        for code, words in zip((pair.a, pair.b), pair.telling([text for _, text in lines])):
            for line in word_lines(words):
                yield code, line

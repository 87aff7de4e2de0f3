"""Stories of our own making, of which it is known what must become of them."""

import json
import random
from dataclasses import dataclass, field

WORDS = ("harbour council budget river bridge minister report storm market court railway school farmer island coast vote "
         "treaty engineer hospital grain price festival museum border patrol union strike election tunnel glacier pilot "
         "voters signed opened closed delayed approved rejected inspected repaired measured warned promised rebuilt").split()


# Stands in every story, and must stand in no log line and no metric.
CANARY = "xylocanaryphone"


def sentence(rng, words):
    text = " ".join(rng.choice(WORDS) for _ in range(words))
    return f"{text.capitalize()} {CANARY}."


def body(rng, size):
    """Paragraphs of about so many bytes in all."""
    paragraphs, length = [], 0
    while length < size:
        paragraphs.append(" ".join(sentence(rng, rng.randint(6, 14)) for _ in range(3)))
        length += len(paragraphs[-1]) + 1
    return "\n".join(paragraphs)


@dataclass
class Input:
    """One raw message, and what is known of it: how many parts, and how they must end."""

    value: bytes
    key: bytes = None
    parts: int = 1
    ends: str = "live"  # live (article or duplicate), dead, drop
    dead_parts: tuple = ()  # of a message whose other parts live
    timestamp_ms: int = None
    headers: list = field(default_factory=list)
    partition: int = None  # None: by key or by chance
    offset: int = None  # set when produced
    sent_at: float = None  # time.monotonic() then


def story_object(rng, number, size, uri):
    """The shape that most feeds here have: a JSON object."""
    return {
        "uri": uri,
        "version": str(number),
        "language": "en",
        "headline": f"Story {number}: {sentence(rng, 7)}",
        "body": f"{sentence(rng, 12)} Number {number}.\n{body(rng, size)}",
    }


def ninjs_object(rng, number, size, uri):
    return {
        "uri": uri,
        "type": "text",
        "headlines": [{"role": "main", "value": f"Ninjs story {number}"}],
        "bodies": [{"role": "main", "contentType": "text/plain", "value": f"Number {number}. {body(rng, size)}"}],
    }


def plain_text(rng, number, size):
    return f"Plain story {number} about the {rng.choice(WORDS)}\n{sentence(rng, 10)} Number {number}.\n{body(rng, size)}"


BROKEN = (
    b"not text: \x81\xfe\x00 " + CANARY.encode(),  # neither UTF-8 nor anything else
    b"[" * 10000 + b"]" * 10000,  # nested 10,000 deep
    f"a story with a NUL \x00 in the middle of {CANARY}".encode(),
)


class Mix:
    """A stream of inputs by a seed. About one in ten repeats an earlier text; uris are shared by versions of one story, so that order shows."""

    def __init__(self, seed, size=600, uris=500, broken=True):
        self.rng = random.Random(seed)
        self.size = size
        self.uris = uris
        self.broken = broken
        self.number = 0
        self.earlier = []

    def uri(self):
        return f"urn:wire:test:{self.rng.randrange(self.uris)}"

    def next(self):
        self.number += 1
        kind, uri = self.rng.random(), self.uri()
        if kind < 0.10 and self.earlier:
            return Input(self.rng.choice(self.earlier), key=uri.encode())
        if kind < 0.20:
            return Input(plain_text(self.rng, self.number, self.size).encode(), key=uri.encode())
        if kind < 0.30:
            return Input(json.dumps(ninjs_object(self.rng, self.number, self.size, uri)).encode(), key=uri.encode())
        if kind < 0.33:
            many = self.rng.randint(2, 12)
            items = [story_object(self.rng, self.number * 100 + i, 200, self.uri()) for i in range(many)]
            return Input(json.dumps(items).encode(), key=uri.encode(), parts=many)
        if kind < 0.335 and self.broken:
            return Input(self.rng.choice(BROKEN), key=uri.encode(), ends="dead")
        if kind < 0.34:
            return Input(b"", key=uri.encode(), ends="drop")
        value = json.dumps(story_object(self.rng, self.number, self.size, uri)).encode()
        if len(self.earlier) < 200:
            self.earlier.append(value)
        return Input(value, key=uri.encode())

    def take(self, n):
        return [self.next() for _ in range(n)]

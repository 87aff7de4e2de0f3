"""deploy/example: its table of current articles is right after a day with kills, late originals, versions twice, embargoes and dead workers."""

import importlib.util
import json
import random
import threading

import pytest
from broker import BUILD
from desk import wait_until
from stories import Input, body

EXAMPLE = BUILD.parent / "deploy" / "example" / "current.py"
STAGES = ("decode", "cleanup", "credits", "language", "fingerprint", "dedup", "route")


def example():
    spec = importlib.util.spec_from_file_location("current", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def version(rng, uri, number, **more):
    return {
        "uri": uri, "type": "text", "version": str(number), "language": "en",
        "versionCreated": f"2024-11-22T{8 + number:02d}:00:00Z",
        "headlines": [{"role": "main", "value": f"{uri[-5:]} version {number}"}],
        "bodies": [{"role": "main", "contentType": "text/plain", "value": body(rng, 400)}], **more}


def kill(uri, number, **more):
    return {"uri": uri, "type": "text", "version": str(number), "pubStatus": "canceled", "versionCreated": f"2024-11-22T{8 + number:02d}:30:00Z", **more}


class Day:
    """What is sent, and what of it is current: uri -> version. Told from how it was made, never from what came out."""

    def __init__(self, rng, count):
        self.rng, self.items, self.current, self.held = rng, [], {}, set()
        makers = (self.plain, self.killed, self.killed_unseen, self.revived, self.embargoed, self.replaced, self.no_copy)
        for i in range(count):
            makers[i % len(makers)](f"urn:day:{i:05d}")
        for item in rng.sample(self.items, len(self.items) // 5):
            self.items.append(item)
        rng.shuffle(self.items)

    def plain(self, uri):
        last = self.rng.randint(1, 11)
        self.items += [version(self.rng, uri, n) for n in range(1, last + 1)]
        self.current[uri] = str(last)

    def killed(self, uri):
        last = self.rng.randint(1, 3)
        self.items += [version(self.rng, uri, n) for n in range(1, last + 1)]
        self.items.append(kill(uri, last + self.rng.randint(0, 1)))

    def killed_unseen(self, uri):
        self.items += [kill(uri, 2), kill(uri, 3)]

    def revived(self, uri):
        self.items += [version(self.rng, uri, 1), kill(uri, 2), version(self.rng, uri, 3)]
        self.current[uri] = "3"

    def embargoed(self, uri):
        until = self.rng.choice(["2024-11-23T06:00:00Z", "2098-01-01T00:00:00Z", None])
        if until:
            self.items.append(version(self.rng, uri, 1, pubStatus="withheld", embargoedUntil=until))
        else:
            self.items += [version(self.rng, uri, 1, pubStatus="withheld", embargoedUntil="2098-01-01T00:00:00Z"), version(self.rng, uri, 2)]
        if until is None or until < "2025":
            self.current[uri] = "1" if until else "2"
        else:
            self.held.add(uri)

    def replaced(self, uri):
        """Two stories that each say that they replace the other: a loop, which the later one ends."""
        other = uri + ":b"
        self.items.append(version(self.rng, uri, 1, associations=[{"name": "other", "rel": "replaces", "uri": other}]))
        self.items.append(version(self.rng, other, 2, associations=[{"name": "other", "rel": "replaces", "uri": uri}]))
        self.current[other] = "2"

    def no_copy(self, uri):
        self.items.append(version(self.rng, uri, 1, signals=["sig:test"]))

    def inputs(self, partitions):
        return [Input(json.dumps(item).encode(), partition=self.rng.randrange(partitions)) for item in self.items]


@pytest.mark.quick
def test_the_example_keeps_the_table_right_through_a_day_with_kills(desk, tmp_path):
    module, rng = example(), random.Random(20241122)
    desk.create(partitions=4)
    day = Day(rng, 700)
    done = threading.Event()

    def read_in_pieces():
        while not done.is_set():
            until = threading.Event()
            threading.Timer(rng.uniform(0.5, 2), until.set).start()
            module.follow(module.Table(tmp_path / "table"), desk.broker.bootstrap, [desk.articles], stop=lambda: until.is_set() or done.is_set())

    reader = threading.Thread(target=read_in_pieces)
    inputs = day.inputs(4)
    with desk.fleet(["w1", "w2"], stages=STAGES) as fleet:
        reader.start()
        for at in range(0, len(inputs), 150):
            desk.produce(inputs[at:at + 150])
            wait_until(lambda: all(worker.running() for worker in fleet.workers), 30, lambda: "the worker that was killed runs again")
            fleet.kill_one(rng)
        desk.wait_until_all_committed(90)
        assert fleet.stop() == [0, 0]
    done.set()
    reader.join()
    assert sum(w.kills for w in fleet.workers) >= 3
    table = module.Table(tmp_path / "table")
    module.follow(table, desk.broker.bootstrap, [desk.articles], until_end=True)
    found = dict(table.db.execute("SELECT uri, version FROM current"))
    assert found == day.current
    assert not day.held & set(found)
    assert set(day.held) <= {uri for uri, in table.db.execute("SELECT uri FROM article")}
    # Read again from the beginning into another table, all of it at once: the same.
    again = module.Table(":memory:")
    module.follow(again, desk.broker.bootstrap, [desk.articles], until_end=True)
    assert dict(again.db.execute("SELECT uri, version FROM current")) == found

"""Stories that are bad for the one who works on them: each ends alone, its neighbours go on."""

import json
import random

import pytest
from stories import CANARY, Input, Mix, story_object
from worker import TRAPPED


def good(n, seed):
    return Mix(seed, broken=False).take(n)


@pytest.mark.parametrize("word", ["TRAP-KILL", "TRAP-CRASH", "TRAP-HANG"])
def test_a_story_that_ends_the_process_is_dead_lettered_alone(desk, word):
    poison = Input(f"A story\nIt holds {word}, and {CANARY}.".encode(), ends="dead")
    desk.create(partitions=1)
    desk.produce(good(150, 21) + [poison] + good(150, 22))
    with desk.fleet(["w1"], trap=True, stages=TRAPPED, stories=50, story_time="2s") as fleet:
        desk.wait_until_all_committed(120)
        assert fleet.stop() == [0]
    verdict = desk.judge()
    print(f"{fleet.restarts} restarts, exit codes {fleet.workers[0].codes}; {verdict}")
    verdict.assert_good()
    deaths = [d for d in verdict.deaths if d.place[1] == poison.offset]
    assert [d.reason for d in deaths] == ["poison"]
    desk.assert_silent()


HOSTILE = {
    "no text in any charset": (b"\x81\xff\x01\x02\x90\x03\x9d\x05\x06" * 20, "dead"),
    "invalid UTF-8": (b"Headline\n\nIn K\xf6ln ist " + CANARY.encode() + b" gro\xdf.", "live"),
    "NUL": (f"Headline {CANARY}\nwith a \x00 in it".encode(), "dead"),
    "nesting 10,000": (b"[" * 10_000 + b"]" * 10_000, "dead"),
    "objects nested 10,000": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "dead"),
    "1 MB of ones": (b"[" + b"1," * 499_000 + b"1]", "dead"),
    "empty": (b"", "drop"),
    "not JSON": (f'{{"headline": "{CANARY}", "body": oops'.encode(), "live"),
    "cut-off ninjs": (json.dumps({"headlines": [{"value": CANARY}], "bodies": [{"value": "x"}]}).encode()[:-9], "live"),
}


def test_hostile_bytes_end_each_for_itself(desk):
    desk.create(partitions=1)
    hostile = [Input(value, ends=end) for value, end in HOSTILE.values()]
    mixed = good(300, 23)
    for i, one in enumerate(hostile):
        mixed.insert(30 * (i + 1), one)
    desk.produce(mixed)
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]
        assert fleet.restarts == 0
    verdict = desk.judge()
    for name, one in zip(HOSTILE, hostile):
        print(name, [(d.stage, d.reason) for d in verdict.deaths if d.place[1] == one.offset])
    verdict.assert_good()
    desk.assert_silent()


def test_of_twelve_parts_one_dies_and_replay_puts_back_just_that_one(desk):
    rng = random.Random(31)
    items = [story_object(rng, i, 90_000 if i == 5 else 300, f"urn:wire:part:{i}") for i in range(12)]
    desk.create(partitions=1, out_config={"max.message.bytes": "50000"}, dead_config={"max.message.bytes": "1000000"})
    desk.produce(good(20, 32) + [Input(json.dumps(items).encode(), parts=12, dead_parts=(5,))] + good(20, 33))
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]
    before = desk.judge()
    before.assert_good()
    assert [(d.place[2], d.reason) for d in before.deaths] == [(5, "limit-record")]

    # What made it die is mended; only that part goes on, under its own name.
    desk.broker.set_topic(desk.articles, {"max.message.bytes": "1000000"})
    desk.broker.set_topic(desk.duplicates, {"max.message.bytes": "1000000"})
    assert desk.run("replay").startswith("put back: 1 dead letter (1 story)")
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]
    records = desk.read_articles()
    again = [r for r in records if r["uri"] == "urn:wire:part:5"]
    assert len(again) == 1
    assert len(records) == before.articles + 1
    assert again[0]["wiredesk"]["id"].endswith("/5")

    # Nothing is left to put back.
    assert desk.run("replay").startswith("put back: 0 dead letters")


def test_what_the_raw_topic_refuses_to_replay_is_left_for_later_and_told_once(desk):
    desk.create(partitions=1)
    desk.produce([Input(b'{"headlines": 3, "x": "' + b"y" * 5000 + b'"}', ends="dead") for _ in range(5)])
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]
    desk.broker.set_topic(desk.raw, {"max.message.bytes": "2000"})
    said, trouble = desk.run_telling("replay", expect=(1,))
    assert "not put back: 5 that the raw topic refuses" in said
    assert trouble == ""

    desk.broker.set_topic(desk.raw, {"max.message.bytes": "1000000"})
    assert desk.run("replay").startswith("put back: 5 dead letters (5 stories)")

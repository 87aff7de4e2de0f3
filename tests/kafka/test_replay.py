"""Dead letters go back, each once: whatever is chosen, however often it is asked for, wherever it is killed."""

import json
import os
import pty
import random
import re
import subprocess
import time
from collections import Counter

import jsonschema
import judge
from broker import ROOT
from desk import WIREDESK, wait_until
from stories import Input, story_object

SMALL, LARGE = {"max.message.bytes": "20000"}, {"max.message.bytes": "1000000"}


def large(rng, number):
    """Its record fits no small topic."""
    return story_object(rng, number, 25_000, f"urn:large:{number}")


def run_worker(desk):
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]


def mend(desk):
    for topic in (desk.articles, desk.duplicates):
        desk.broker.set_topic(topic, LARGE)


def put_back(desk):
    """What a reader of the raw topic sees that was put back: (origin, part) → how often. Part None: the message as a whole."""
    found = Counter()
    for msg in judge.read(desk.broker, [desk.raw])[0]:
        headers = judge.headers_of(msg)
        for origin in headers.get("wiredesk-origin", []):
            found.update((origin, part) for part in headers.get("wiredesk-part") or [None])
    return found


def articles(desk):
    return Counter(record["uri"] for record in desk.read_articles())


def on_a_terminal(command):
    """Exit code, stdout, and what stands on stderr, which is a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        said, shown = process.communicate(timeout=60)[0], b""
        while chunk := read_terminal(ours):
            shown += chunk
    os.close(ours)
    return process.returncode, said, shown.decode()


def read_terminal(end):
    try:
        return os.read(end, 4096)
    except OSError:  # nobody holds the other end any more
        return b""


def assert_origins(desk, inputs):
    """What was put back says where it stood first, as a record that the schema allows."""
    first = {uri: one for one in inputs for uri in re.findall(rb'"(urn:large:\d+)"', one.value)}
    schema = jsonschema.Draft202012Validator(json.loads((ROOT / "schema" / "wiredesk-ninjs-3.0.schema.json").read_text()))
    seen = 0
    for record in desk.read_articles():
        schema.validate(record)
        one, provenance = first.get(record["uri"].encode()), record["wiredesk"]["provenance"]
        assert ("origin" in provenance) == bool(one), provenance
        if one:
            origin = provenance["origin"]
            assert (origin["topic"], origin["partition"], origin["offset"], origin["attempts"]) == (desk.raw, one.partition, one.offset, 1), origin
            assert provenance["offset"] > one.offset and provenance.get("part") == (1 if one.parts == 3 else None), provenance
            seen += 1
    return seen


def test_killed_half_way_again_and_again_each_part_comes_back_exactly_once(desk):
    seed = int(os.environ.get("WD_SEED", random.randrange(10**6)))
    print(f"WD_SEED={seed}")
    rng = random.Random(seed)
    desk.create(partitions=3, raw_config=LARGE, out_config=SMALL, dead_config=LARGE)
    # Messages of one story, and of three of which the middle one is too large.
    inputs = []
    for number in range(120):
        story = large(rng, number)
        if number % 4:
            inputs.append(Input(json.dumps(story).encode(), dead_parts=(0,)))
        else:
            items = [story_object(rng, number, 200, f"urn:small:{number}:0"), story, story_object(rng, number, 200, f"urn:small:{number}:2")]
            inputs.append(Input(json.dumps(items).encode(), parts=3, dead_parts=(1,)))
    desk.produce(inputs)
    run_worker(desk)
    before = desk.judge()
    before.assert_good()
    assert len(before.deaths) == 120 and before.articles + before.duplicates == 60
    mend(desk)

    command = [WIREDESK, "replay", "-c", desk.folder / "wiredesk.yaml", "--rate", "15"]
    kills = 0
    while len(put_back(desk)) < 60:
        replay = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        at = sum(desk.broker.ends(desk.raw))
        until = time.monotonic() + 30
        # Until it has put something more back; and then a moment of any length.
        while replay.poll() is None and sum(desk.broker.ends(desk.raw)) == at and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.3))
        assert replay.poll() is None, replay.stdout.read()
        replay.kill()
        replay.wait()
        replay.stdout.close()
        kills += 1
    some = put_back(desk)
    print(f"{kills} kills; {len(some)} of 120 back by then")
    assert kills >= 2 and 60 <= len(some) < 120
    left = 120 - len(some)
    said = desk.run("replay")
    assert said.startswith(f"put back: {left} dead letter"), said
    assert desk.run("replay").startswith("put back: 0 dead letters")
    found = put_back(desk)
    assert len(found) == 120 and set(found.values()) == {1}
    run_worker(desk)
    ends = articles(desk) + Counter(json.loads(m.value())["uri"] for m in judge.read(desk.broker, [desk.duplicates])[0])
    assert sum(count for uri, count in ends.items() if uri.startswith("urn:large:")) == 120
    assert set(ends.values()) == {1}
    assert sum(ends.values()) == 180
    assert assert_origins(desk, inputs) > 0


def test_what_a_choice_leaves_comes_back_by_the_next_and_nothing_twice(desk):
    rng = random.Random(71)
    desk.create(partitions=2, raw_config=LARGE, out_config=SMALL, dead_config=LARGE)
    broken = [Input(b"not text: \x81\xfe\x00", ends="dead") for _ in range(10)]
    tall = [Input(json.dumps(large(rng, number)).encode(), dead_parts=(0,)) for number in range(20)]
    mixed = broken + tall
    rng.shuffle(mixed)
    desk.produce(mixed)
    run_worker(desk)
    assert len(desk.judge().deaths) == 30
    said = desk.run("replay", "--dry-run")
    assert said.startswith("would put back: 30 dead letters (30 stories)")
    rows = {tuple(line.split()) for line in said.splitlines() if line.startswith("  ")}
    assert ("not-text", "decode", "10") in rows and any(row[0] == "limit-record" and row[2] == "20" for row in rows), said
    newest = re.search(r"died from \S+ to (\S+)", said).group(1)

    # None of another time, none of a stage in which nobody died of that, and nothing is settled by having looked.
    assert "put back: 0 dead letters" in desk.run("replay", "--until", "1h")
    assert "not put back: 30 from another time" in desk.run("replay", "--until", "1h")
    assert "put back: 0 dead letters" in desk.run("replay", "--reason", "not-text", "--stage", "language")
    assert desk.run("replay", "--since", newest, "--dry-run").startswith("would put back: ")
    mend(desk)
    assert desk.run("replay", "--reason", "limit-record", "--since", "1h").startswith("put back: 20 dead letters (20 stories)")
    assert "put back: 0 dead letters" in desk.run("replay", "--reason", "limit-record")
    assert desk.run("replay").startswith("put back: 10 dead letters (10 stories)")
    assert desk.run("replay").startswith("put back: 0 dead letters")
    found = put_back(desk)
    assert len(found) == 30 and set(found.values()) == {1}
    # Those that no mending helps die again, and are dead letters again.
    run_worker(desk)
    assert set(articles(desk).values()) == {1} and len(articles(desk)) == 20
    said = desk.run("replay", "--attempts", "2", expect=(1,))
    assert said.startswith("put back: 0 dead letters") and "not put back: 10 that have died as often as --attempts allows" in said
    code, said, shown = on_a_terminal([WIREDESK, "replay", "-c", desk.folder / "wiredesk.yaml", "--attempts", "3", "--rate", "10"])
    assert code == 0 and said.startswith("put back: 10 dead letters"), said
    assert re.search(r"\[#+\.*\] +\d+% \d+ dead letters, \d+/s", shown), shown


def test_of_two_that_replay_at_once_only_one_goes_on(desk):
    desk.create(partitions=1)
    desk.produce([Input(b"not text: \x81\xfe\x00", ends="dead") for _ in range(60)])
    run_worker(desk)
    command = [WIREDESK, "replay", "-c", desk.folder / "wiredesk.yaml", "--rate", "20"]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: len(put_back(desk)) > 0, 30)
        second = subprocess.run([*command[:-2]], capture_output=True, text=True, timeout=60)
        assert second.returncode == 0, second.stderr
        out, err = first.communicate(timeout=60)
        assert first.returncode == 3 and "another replay of this group has begun" in err, f"{first.returncode}: {out}{err}"
    finally:
        if first.poll() is None:
            first.kill()
            first.wait()
    found = put_back(desk)
    assert len(found) == 60 and set(found.values()) == {1}

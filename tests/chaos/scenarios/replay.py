"""Dead letters are put back: replay is killed half-way, started twice at once, and run again; each part comes back exactly once."""

import json
import os
import subprocess
import time
from collections import Counter

import judge
from chaos import require_no_open_transaction
from desk import WIREDESK
from stories import Input, Mix, story_object

SECONDS = 45
LETTERS = 1500  # small
KILLS = 3
SMALL, LARGE = "20000", "1000000"  # max.message.bytes of the output, before and after it is mended


def letters(chaos, count):
    """Among good stories messages that die of their size, some of them in one of their parts only."""
    mix, rng = Mix(chaos.rng.randrange(10**9), size=300, broken=False), chaos.rng
    for number in range(count):
        yield mix.next()
        uri = f"urn:wire:dead:{number}"
        if rng.random() < 0.5:
            yield Input(json.dumps(story_object(rng, number, 24_000, uri)).encode(), key=uri.encode(), dead_parts=(0,))
        else:
            dead = tuple(sorted(rng.sample(range(5), rng.randint(1, 3))))
            items = [story_object(rng, number * 10 + part, 24_000 if part in dead else 200, f"{uri}-{part}") for part in range(5)]
            yield Input(json.dumps(items).encode(), key=uri.encode(), parts=5, dead_parts=dead)


def start_replay(desk):
    return subprocess.Popen([WIREDESK, "replay", "-c", desk.folder / "wiredesk.yaml"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env={**os.environ, "STATE_DIRECTORY": str(desk.folder / "state-replay")})


def back(desk, before):
    """How many letters are back in the raw topic, as a reader sees it, at most: markers count, too."""
    return sum(desk.broker.ends(desk.raw)) - before


def kill_half_way(chaos, desk, before, wanted):
    """Is killed once it has put some back, if it is not through by then. Those that were back."""
    process, until = start_replay(desk), time.monotonic() + 60
    while process.poll() is None and back(desk, before) < wanted and time.monotonic() < until:
        time.sleep(0.005)
    was_running = process.poll() is None
    process.kill()
    process.communicate(timeout=10)
    chaos.say(f"replay killed with about {back(desk, before)} back" if was_running else "replay was through before it was killed")
    return was_running


def origins(desk):
    """Where what was put back came from first, by where it stands now: a record names its delivery."""
    found = {}
    for msg in judge.read(desk.broker, [desk.raw])[0]:
        headers = judge.headers_of(msg)
        if "wiredesk-origin" in headers:
            found[msg.partition(), msg.offset()] = judge.place(headers["wiredesk-origin"][0])[:2]
    return found


def places_out(desk):
    first, live = origins(desk), Counter()
    for records in judge.read(desk.broker, [desk.articles, desk.duplicates]):
        for msg in records:
            partition, offset, part = judge.place(json.loads(msg.value())["wiredesk"]["id"])
            live[*first.get((partition, offset), (partition, offset)), part] += 1
    dead = Counter(death.place for msg in judge.read(desk.broker, [desk.dead])[0] for death in judge.deaths_in(msg))
    return live, dead


def judge_replay(row, desk):
    live, dead = places_out(desk)
    expected = {(one.partition, one.offset, part) for one in desk.inputs if one.ends == "live" for part in range(one.parts)}
    died = {(one.partition, one.offset, part) for one in desk.inputs for part in one.dead_parts}
    whole = {(at[0], at[1], None) for at in died}  # a message of one part may have died as a whole
    row.stories = len(expected)
    row.lost = len(expected - set(live))
    row.doubled = sum(1 for count in live.values() if count > 1)
    row.require(not row.lost, f"{row.lost} parts did not come back, the first: {sorted(expected - set(live))[:3]}")
    row.require(not row.doubled, f"{row.doubled} parts came out twice, the first: {[at for at, n in live.items() if n > 1][:3]}")
    row.require(not set(live) - expected, f"foreign: {sorted(set(live) - expected)[:3]}")
    row.require(sum(dead.values()) == len(died) and set(dead) <= died | whole, f"{sum(dead.values())} deaths of {len(died)} that should die")


def run(chaos):
    row, count = chaos.row(), int(LETTERS * chaos.factor)
    desk = chaos.desk(partitions=4, out_config={"max.message.bytes": SMALL}, dead_config={"max.message.bytes": LARGE})
    desk.produce(list(letters(chaos, count)))
    with desk.fleet(["w1", "w2"], stories=100) as fleet:
        desk.wait_until_all_committed(60 + count / 20)
        fleet.stop()
    before = sum(desk.broker.ends(desk.raw))
    for topic in (desk.articles, desk.duplicates):
        desk.broker.set_topic(topic, {"max.message.bytes": LARGE})
    with desk.fleet(["w1", "w2"]) as fleet:
        for kill in range(KILLS):
            row.faults += kill_half_way(chaos, desk, before, count * (kill + chaos.rng.random()) / (KILLS + 1))
            fleet.kill_one(chaos.rng)
            row.faults += 1
        # Two at once: the later one takes the place, and the earlier one ends as fenced or was through.
        both = [start_replay(desk), start_replay(desk)]
        codes = [process.wait(120) for process in both]
        said = [process.communicate()[0] for process in both]
        row.require(set(codes) <= {0, 3}, f"two at once end with {codes}: {said}")
        desk.run("replay")
        words = desk.run("replay")
        row.require(words.startswith("put back: 0 dead letters"), f"after all was put back, replay says: {words}")
        desk.wait_until_all_committed(60 + count / 20)
        row.require(fleet.stop() == [0, 0], "workers do not end well")
    row.require(row.faults > KILLS, "no replay was killed half-way")
    judge_replay(row, desk)
    require_no_open_transaction(row, desk)
    return row

"""A backlog on 16 partitions with single stories of 1 MB: no worker's memory exceeds the sum that `check` prints."""

import re

from chaos import judged
from stories import Input, Mix, plain_text
from worker import peak_bytes

SECONDS = 60
STORIES, MOST = 20_000, 200_000  # small, and by --minutes
HUGE_EVERY = 700
STEP = 2000
SIZE = 1000


def backlog(chaos, count):
    mix = Mix(chaos.rng.randrange(10**9), size=SIZE, broken=False)
    for number in range(count):
        yield mix.next()
        if number % HUGE_EVERY == 0:
            yield Input(plain_text(mix.rng, 10**7 + number, 1_000_000).encode())
        if number % (HUGE_EVERY * 4) == 1:  # nested lists cost a JSON reader most for their size
            yield Input(b"[" + b"1," * 450_000 + b"1]", ends="dead")


def fill(chaos, desk, count):
    step = []
    for one in backlog(chaos, count):
        step.append(one)
        if len(step) == STEP:
            desk.produce(step)
            for sent in step:
                sent.value = None  # the topic has it; a backlog in Python would be larger than any worker's
            step = []
            chaos.say(f"{len(desk.inputs):,} messages wait")
    desk.produce(step)


def run(chaos):
    row, count = chaos.row(), min(MOST, int(STORIES * chaos.factor))
    desk = chaos.desk(partitions=16, raw_config={"max.message.bytes": "2000000"}, out_config={"max.message.bytes": "8000000"})
    fill(chaos, desk, count)
    # A ceiling near what is used, or the scenario would say little.
    small = "limits: { message: 2MB, story: 4MB, parse: 32MB }\n"
    with desk.fleet(["w1", "w2"], stories=1000, max_poll="300s", transaction="30s", more=small) as fleet:
        printed = int(re.search(r"memory may reach (\d+) MB", desk.run("check")).group(1)) * 1_000_000
        desk.wait_until_all_committed(60 + count / 200)
        peaks = [peak_bytes(worker.process.pid) for worker in fleet.workers]
        row.require(fleet.stop() == [0, 0] and fleet.restarts == 0, f"workers do not end well: {fleet.restarts} restarts")
    judged(row, desk)
    row.require(max(peaks) < printed, f"peaks of {[peak // 10**6 for peak in peaks]} MB, check promises {printed // 10**6} MB")
    row.note(f"{len(desk.inputs):,} messages, peaks of {[peak // 10**6 for peak in peaks]} MB, check promises {printed // 10**6} MB")
    return row

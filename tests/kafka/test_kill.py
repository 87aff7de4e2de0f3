"""Workers are killed while stories flow: nothing is lost, nothing doubled, order holds."""

import os
import random

import pytest
from desk import free_port
from feeder import Feeder
from stories import Mix
from worker import metrics, metrics_text


def run_with_kills(desk, count, seconds, every):
    seed = int(os.environ.get("WD_SEED", random.randrange(10**6)))
    print(f"WD_SEED={seed}")
    rng = random.Random(seed)
    desk.create(partitions=4)
    feeder = Feeder(desk, Mix(seed, size=400), count, seconds)
    with desk.fleet(["w1", "w2"]) as fleet:
        feeder.start()
        while feeder.is_alive():
            feeder.join(every * rng.uniform(0.8, 1.2))
            fleet.kill_one(rng)
        feeder.finish()
        desk.wait_until_all_committed(90)
        codes = fleet.stop()
    kills = sum(w.kills for w in fleet.workers)
    verdict = desk.judge()
    print(f"{kills} kills, {desk.hidden()} records of aborted transactions hidden; {verdict}")
    assert codes == [0, 0]
    seen = {code for w in fleet.workers for code in w.codes}
    assert seen <= {0, -9, 3}, f"exit codes {seen}"
    verdict.assert_good()
    assert verdict.parts_in >= count
    desk.assert_silent()
    return kills


@pytest.mark.quick
def test_nothing_is_lost_or_doubled_when_workers_are_killed(desk):
    assert run_with_kills(desk, 20_000, seconds=24, every=3) >= 5


@pytest.mark.long
def test_nothing_is_lost_or_doubled_in_ten_minutes_of_kills(desk):
    assert run_with_kills(desk, 300_000, seconds=600, every=2) >= 200


def outcome(found, word):
    return sum(value for series, value in found.items() if series.startswith("wiredesk_stories_total{") and f'"{word}"' in series)


def test_metrics_equal_the_topics_when_nobody_is_killed(desk):
    desk.create(partitions=4)
    desk.produce(Mix(7, size=300).take(3000))
    port = free_port()
    with desk.worker(http=port) as worker:
        worker.start()
        desk.wait_until_all_committed()
        found, text = metrics(port), metrics_text(port)
        assert worker.stop() == 0
    verdict = desk.judge()
    verdict.assert_good()
    told = {word: outcome(found, word) for word in ("article", "duplicate", "dead-letter", "drop")}
    assert told == {"article": verdict.articles, "duplicate": verdict.duplicates, "dead-letter": verdict.dead, "drop": verdict.drops}
    assert found["wiredesk_messages_total"] == 3000
    assert verdict.duplicates > 100
    desk.assert_silent(text)

"""Told to stop at any moment a worker ends in time and well: nothing of it stays open, and the next one goes on."""

import random
import time

import pytest
from desk import wait_until
from stories import CANARY, Input, Mix
from worker import TRAPPED, lines

END_S = 10  # then the hastiest supervisors kill


def trapped(word, n):
    return [Input(f"Story {number}\nIt holds {word}, and {CANARY}.".encode()) for number in range(n)]


def stop_in_time(worker):
    began = time.monotonic()
    assert worker.stop(timeout=30) == 0
    took = time.monotonic() - began
    assert took < END_S, f"{took:.1f} s:\n{worker.tail()}"
    return took


def open_records(desk):
    """Records of transactions that have no end."""
    def ends(level):
        return sum(sum(desk.broker.ends(topic, level)) for topic in (desk.articles, desk.duplicates, desk.dead))
    return ends("read_uncommitted") - ends("read_committed")


def stop_at_random(desk, moments):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    rng = random.Random(seed)
    desk.create(partitions=4)
    mix, took = Mix(seed, size=400), []
    with desk.worker(stories=50) as worker:
        for _ in range(moments):
            desk.produce(mix.take(150))
            worker.start()
            # A third of them while it starts.
            time.sleep(rng.uniform(0.05, 1.5))
            took.append(stop_in_time(worker))
            assert open_records(desk) == 0
        worker.start()
        desk.wait_until_all_committed(90)
        stop_in_time(worker)
    print(f"{moments} stops, the median took {sorted(took)[moments // 2]:.2f} s, the slowest {max(took):.2f} s")
    desk.judge().assert_good()


def test_a_worker_that_is_told_to_stop_at_any_moment_ends_well(desk):
    stop_at_random(desk, 12)


@pytest.mark.long
def test_a_worker_that_is_told_to_stop_at_two_hundred_moments_ends_well(desk):
    stop_at_random(desk, 200)


def test_a_worker_that_is_told_to_stop_in_the_middle_of_a_long_batch_publishes_what_it_has_worked_on(desk):
    """400 stories of a twentieth of a second each, two at a time: ten seconds."""
    desk.create(partitions=2)
    desk.produce(trapped("TRAP-SLOW", 400))
    with desk.worker(trap=True, stages=TRAPPED, stories=400) as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "ASSIGNED"), 30, worker.tail)
        time.sleep(2)
        stop_in_time(worker)
        assert len(lines(worker, "END")) == 1, worker.tail()
        done = sum(max(0, one) for one in desk.committed())
        assert 0 < done < 400
        assert open_records(desk) == 0
        worker.start()
        desk.wait_until_all_committed(60)
        stop_in_time(worker)
    desk.judge().assert_good()


def test_a_worker_that_is_told_to_stop_while_a_story_hangs_ends_all_the_same(desk):
    desk.create(partitions=1)
    desk.produce(trapped("TRAP-HANG", 1))
    with desk.worker(trap=True, stages=TRAPPED, story_time="30s") as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "ASSIGNED"), 30, worker.tail)
        time.sleep(2)
        stop_in_time(worker)


def test_a_worker_that_is_told_to_stop_while_brokers_keep_it_from_starting_ends_all_the_same(desk):
    desk.create(partitions=1)
    (desk.folder / "hold-open").touch()
    with desk.worker(trap=True, stages=TRAPPED) as worker:
        worker.start()
        wait_until((desk.folder / "held").exists, 30, worker.tail)
        stop_in_time(worker)

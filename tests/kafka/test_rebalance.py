"""Batches in flight when partitions move: settled before the next owner reads, or never committed at all."""

import time

import judge
import pytest
from desk import wait_until
from stories import Mix
from worker import TRAPPED


def held(desk):
    return (desk.folder / "held").exists()


def hold(desk):
    (desk.folder / "hold").touch()


def let_go(desk):
    (desk.folder / "hold").unlink()


def articles(desk):
    return sum(desk.broker.ends(desk.articles)) + sum(desk.broker.ends(desk.duplicates))


# Fewer than a batch: the loop has nothing to do but poll, and sees the rebalance while its batch is held. More than two: it waits for
# its batch to come back, and sees nothing.
@pytest.mark.parametrize("stories", [100, 2000])
def test_a_batch_in_flight_is_settled_before_the_next_owner_reads(desk, stories):
    desk.create(partitions=4)
    desk.produce(Mix(12).take(stories))
    hold(desk)
    # The second has no trap: were it given the partitions, it would publish.
    with desk.worker("w1", trap=True, stages=TRAPPED) as first, desk.worker("w2", file="second.yaml") as second:
        first.start()
        wait_until(lambda: held(desk), 30)
        second.start()
        wait_until(lambda: len(desk.broker.members(desk.group)) == 2, 30)
        for _ in range(20):
            assert articles(desk) == 0, "the second worker published while the first still held its batch"
            time.sleep(0.2)
        let_go(desk)
        desk.wait_until_all_committed()
        assert [first.stop(), second.stop()] == [0, 0]
    desk.judge().assert_good()


def test_a_worker_thrown_out_of_the_group_does_not_commit_what_it_held(desk):
    timing = {"max_poll": "12s", "transaction": "2s"}
    desk.create(partitions=4)
    desk.produce(Mix(13).take(2000))
    hold(desk)
    # The second is without traps: it takes over everything once the first has not polled for too long.
    with desk.worker("w1", trap=True, stages=TRAPPED, **timing) as first, desk.worker("w2", file="second.yaml", **timing) as second:
        first.start()
        wait_until(lambda: held(desk), 30)
        second.start()
        desk.wait_until_all_committed(90)
        let_go(desk)
        desk.produce(Mix(14).take(500))
        desk.wait_until_all_committed(90)
        codes = [first.stop(), second.stop()]
    desk.judge().assert_good()
    # The first may have found out that it was thrown out (3), or have come back as a member (0).
    assert codes[0] in (0, 3) and codes[1] == 0


def test_the_first_batch_of_a_new_group_is_aborted_and_nothing_is_lost(desk):
    desk.create(partitions=2)
    desk.produce(Mix(15).take(500))
    (desk.folder / "balk").touch()
    with desk.fleet(["w1"], trap=True, stages=TRAPPED) as fleet:
        desk.wait_until_all_committed()
        assert fleet.stop() == [0]
    assert not (desk.folder / "balk").exists()
    desk.judge().assert_good()


def test_partitions_that_are_added_under_a_worker_are_read(desk):
    """By default within half a minute; here the worker looks more often."""
    desk.create(partitions=2)
    with desk.worker(client={"topic.metadata.refresh.interval.ms": "500"}) as worker:
        worker.start()
        desk.produce(Mix(14).take(100))
        desk.wait_until_all_committed()
        desk.broker.grow(desk.raw, 4)
        desk.broker.grow(desk.articles, 6)
        inputs = Mix(15).take(100)
        for number, one in enumerate(inputs):
            one.partition = number % 4
        desk.producer = judge.new_producer(desk.broker)  # the old one does not know them yet
        desk.produce(inputs)
        desk.wait_until_all_committed()
        assert worker.stop() == 0
    desk.judge().assert_good()

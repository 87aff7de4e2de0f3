"""--until-end holds for the whole topic, not for what the worker happens to be given."""

import pytest
from desk import wait_until
from stories import Mix

SESSION = "12s"


def assert_all_out_once(desk):
    assert desk.all_committed(), f"committed {desk.committed()} of {desk.ends()}"
    desk.judge().assert_good()


# One who comes back under his own name is given his old partitions at once, and the dead one's rest with it; a new one makes the group
# share anew, and waits for the dead one in there.
@pytest.mark.parametrize("name", ["w1", "w3"])
def test_the_partitions_of_one_who_was_killed_are_waited_for_and_worked(desk, name):
    desk.create(partitions=4)
    with desk.worker("w1", session=SESSION) as first, desk.worker("w2", session=SESSION) as second:
        first.start()
        second.start()
        wait_until(lambda: all("partitions=2" in w.tail() or '"partitions":2' in w.tail() for w in (first, second)), 40)
        assert first.stop() == 0
        second.kill()
    desk.produce(Mix(71, broken=False).take(200))
    with desk.worker(name, args=["--until-end"], session=SESSION) as worker:
        worker.start()
        assert worker.process.wait(90) == 0, worker.tail()
        if name == "w1":
            assert "WAITING" in worker.tail()
    assert_all_out_once(desk)


def test_several_end_together_when_all_is_done_also_one_without_partitions(desk):
    desk.create(partitions=2)
    desk.produce(Mix(72, broken=False).take(200))
    workers = [desk.worker(f"w{i}", args=["--until-end"], session="6s") for i in range(3)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            assert worker.process.wait(90) == 0, worker.tail()
    finally:
        for worker in workers:
            worker.__exit__(None, None, None)
    assert_all_out_once(desk)

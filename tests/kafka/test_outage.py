"""The broker goes away under a worker: it waits, goes on when it is back, and ends when it is told to."""

import pytest
from broker import Broker
from desk import Desk, wait_until
from stories import Mix


@pytest.fixture
def own_desk(tmp_path_factory):
    """A broker that may be killed."""
    folder = tmp_path_factory.mktemp("outage")
    broker = Broker(folder / "broker").start()
    yield Desk(broker, folder, "outage")
    broker.kill()


def test_a_worker_goes_on_when_its_killed_broker_is_back(own_desk):
    desk = own_desk.create(partitions=2)
    desk.produce(Mix(51).take(500))
    with desk.fleet(["w1"]) as fleet:
        desk.wait_until_all_committed()
        desk.broker.kill()
        desk.broker.start()
        desk.produce(Mix(52).take(500))
        desk.wait_until_all_committed(90)
        assert fleet.stop() == [0]
    desk.judge().assert_good()


def test_a_worker_that_is_told_to_stop_ends_although_its_broker_is_gone(own_desk):
    desk = own_desk.create(partitions=2)
    desk.produce(Mix(53).take(500))
    with desk.worker() as worker:
        worker.start()
        desk.wait_until_all_committed()
        desk.broker.kill()
        wait_until(lambda: "KAFKA-AWAY" in worker.tail(200), 30, worker.tail)
        assert worker.stop(timeout=60) in (0, 4)

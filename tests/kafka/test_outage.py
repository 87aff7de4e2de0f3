"""The broker goes away under a worker: it waits, goes on when it is back, and ends when it is told to."""

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from desk import free_port, wait_until
from stories import Mix
from worker import PATIENT, lines, readiness


def has_leaders(desk):
    """A broker that has just come back takes a moment to lead its partitions again."""
    try:
        return bool(desk.ends())
    except KafkaException:
        return False


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
        assert worker.stop(timeout=60) == 0


def test_a_worker_that_is_told_to_stop_does_not_wait_for_its_open_transaction(own_desk):
    """Alone it would wait for half a minute until it gives up its records, and for another one until it gives up the abort."""
    desk = own_desk.create(partitions=2)
    desk.produce(Mix(55).take(6000))
    with desk.worker(stories=100, **PATIENT) as worker:
        worker.start()
        wait_until(lambda: sum(max(0, done) for done in desk.committed()) > 300, 60, worker.tail)
        desk.broker.kill()
        # The loop itself waits for the batch in flight: only the library says that the broker is away.
        wait_until(lambda: "SESSTMOUT" in worker.tail(), 30, worker.tail)
        assert worker.stop(timeout=20) == 0
        assert len(lines(worker, "BATCH-ABANDONED")) == 1, worker.tail()
    desk.broker.start()
    wait_until(lambda: has_leaders(desk), 30)
    with desk.fleet(["w1"], **PATIENT) as fleet:
        desk.wait_until_all_committed(90)
        assert fleet.stop() == [0]
    desk.judge().assert_good()


def test_an_idle_worker_is_not_ready_while_its_broker_is_away_and_says_so_once(own_desk):
    desk = own_desk.create(partitions=2)
    http = free_port()
    with desk.worker(http=http) as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "ASSIGNED") and readiness(http)[0] == 200, 30, worker.tail)
        desk.broker.kill()
        wait_until(lambda: readiness(http) == (503, "not ready: no broker answers"), 30, worker.tail)
        # Longer than the group's patience: the session ends, too.
        wait_until(lambda: lines(worker, "LOST"), 30, worker.tail)
        assert readiness(http)[0] == 503
        desk.broker.start()
        wait_until(lambda: readiness(http) == (200, "ready"), 60, worker.tail)
        assert len(lines(worker, "KAFKA-AWAY")) == len(lines(worker, "KAFKA-BACK")) == 1, worker.tail()
        assert worker.stop() == 0
        noise = [line for line in worker.log.read_text().splitlines() if '"KAFKA-' in line]
        assert len(noise) < 10, noise


def test_a_worker_whose_topic_is_deleted_is_not_ready_and_ends_with_words(own_desk):
    desk = own_desk.create(partitions=2)
    desk.produce(Mix(54).take(100))
    http = free_port()
    with desk.worker(http=http) as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "ASSIGNED") and readiness(http)[0] == 200, 30, worker.tail)
        desk.broker.delete(desk.raw)
        wait_until(lambda: readiness(http) == (503, "not ready: an input topic does not exist"), 30, worker.tail)
        assert [line["topic"] for line in lines(worker, "TOPIC-MISSING")] == [desk.raw]
        assert worker.stop() == 0


def test_a_worker_whose_output_topic_is_deleted_names_it_soon_and_goes_on_when_it_is_back(desk):
    """By itself the library would let records wait for the topic until half of the transaction's time is over."""
    desk.create(partitions=2)
    http = free_port()
    with desk.worker(http=http, **PATIENT) as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "ASSIGNED"), 30, worker.tail)
        desk.broker.delete(desk.articles)
        desk.produce(Mix(56).take(200))
        wait_until(lambda: any(f"for topic '{desk.articles}'" in line["why"] for line in lines(worker, "BATCH-ABORTED")), 20, worker.tail)
        assert readiness(http) == (503, "not ready: the last batch could not be taken")
        desk.broker.create({desk.articles: (4, {})})
        desk.wait_until_all_committed(60)
        wait_until(lambda: readiness(http) == (200, "ready"), 30, worker.tail)
        assert worker.stop() == 0
    desk.judge().assert_good()


def test_a_worker_whose_group_has_offsets_in_an_open_transaction_says_that_it_waits_for_its_end(desk):
    """Not its own, so that the worker's beginning does not end it."""
    desk.create(partitions=2)
    desk.produce(Mix(56).take(100))
    member = Consumer({"bootstrap.servers": desk.broker.bootstrap, "group.id": desk.group, "log_level": 2})
    holder = Producer({"bootstrap.servers": desk.broker.bootstrap, "transactional.id": f"{desk.group}.holder", "transaction.timeout.ms": 120000})
    holder.init_transactions(30)
    holder.begin_transaction()
    holder.send_offsets_to_transaction([TopicPartition(desk.raw, 0, 7)], member.consumer_group_metadata(), 30)
    http = free_port()
    with desk.worker(http=http) as worker:
        worker.start()
        wait_until(lambda: worker.log.exists() and lines(worker, "OFFSETS-HELD"), 60, worker.tail)
        held = lines(worker, "OFFSETS-HELD")[0]
        assert (held["topic"], held["partition"]) == (desk.raw, 0)
        assert "kafka-transactions.sh" in held["advice"]
        wait_until(lambda: readiness(http) == (503, "not ready: the brokers do not tell where the group stands"), 10, worker.tail)
        holder.abort_transaction(30)
        desk.wait_until_all_committed()
        wait_until(lambda: lines(worker, "OFFSETS-TOLD") and readiness(http) == (200, "ready"), 30, worker.tail)
        assert worker.stop() == 0
    member.close()
    desk.judge().assert_good()

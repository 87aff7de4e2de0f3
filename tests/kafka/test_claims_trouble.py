"""What may happen to a claims log: rights, a leader that is away, a cut, records of another make, a clock that is not the log's own.
Each is named with what mends it, or counted and survived; no story is lost, and none gets another verdict than the log gives."""

import os
import subprocess
import time
from contextlib import contextmanager
from datetime import datetime

import pytest
from broker import RECIPE, Broker
from claims import (RIGHT, assert_all_lead_to_articles, assert_equal_to_oracle, claims_of, forge, make_claims, records, stages, stories_out)
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AclOperation, ResourceType
from desk import Desk, free_port, wait_until
from guarded import new_desk, right
from stories import Input, Mix
from test_outage import lines, readiness
from worker import metrics


def twins(mix, count, partitions):
    """Each story on two partitions."""
    first = [one for one in mix.take(2 * count) if one.ends == "live"][:count]
    for one in first:
        one.partition = mix.rng.randrange(partitions)
    return first, [Input(one.value, parts=one.parts, partition=(one.partition + 1) % partitions) for one in first]


def assert_good(desk, unjudged=()):
    """Nothing lost or doubled; verdicts as the log gives them; each duplicate leads to an article. Verdicts, counted."""
    desk.judge().assert_good()
    found = stories_out(desk)
    verdicts = assert_equal_to_oracle(desk, found, unjudged)
    assert_all_lead_to_articles(desk, found)
    desk.assert_silent()
    return verdicts


def put(desk, values):
    """Into the claims log, by somebody else; where they stand."""
    places = []
    producer = Producer({"bootstrap.servers": desk.broker.bootstrap, "message.max.bytes": 2_000_000, "queue.buffering.max.kbytes": 1_000_000,
                         "linger.ms": 5, "batch.size": 900_000, "log_level": 2})
    for value in values:
        while True:
            try:
                producer.produce(claims_of(desk), value, partition=0, on_delivery=lambda error, msg: places.append(error or msg.offset()))
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(60)
    assert all(isinstance(place, int) for place in places), places[:3]
    return places


def in_log(worker, *words):
    text = worker.log.read_text(errors="replace") if worker.log.exists() else ""
    return all(word in text for word in words)


def all_unready(port, words):
    code, said = readiness(port)
    return code == 503 and words in said


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded_desk(guarded, request):
    """A user who has all rights but those on the claims topic, which is there."""
    desk = new_desk(guarded, request.node.name).create(partitions=2)
    desk.broker.create({claims_of(desk): (1, RIGHT)})
    desk.allow_all_but()
    yield desk


def claims_right(desk, name):
    return right(ResourceType.TOPIC, claims_of(desk), AclOperation[name.upper()])


def mending(desk, name):
    return "kafka-acls --add", f"--operation {name} --topic {claims_of(desk)}"


@pytest.mark.parametrize("missing", ["Read", "Write"])
def test_a_right_on_the_claims_that_is_missing_is_named_and_when_it_is_given_the_worker_goes_on(guarded_desk, missing):
    desk = guarded_desk
    desk.broker.allow(claims_right(desk, "Write" if missing == "Read" else "Read"))
    first, second = twins(Mix(81), 20, 2)
    desk.produce(first + second)
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        wait_until(lambda: in_log(worker, *mending(desk, missing)), 30, worker.tail)
        assert worker.running() and not desk.all_committed()
        desk.broker.allow(claims_right(desk, missing))
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    assert assert_good(desk)["exact"] >= 20


def test_claims_that_may_not_even_be_seen_are_named_with_what_mends_it(guarded_desk):
    desk = guarded_desk
    desk.produce(Mix(82).take(10))
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        assert worker.process.wait(60) == 4
        for word in (claims_of(desk), "kafka-acls --add", "--operation Read", "--operation Write"):
            assert word in worker.tail(1), worker.tail()
        desk.broker.allow(claims_right(desk, "Read"), claims_right(desk, "Write"))
        worker.start()
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    assert_good(desk)


@pytest.mark.parametrize("taken", [["Read"], ["Write"], ["Read", "Write"]], ids="-".join)
def test_a_right_on_the_claims_that_is_taken_away_holds_stories_up_until_it_is_back(guarded_desk, taken):
    desk = guarded_desk
    rights = [claims_right(desk, name) for name in ("Read", "Write")]
    desk.broker.allow(*rights)
    first, second = twins(Mix(83), 30, 2)
    desk.produce(first)
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.wait_until_all_committed(60)
        desk.broker.forbid(*(claims_right(desk, name) for name in taken))
        if "Read" in taken:  # a fetch that was let in before still answers: stories come when one has been refused
            wait_until(lambda: in_log(worker, *mending(desk, "Read")), 40, worker.tail)
        desk.produce(second)
        wait_until(lambda: any(in_log(worker, *mending(desk, name)) for name in taken), 40, worker.tail)
        wait_until(lambda: readiness(http)[0] == 503, 20)
        assert worker.running() and not desk.all_committed()
        desk.broker.allow(*rights)
        desk.wait_until_all_committed(60)
        wait_until(lambda: readiness(http)[0] == 200, 20)
        assert worker.stop() == 0
    assert assert_good(desk)["exact"] >= 30


# --- claims that are slow ---------------------------------------------------------------------------------------------


def set_rate(desk, *change):
    subprocess.run([RECIPE / "kafka-tool", desk.broker.jars, "configs", "--bootstrap-server", desk.broker.bootstrap, "--alter", *change,
                    "--entity-type", "clients", "--entity-name", "wiredesk"], check=True, capture_output=True, timeout=60)


@contextmanager
def throttled(desk, what, bytes_a_second):
    """What reads or writes claims, and nothing else, has to do with so much meanwhile."""
    set_rate(desk, "--add-config", f"{what}={bytes_a_second}")
    try:
        yield
    finally:
        set_rate(desk, "--delete-config", what)


def fenced_since(worker):
    """When its Kafka client heard that another one has its place."""
    told = next(line for line in lines(worker, "KAFKA-LIBRARY") if "Fatal error" in line["message"])
    return datetime.fromisoformat(told["time"]).timestamp()


def stands_still(desk, mix):
    """Something came, and for a moment nothing is committed: the worker waits for its claims."""
    before = desk.committed()
    desk.produce(mix.take(3))
    time.sleep(0.7)
    return desk.committed() == before


def test_a_worker_that_waits_for_claims_ends_at_once_when_another_takes_its_place(desk):
    desk.create(partitions=2)
    make_claims(desk)
    with desk.worker(stages=stages(desk)) as worker, desk.worker(file="stand-in.yaml") as other:
        other.state, other.log = desk.folder / "elsewhere", desk.folder / "elsewhere.log"
        other.env["STATE_DIRECTORY"] = str(other.state)
        worker.start()
        desk.produce(Mix(94).take(20))
        desk.wait_until_all_committed(60)
        with throttled(desk, "producer_byte_rate", 1):  # the broker lets who claims wait for its answers
            mix = Mix(95)
            wait_until(lambda: stands_still(desk, mix), 30)
            other.start()  # judges by itself, and so needs no claims to begin
            assert worker.process.wait(40) == 3
            took = time.time() - fenced_since(worker)
        print(f"ended {took:.2f} s after it was fenced")
        assert took < 2, worker.tail()
        desk.wait_until_all_committed(60)
        assert other.stop() == 0
    desk.judge().assert_good()


# --- a leader that is away --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three_nodes(tmp_path_factory):
    broker = Broker(tmp_path_factory.mktemp("three") / "broker", jars=os.environ.get("WD_KAFKA_JARS"), nodes=3).start()
    yield broker
    broker.kill()


@pytest.fixture
def split_desk(three_nodes, tmp_path, request):
    """The claims lie on node 3, everything else on the others."""
    broker = three_nodes.start()
    desk = Desk(broker, tmp_path, f"split{abs(hash(request.node.name)) % 10**6}")
    one = {"min.insync.replicas": "1"}
    broker.create({desk.raw: (2, one), desk.articles: (4, one), desk.duplicates: (4, one), desk.dead: (2, one)}, nodes=[1, 2])
    broker.create({claims_of(desk): (1, {**RIGHT, **one})}, nodes=[3])
    return desk


def claims_lead(desk):
    consumer = Consumer({"bootstrap.servers": desk.broker.bootstrap, "group.id": "leader", "log_level": 2})
    try:
        return consumer.list_topics(claims_of(desk), 10).topics[claims_of(desk)].partitions[0].leader == 3
    finally:
        consumer.close()


def test_stories_wait_while_the_leader_of_the_claims_is_away(split_desk):
    desk = split_desk
    first, second = twins(Mix(84), 40, 2)
    http = free_port()
    desk.produce(first)
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.wait_until_all_committed(60)
        before = desk.committed()
        desk.broker.kill(3)
        desk.produce(second)
        wait_until(lambda: readiness(http)[0] == 503, 40)
        wait_until(lambda: in_log(worker, "BEGIN-ABORTED"), 40, worker.tail)
        assert worker.running() and desk.committed() == before
        desk.broker.start()
        wait_until(lambda: claims_lead(desk), 60)
        desk.wait_until_all_committed(90)
        wait_until(lambda: readiness(http)[0] == 200, 20)
        assert worker.stop() == 0
    assert assert_good(desk)["exact"] >= 40


def test_stories_are_published_unjudged_while_the_leader_of_the_claims_is_away_if_that_was_chosen(split_desk):
    desk = split_desk
    first, second = twins(Mix(85), 40, 2)
    http = free_port()
    desk.produce(first)
    with desk.worker(stages=stages(desk, more=", on-outage: publish"), http=http) as worker:
        worker.start()
        desk.wait_until_all_committed(60)
        desk.broker.kill(3)
        desk.produce(second)
        # Among those that come while nobody claims is a broken one: what it owes the log is written when the log is back.
        desk.produce([Input(b"broken \x81\xfe\x00", ends="dead")])
        desk.wait_until_all_committed(60)
        desk.broker.start()
        wait_until(lambda: claims_lead(desk), 60)
        wait_until(lambda: readiness(http)[0] == 200, 60)
        # Counted some moments after the commit, once, however often their batch began; what comes now is judged.
        told = metrics(http)['wiredesk_verdicts_total{verdict="unjudged"}']
        desk.produce([Input(one.value, parts=one.parts, partition=one.partition) for one in first])
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    verdicts = assert_good(desk, unjudged=["claims-unavailable"])
    assert verdicts["unjudged"] == told >= 40 and verdicts["exact"] >= 40


def test_a_worker_that_starts_while_the_leader_of_the_claims_is_away_publishes_unjudged_if_that_was_chosen(split_desk):
    desk = split_desk
    first, second = twins(Mix(93), 30, 2)
    http = free_port()
    with desk.worker(stages=stages(desk, more=", on-outage: publish"), http=http) as worker:
        worker.start()
        desk.produce(first)
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
        desk.broker.kill(3)
        desk.produce(second)
        worker.start()
        desk.wait_until_all_committed(60)
        assert readiness(http)[0] == 503 and in_log(worker, "CLAIMS-AWAY", "published unjudged")
        desk.broker.start()
        wait_until(lambda: readiness(http)[0] == 200, 90)
        desk.produce([Input(one.value, parts=one.parts, partition=one.partition) for one in first])
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    verdicts = assert_good(desk, unjudged=["claims-unavailable"])
    assert verdicts["unjudged"] >= 30 and verdicts["exact"] >= 30


# --- a cut ------------------------------------------------------------------------------------------------------------


def cut_before(desk, offset):
    desk.broker.admin.delete_records([TopicPartition(claims_of(desk), 0, offset)])[TopicPartition(claims_of(desk), 0)].result(30)


def amid(http):
    """Is the log being read back just now? So many claims are read."""
    try:
        found = metrics(http).get("wiredesk_claims_read_total", 0)
    except OSError:
        return 0
    return found if found > 1000 else 0


def test_a_worker_that_reads_the_log_back_stops_when_it_is_told_to(desk):
    desk.create(partitions=2)
    make_claims(desk)
    put(desk, (os.urandom(2000) for _ in range(60_000)))
    desk.produce(Mix(96).take(20))
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        with throttled(desk, "consumer_byte_rate", 10_000_000):
            worker.start()
            wait_until(lambda: amid(http), 60, worker.tail)
            assert readiness(http) == (503, "not ready: the claims log is read back")
            began = time.monotonic()
            assert worker.stop() == 0
            print(f"ended {time.monotonic() - began:.2f} s after SIGTERM")
        assert not in_log(worker, "ASSIGNED") and not in_log(worker, "CUT-SHORT"), worker.tail()
        worker.start()
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    assert_good(desk)


def test_a_log_that_is_cut_while_it_is_read_back_is_read_from_where_it_begins(desk):
    desk.create(partitions=2)
    make_claims(desk)
    gone, kept = twins(Mix(86), 30, 2), twins(Mix(87), 30, 2)
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.produce(gone[0])
        desk.wait_until_all_committed(60)
        put(desk, (os.urandom(2000) for _ in range(150_000)))  # far more than a reader fetches ahead
        desk.produce(kept[0])
        desk.wait_until_all_committed(60)
        end = len(gone[0]) + 150_000
        assert worker.stop() == 0
        with throttled(desk, "consumer_byte_rate", 20_000_000):
            worker.start()
            seen = []
            wait_until(lambda: seen.append(amid(http)) or seen[-1], 60)
            cut_before(desk, end - 100)
        assert seen[-1] < 100_000, "it was read back before it was cut"
        wait_until(lambda: in_log(worker, "of the claims log are gone"), 60, worker.tail)
        desk.produce(gone[1] + kept[1])
        desk.wait_until_all_committed(60)
        time.sleep(1)  # metrics are counted now and then
        found = metrics(http)
        assert worker.stop() == 0
    assert found['wiredesk_claims_reread_total{reason="moved"}'] >= 1
    desk.judge().assert_good()
    out = stories_out(desk)
    # Those whose claims were cut away are of the first life: only what came after is asked of the log that is left.
    late = {key: record for key, record in out.items() if int(key.split("/")[3]) >= 0 and key in of_inputs(desk, gone[1] + kept[1])}
    verdicts = assert_equal_to_oracle(desk, late, unjudged=["older-than-claims"])
    print(verdicts)
    # Came a minute after the memory begins, and so may have been claimed before: an article, and the evidence says why.
    assert verdicts.get("unjudged", 0) == found["wiredesk_claims_unjudged_total"]


def of_inputs(desk, inputs):
    """The deliveries of these, all parts."""
    cluster = next(iter(stories_out(desk))).split("/")[0]
    return {f"{cluster}/{desk.raw}/{one.partition}/{one.offset}/{part}" for one in inputs for part in range(one.parts)}


def test_a_log_that_is_cut_to_nothing_while_it_runs_is_survived(desk):
    desk.create(partitions=2)
    make_claims(desk)
    first, second = twins(Mix(88), 30, 2)
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        desk.produce(first)
        desk.wait_until_all_committed(60)
        cut_before(desk, -1)
        desk.produce(second)
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
        # Who has read it all knows more than the log has now: nothing of that is wrong.
        found = stories_out(desk)
        verdicts = [found[key]["wiredesk"]["dedup"]["verdict"] for key in of_inputs(desk, second)]
        assert "original" not in verdicts, verdicts
        # A worker that begins with what is left says that it cannot know.
        worker.start()
        third = [Input(one.value, parts=one.parts, partition=one.partition) for one in first]
        desk.produce(third)
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    desk.judge().assert_good()
    found = stories_out(desk)
    late = {key: found[key] for key in of_inputs(desk, third)}
    assert_equal_to_oracle(desk, late, unjudged=["older-than-claims"])


# --- records of another make ------------------------------------------------------------------------------------------


def test_records_that_are_no_claims_are_counted_by_kind_and_change_no_verdict(desk):
    desk.create(partitions=2)
    make_claims(desk)
    first, second = twins(Mix(89), 40, 2)
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.produce(first)
        desk.wait_until_all_committed(60)
        claims = [value for _, _, value in records(desk) if value[3:4] == b"c"]
        foreign = [b"", b"WD", None, os.urandom(300), os.urandom(9000), os.urandom(900_000), *forge("flipped", claims), *forge("cut", claims)]
        newer = [*forge("layout", claims), *forge("kind", claims)]
        put(desk, [*foreign, *newer, *claims])
        desk.produce(second)
        desk.wait_until_all_committed(60)
        told = ['wiredesk_claims_bad_total{kind="foreign"}', 'wiredesk_claims_bad_total{kind="newer"}', "wiredesk_claims_repeated_total"]
        counts = [len(foreign), len(newer), len(claims)]
        wait_until(lambda: [metrics(http)[name] for name in told] == counts, 10, lambda: f"{counts} of {told}: {metrics(http)}")
        assert worker.stop() == 0
    assert assert_good(desk)["exact"] >= 40


def test_formats_change_in_three_steps_and_a_worker_of_yesterday_judges_alike_or_not_at_all(desk, one_broker, tmp_path):
    # What workers of another input claimed, as a program of tomorrow writes it while the formats change: in both.
    other = Desk(one_broker, tmp_path, f"{desk.group}-other")
    other.create(partitions=2)
    make_claims(other)
    first, _ = twins(Mix(90), 40, 2)
    with other.worker(stages=stages(other)) as worker:
        other.produce(first)
        worker.start()
        other.wait_until_all_committed(60)
        assert worker.stop() == 0
    desk.create(partitions=2)
    make_claims(desk)
    # Settled as the workers of yesterday do; then both formats.
    put(desk, forge("settings", arguments=(3_600_000, 1_000_000, 1)))
    put(desk, forge("both", [value for _, _, value in records(other) if value[3:4] == b"c"]))
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.produce([Input(one.value, parts=one.parts, partition=one.partition) for one in first])
        desk.wait_until_all_committed(60)
        out = stories_out(desk)
        # Their articles are of the other desk.
        assert "original" not in {record["wiredesk"]["dedup"]["verdict"] for record in out.values()}
        assert_equal_to_oracle(desk, out)
        # Too early: the settings say that it is judged by what this program cannot read.
        put(desk, forge("settings", arguments=(3_600_000, 1_000_000, 2)))
        before = desk.committed()
        late, _ = twins(Mix(91), 20, 2)
        desk.produce(late)
        wait_until(lambda: all_unready(http, "claims log is settled as this worker cannot follow"), 30, lambda: readiness(http))
        assert worker.running()
        with desk.worker("w2", stages=stages(desk)) as second:
            second.start()
            assert second.process.wait(60) == 4
            assert "format 2" in second.tail(1) and "install the version" in second.tail(1)
        assert desk.committed() == before
        # Taken back: all that waited is judged.
        put(desk, forge("settings", arguments=(3_600_000, 1_000_000, 1)))
        desk.wait_until_all_committed(90)
        assert worker.stop() == 0
    desk.judge().assert_good()
    out = stories_out(desk)
    assert_equal_to_oracle(desk, out)


# --- a clock that is not the log's own --------------------------------------------------------------------------------


def test_a_log_that_lost_its_own_clock_is_named_with_what_mends_it(desk):
    desk.create(partitions=2)
    make_claims(desk)
    first, second = twins(Mix(92), 30, 2)
    http = free_port()
    with desk.worker(stages=stages(desk), http=http) as worker:
        worker.start()
        desk.produce(first)
        desk.wait_until_all_committed(60)
        desk.broker.set_topic(claims_of(desk), {"message.timestamp.type": "CreateTime"})
        time.sleep(1)
        # Somebody whose clock is in the year 2100 would push everything out of the window.
        far = Producer({"bootstrap.servers": desk.broker.bootstrap, "log_level": 2})
        far.produce(claims_of(desk), next(value for _, _, value in records(desk) if value[3:4] == b"c"), partition=0, timestamp=4_102_444_800_000)
        far.flush(10)
        desk.produce(second)
        wait_until(lambda: in_log(worker, "message.timestamp.type=LogAppendTime", claims_of(desk)), 40, worker.tail)
        assert worker.running() and not desk.all_committed()
        desk.broker.set_topic(claims_of(desk), {"message.timestamp.type": "LogAppendTime"})
        desk.wait_until_all_committed(60)
        assert worker.stop() == 0
    desk.judge().assert_good()
    found = stories_out(desk)
    assert_all_lead_to_articles(desk, found)
    assert "original" not in {found[key]["wiredesk"]["dedup"]["verdict"] for key in of_inputs(desk, second)}
    assert_equal_to_oracle(desk, found)

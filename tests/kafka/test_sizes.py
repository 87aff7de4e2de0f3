"""Records that are too large, refused, or from another century: each ends once, and its thousand neighbours never notice."""

import time

import pytest
from desk import free_port, wait_until
from stories import CANARY, Input, Mix, plain_text
from worker import metrics

TRANSACTION_S = 60
FAR = 4_070_908_800_000  # 2099


def text(size):
    line = f"A sentence about the harbour, {CANARY}, and nothing else at all. "
    return ("A long story\n" + line * (size // len(line) + 1)).encode()[:size]


CASES = {
    # Kafka's default limit is 1,048,588 bytes of a batch: the raw message just fits, its article and dead letter do not.
    "fits the raw topic only": (Input(text(1_048_400), ends="dead"), {}, "limit-record", True),
    "over every limit": (Input(text(20_000_000), ends="dead"), {"max.message.bytes": "30000000"}, "limit-message", True),
    "a timestamp in 2099": (Input(b"From afar\nA story.", timestamp_ms=FAR), {"message.timestamp.after.max.ms": str(2**62)}, None, False),
}


@pytest.mark.parametrize("case", CASES)
def test_one_among_a_thousand_ends_once(desk, case):
    odd, raw_config, reason, stub = CASES[case]
    desk.create(partitions=1, raw_config=raw_config)
    desk.produce(Mix(41, broken=False).take(500) + [odd] + Mix(42, broken=False).take(500))
    began = time.monotonic()
    with desk.fleet(["w1"], stories=1000, max_poll="400s", transaction=f"{TRANSACTION_S}s") as fleet:
        desk.wait_until_all_committed(TRANSACTION_S)
        assert fleet.stop() == [0]
        assert fleet.restarts == 0
    assert time.monotonic() - began < TRANSACTION_S
    verdict = desk.judge()
    verdict.assert_good()
    found = [(d.reason, d.stub) for d in verdict.deaths]
    assert found == ([] if reason is None else [(reason, stub)])
    desk.assert_silent()


def test_a_story_that_the_broker_refuses_is_found_among_its_neighbours(desk):
    """The topic's limit falls while the worker runs, so its own check of sizes knows nothing of it."""
    desk.create(partitions=1)
    with desk.fleet(["w1"], stories=100, max_poll="400s", transaction=f"{TRANSACTION_S}s") as fleet:
        desk.produce(Mix(43, broken=False).take(100))
        desk.wait_until_all_committed()
        for topic in (desk.articles, desk.duplicates):
            desk.broker.set_topic(topic, {"max.message.bytes": "300000"})
        odd = Input(text(400_000), ends="dead")
        desk.produce(Mix(44, size=300, broken=False).take(300) + [odd] + Mix(45, size=300, broken=False).take(300))
        desk.wait_until_all_committed(TRANSACTION_S)
        assert fleet.stop() == [0]
    verdict = desk.judge()
    verdict.assert_good()
    assert [(d.place[1], d.reason, d.stub) for d in verdict.deaths] == [(odd.offset, "refused", False)]


def test_a_limit_that_falls_below_whole_requests_costs_no_story_and_few_attempts(desk):
    """Every story fits, but not so many of them in one request as before."""
    desk.create(partitions=1)
    port = free_port()
    with desk.fleet(["w1"], stories=1000, max_poll="400s", transaction=f"{TRANSACTION_S}s", http=port) as fleet:
        desk.produce(Mix(47, broken=False).take(100))
        desk.wait_until_all_committed()
        for topic in (desk.articles, desk.duplicates, desk.dead):
            desk.broker.set_topic(topic, {"max.message.bytes": "50000"})
        desk.produce(Mix(48, size=3000, broken=False).take(1000))
        desk.wait_until_all_committed(TRANSACTION_S)
        aborted = metrics(port)['wiredesk_batches_total{result="aborted"}']
        assert fleet.stop() == [0]
    assert 1 <= aborted <= 4
    verdict = desk.judge()
    verdict.assert_good()
    assert verdict.deaths == []


def test_lag_reads_zero_when_everything_is_done(desk):
    """Behind a transaction stand control records: without care the last offset is never reached."""
    desk.create(partitions=3)
    desk.produce(Mix(46).take(50))
    with desk.fleet(["w1"]) as fleet:
        wait_until(lambda: desk.committed() == desk.ends(), 30, lambda: f"committed {desk.committed()} of {desk.ends()}")
        assert fleet.stop() == [0]

"""The judge is judged: output that is lost, doubled, foreign or out of order must not pass."""

import json

import pytest
from confluent_kafka import Producer
from stories import Input


def record(partition, offset, part):
    return json.dumps({"wiredesk": {"id": f"c/raw/{partition}/{offset}/{part}"}}).encode()


def dead_headers(partition, offset, *parts):
    sets = [("wiredesk-origin", f"c/raw/{partition}/{offset}")]
    for part in parts or (None,):
        sets += [] if part is None else [("wiredesk-part", str(part))]
        sets += [("wiredesk-stage", "decode"), ("wiredesk-reason", "not-text"), ("wiredesk-error", "words")]
    return sets


class Forger:
    """Writes what a worker would write, in transactions that commit or abort."""

    def __init__(self, desk):
        self.desk = desk
        self.producer = Producer({"bootstrap.servers": desk.broker.bootstrap, "transactional.id": desk.group})
        self.producer.init_transactions(30)

    def write(self, articles=(), dead=(), commit=True):
        self.producer.begin_transaction()
        for key, *place in articles:
            self.producer.produce(self.desk.articles, record(*place), key, partition=0)
        for place in dead:
            self.producer.produce(self.desk.dead, b"raw", b"k", headers=dead_headers(*place), partition=0)
        self.producer.flush(30)
        if commit:
            self.producer.commit_transaction(30)
        else:
            self.producer.abort_transaction(30)


@pytest.fixture
def forger(desk):
    """Three messages went in: one of one part, one of three parts, one that dies."""
    desk.create(partitions=1)
    desk.produce([Input(b"one"), Input(b"three", parts=3, dead_parts=(1,)), Input(b"bad", ends="dead"), Input(b"", ends="drop")])
    return Forger(desk)


GOOD = [(b"a", 0, 0, 0), (b"a", 0, 1, 0), (b"b", 0, 1, 2)]
GOOD_DEAD = [(0, 1, 1), (0, 2)]


def test_passes_what_is_good_and_sees_no_aborted_record(desk, forger):
    forger.write(GOOD, GOOD_DEAD, commit=False)
    forger.write(GOOD, GOOD_DEAD)
    verdict = desk.judge()
    verdict.assert_good()
    assert (verdict.parts_in, verdict.articles, verdict.dead, verdict.drops) == (6, 3, 2, 1)
    assert desk.hidden() == 5


def test_finds_a_lost_part(desk, forger):
    forger.write(GOOD[:2], GOOD_DEAD)
    assert desk.judge().lost == [(0, 1, 2)]


def test_finds_a_doubled_part(desk, forger):
    forger.write(GOOD, GOOD_DEAD)
    forger.write(GOOD[2:])
    verdict = desk.judge()
    assert verdict.doubled == [(0, 1, 2)]
    with pytest.raises(AssertionError):
        verdict.assert_good()


def test_finds_an_article_that_is_dead_as_well(desk, forger):
    forger.write(GOOD, GOOD_DEAD + [(0, 0, 0)])
    assert desk.judge().doubled == [(0, 0, 0)]


def test_finds_a_part_that_never_went_in(desk, forger):
    forger.write(GOOD + [(b"a", 0, 9, 0)], GOOD_DEAD)
    assert desk.judge().foreign == [(0, 9, 0)]


def test_finds_a_part_that_ended_wrongly(desk, forger):
    forger.write(GOOD, [(0, 1, 1)])
    forger.write([(b"x", 0, 2, 0)])
    assert desk.judge().lost == [(0, 2, None)]
    forger.write(dead=[(0, 3, 0)])
    assert [fault[0] for fault in desk.judge().wrong_end] == [(0, 3, None)]


def test_finds_order_broken_for_a_key_and_only_there(desk, forger):
    forger.write([(b"b", 0, 1, 2), (b"a", 0, 1, 0), (b"a", 0, 0, 0)], GOOD_DEAD)
    verdict = desk.judge()
    assert len(verdict.disorder) == 1
    assert verdict.disorder[0][2] == (0, 0)

"""A failure is laid at the broker's door only where Kafka's own tool shows what it did."""

from types import SimpleNamespace

import pytest
from conftest import anew_where_its_broker_forgot
from transactions import Transactions

LISTED = """TransactionalId\tCoordinator\tProducerId\tTransactionState\t
g.w1    \t1          \t3         \t{}\t
g.w2    \t1          \t0         \tOngoing         \t
other.w1\t1          \t7         \tCompleteCommit  \t
"""
PRODUCERS = """ProducerId\tProducerEpoch\tLatestCoordinatorEpoch\tLastSequence\tLastTimestamp\tCurrentTransactionStartOffset\t
0         \t0            \t0                     \t15          \t1795490029575\t12                           \t
3         \t0            \t0                     \t3           \t1795490029582\t{}                           \t
7         \t0            \t0                     \t3           \t1795490029582\t14                           \t
"""


def transactions_of(state, begins):
    class Told(Transactions):
        def _ask(self, *words):
            return LISTED.format(state) if words == ("list",) else PRODUCERS.format(begins if words[2:] == ("out", "--partition", "1") else None)

    return Told(SimpleNamespace(ends=lambda topic: [5, 5] if topic == "out" else [5]), "g", ["out"])


def test_a_broker_forgot_an_end_where_its_coordinator_has_it_and_the_partition_does_not():
    assert transactions_of("CompleteCommit", 75).ends_forgotten() == ["out-1 g.w1"]
    assert transactions_of("CompleteCommit", None).ends_forgotten() == []
    assert transactions_of("PrepareCommit", 75).ends_forgotten() == []
    assert transactions_of("PrepareCommit", 75).open() == ["g.w1 PrepareCommit", "g.w2 Ongoing"]


def test_a_broker_that_does_not_answer_is_not_said_to_have_forgotten_anything():
    class Silent(Transactions):
        def _ask(self, *words):
            raise RuntimeError("no answer")

    assert Silent(SimpleNamespace(ends=lambda topic: [5]), "g", ["out"]).ends_forgotten() == []


@pytest.mark.parametrize("spoiled, tries, holds", [(0, 1, True), (1, 2, True), (5, 3, False)])
def test_a_case_is_tried_anew_where_its_broker_spoiled_it(spoiled, tries, holds):
    desks = []

    def tried(own_desk):
        desks.append(own_desk)
        assert len(desks) > spoiled

    assert_tries(tried, ["out-1 g.w1"], desks, tries, holds)


def test_a_case_that_fails_for_another_reason_is_not_tried_anew():
    desks = []

    def tried(own_desk):
        desks.append(own_desk)
        raise AssertionError("lost")

    assert_tries(tried, [], desks, 1, False)


def assert_tries(test, forgotten, desks, tries, holds):
    def desk():
        return SimpleNamespace(transactions=lambda: SimpleNamespace(ends_forgotten=lambda: forgotten), anew=desk)

    if holds:
        anew_where_its_broker_forgot(test, {"own_desk": desk()})
    else:
        with pytest.raises(AssertionError):
            anew_where_its_broker_forgot(test, {"own_desk": desk()})
    assert len(desks) == len(set(map(id, desks))) == tries

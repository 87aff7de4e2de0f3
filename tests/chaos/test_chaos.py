"""What the scenarios judge by can fail: times, waits, slopes, rows."""

import random
import time
from types import SimpleNamespace

import pytest
import runner
from chaos import ChaosDesk, Flow
from row import Row, table
from scenarios import _outages, rebalance_storm, soak
from stories import Input
from watch import percentile, visible_at, waits


def sent(partition, offset, at, **what):
    return Input(b"x", partition=partition, offset=offset, sent_at=at, **what)


def test_a_message_is_visible_when_its_last_part_is():
    seen = {(0, 7, 0): 3.0, (0, 7, 1): 5.0}
    assert visible_at(sent(0, 7, 1.0, parts=2), seen) == 5.0
    assert visible_at(sent(0, 7, 1.0, parts=3), seen) is None


def test_a_message_that_dies_is_visible_as_a_whole_or_as_its_part():
    assert visible_at(sent(0, 7, 1.0, ends="dead"), {(0, 7, None): 2.0}) == 2.0
    assert visible_at(sent(0, 7, 1.0, ends="dead"), {(0, 7, 0): 2.0}) == 2.0


def test_only_the_first_in_line_waits():
    line = [sent(0, 0, 1.0), sent(0, 1, 1.0), sent(0, 2, 9.0), sent(1, 0, 1.0)]
    seen = {(0, 0, 0): 4.0, (0, 1, 0): 6.0, (0, 2, 0): 9.5, (1, 0, 0): 1.0}
    assert [wait[0] for wait in waits(line, seen)] == [3.0, 2.0, 0.5, 0.0]


def test_a_percentile_is_of_what_was_seen():
    assert percentile([], 0.99) is None
    assert percentile(list(range(100)), 0.5) == 50
    assert percentile(list(range(100)), 0.99) == 99


def outages(*spans, inputs, seen):
    flow = SimpleNamespace(desk=SimpleNamespace(inputs=inputs), waits=lambda: list(waits(inputs, seen)))
    found = _outages.Outages(flow)
    found.all = [_outages.Outage(*span) for span in spans]
    return found


def test_going_on_counts_from_the_return_of_the_broker_in_the_slowest_partition():
    inputs = [sent(0, 0, 1.0), sent(1, 0, 5.0), sent(1, 1, 30.0)]
    found = outages((2.0, 10.0, 20.0), inputs=inputs, seen={(0, 0, 0): 11.0, (1, 0, 0): 17.0, (1, 1, 0): 31.0})
    assert found.resumed() == [7.0]
    assert found.untroubled(30.0, 31.0) and not found.untroubled(1.0, 11.0) and not found.untroubled(15.0, 21.0)


def test_a_flow_keeps_up_when_what_went_in_some_seconds_ago_is_visible():
    now = time.monotonic()
    inputs = [sent(0, 0, now - 60), sent(0, 1, now - 9), sent(0, 2, now - 8, ends="drop"), sent(0, 3, now - 1), sent(0, 4, None)]
    flow = SimpleNamespace(desk=SimpleNamespace(inputs=inputs), watch=SimpleNamespace(seen={(0, 0, 0): now - 59}))
    assert not Flow.keeps_up(flow, 5)
    assert Flow.keeps_up(flow, 30)
    flow.watch.seen[(0, 1, 0)] = now - 2
    assert Flow.keeps_up(flow, 5)
    assert Flow.keeps_up(SimpleNamespace(desk=SimpleNamespace(inputs=[]), watch=flow.watch), 5)


def test_the_slope_of_memory_is_in_megabytes_an_hour():
    assert soak.slope_mb_h([(seconds, 1000 + seconds * 1024 / 3600) for seconds in range(0, 3600, 60)]) == pytest.approx(1.0)
    assert soak.slope_mb_h([(0, 5), (60, 5)]) == 0


def test_a_thread_more_at_a_quiet_moment_fails_the_soak():
    row = Row("soak", 1)
    soak.require_steady(row, [], [(0, 1000, 13, 20), (60, 1000, 14, 20)], 0)
    assert len(row.failures) == 1 and "threads" in row.failures[0]


def test_memory_that_grows_fails_a_soak_that_is_long_enough():
    row = Row("soak", 1)
    samples = [(seconds, 1000 + seconds, 13, 20) for seconds in range(0, 3600, 60)]
    soak.require_steady(row, samples, samples[::10], 0)
    assert len(row.failures) == 1 and "grows" in row.failures[0]


def test_what_does_not_hold_fails_the_row_and_is_told_below_the_table():
    good, bad = Row("good", 1), Row("bad", 1)
    assert good.require(True, "unused") and not bad.require(False, lambda: "2 parts lost")
    text = table([good, bad])
    assert "bad: FAILED: 2 parts lost" in text and "good: FAILED" not in text
    assert [row.verdict for row in (good, bad)] == ["held", "FAILED"]


@pytest.mark.parametrize("spoiled", [0, 1, 5])
def test_a_scenario_is_tried_again_only_where_its_broker_spoiled_it(monkeypatch, spoiled):
    tries = []

    def attempt(name, seed, factor, shared):
        tries.append(name)
        bad = len(tries) <= spoiled
        return Row(name, seed, failures=["lost"] if bad or not spoiled else []), ["out-1 g.w1"] if bad else []

    monkeypatch.setattr(runner, "attempt", attempt)
    row = runner.run_one("drain", 1, 1, SimpleNamespace(cut_short=SimpleNamespace(is_set=lambda: False)))
    assert len(tries) == min(spoiled + 1, runner.ATTEMPTS) and len(row.notes) == min(spoiled, runner.ATTEMPTS)
    assert row.verdict == ("held" if spoiled == 1 else "FAILED")


def test_minutes_stretch_all_scenarios_alike_and_never_below_small():
    small = [SimpleNamespace(SECONDS=60), SimpleNamespace(SECONDS=180)]
    assert runner.stretch(small, 0, 2) == 1
    assert runner.stretch(small, 6, 1) == 1.5
    assert runner.stretch(small, 6, 2) == 2  # the longest alone takes as long as everything


def test_a_storm_joins_when_one_is_left_and_takes_nobody_back_who_is_still_ending():
    ending, ended = (SimpleNamespace(instance=name, running=lambda run=run: run) for name, run in (("w2", True), ("w3", False)))
    joined = []
    fleet = SimpleNamespace(workers=[SimpleNamespace(instance="w1")], left=[ending, ended])
    fleet.everybody = lambda: fleet.workers + fleet.left
    fleet.join = lambda name: joined.append(name) or SimpleNamespace(instance=name)
    for _ in range(20):
        rebalance_storm.step(fleet, random.Random(len(joined)))
    assert "w2" not in joined and "w1" not in joined and set(joined) <= {"w3", "w4", "w5", "w6"}


def test_every_scenario_says_what_it_does_and_how_long_its_trouble_lasts():
    assert len(runner.names()) >= 12
    for name in runner.names():
        scenario = runner.load(name)
        assert scenario.__doc__.strip() and scenario.SECONDS > 0 and callable(scenario.run)

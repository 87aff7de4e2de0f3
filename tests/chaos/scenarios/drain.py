"""SIGTERM at random moments: exit 0 in 10 s, no open transaction, and what is committed is exactly what is out."""

import time

from chaos import require_no_open_transaction
from watch import visible_at

SECONDS = 60
STOPS = 20  # small; 200 take ten minutes
DRAIN_S = 10


def beyond(flow, committed):
    """What is visible although its offset is not committed."""
    return [(one.partition, one.offset) for one in list(flow.desk.inputs)
            if one.offset is not None and one.offset >= max(0, committed[one.partition]) and visible_at(one, flow.watch.seen) is not None]


def missing(flow, committed):
    """What is committed and not visible."""
    return [(one.partition, one.offset) for one in list(flow.desk.inputs)
            if one.offset is not None and one.offset < committed[one.partition] and one.ends != "drop" and visible_at(one, flow.watch.seen) is None]


def require_equal(flow, moment):
    """Offsets are as far as the output."""
    committed = flow.desk.committed()
    flow.wait_until(lambda: not missing(flow, committed), 10, lambda: f"stop {moment}: what is committed is visible: {missing(flow, committed)[:3]}")
    ahead = beyond(flow, committed)
    if ahead:
        flow.failures.append(f"stop {moment}: {len(ahead)} messages are visible and not committed: {ahead[:3]}")
    held = flow.desk.held_up()
    if held:
        flow.failures.append(f"stop {moment}: a transaction is open in {held}")


def run(chaos):
    desk = chaos.desk(partitions=4)
    stops = []
    # Batches so small that it is nearly always behind, and has one in flight when it is told to stop.
    with desk.worker("w1", stories=3) as worker, chaos.flow(desk, rate=200) as flow:
        going = True
        while going or len(stops) < STOPS:
            worker.start()
            flow.wait_until(worker.is_up, 30, "the worker is up")
            going = flow.goes_on(chaos.rng.uniform(0, 2))
            began = time.monotonic()
            stops.append((worker.stop(), time.monotonic() - began))
            flow.fault(f"SIGTERM, exit code {stops[-1][0]} after {stops[-1][1]:.2f} s")
            require_equal(flow, len(stops))
        desk.config(stories=500)
        worker.start()
        flow.settle()
        stops.append((worker.stop(), 0))
    row = flow.row()
    row.require(all(code == 0 for code, _ in stops), f"exit codes {[code for code, _ in stops if code]}")
    slowest = max(seconds for _, seconds in stops)
    row.require(slowest <= DRAIN_S, f"a stop took {slowest:.1f} s, {DRAIN_S} s are allowed")
    row.note(f"{len(stops)} stops, the slowest took {slowest:.1f} s (its worker is behind on purpose: seconds to visible say nothing)")
    require_no_open_transaction(row, desk)
    return row

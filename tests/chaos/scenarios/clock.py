"""Clocks that are an hour fast, an hour slow, and that jump by an hour under a worker at work."""

import struct

from broker import BUILD
from chaos import VISIBLE_P99_S

SECONDS = 40
OUTSIDE = "its clocks are preloaded"
SHIFTS_S = (0, 3600, -3600)
LIBRARY = BUILD / "tests/chaos/clock/shifted_clock.so"


def set_clock(worker, shift_s):
    """At once: the file is mapped into the worker's memory."""
    with open(worker.clock, "r+b", buffering=0) as out:
        out.write(struct.pack("@q", shift_s))


def give_clock(worker, shift_s):
    worker.clock = worker.folder / f"clock-{worker.instance}"
    worker.clock.write_bytes(bytes(8))
    set_clock(worker, shift_s)
    worker.env.update({"LD_PRELOAD": str(LIBRARY), "SHIFTED_CLOCK": str(worker.clock)})


def run(chaos):
    desk = chaos.desk(partitions=6, ledger="kafka")
    fleet = desk.fleet(["w1", "w2", "w3"])
    for worker, shift_s in zip(fleet.workers, SHIFTS_S):
        give_clock(worker, shift_s)
    with fleet, chaos.flow(desk, rate=150) as flow:
        while flow.goes_on(chaos.rng.uniform(2, 5)):
            worker, shift_s = chaos.rng.choice(fleet.workers), chaos.rng.choice(SHIFTS_S)
            if chaos.rng.random() < 0.3:
                flow.fault(f"SIGKILL to {worker.instance}")
                worker.process.kill()
                worker.kills += 1
            else:
                flow.fault(f"clock of {worker.instance} jumps to {shift_s:+} s")
                set_clock(worker, shift_s)
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    row.require(codes == [0, 0, 0], f"exit codes of the orderly end {codes}")
    row.require(fleet.restarts <= fleet.kills(), f"{fleet.restarts} restarts after {fleet.kills()} kills")
    row.require(row.p99 is not None and row.p99 < VISIBLE_P99_S, f"p99 {row.p99} s to visible, {VISIBLE_P99_S} s are allowed")
    return row

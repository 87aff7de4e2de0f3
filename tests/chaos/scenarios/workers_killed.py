"""SIGKILL to a worker each 1 to 4 s, 2 to 4 workers, 8 partitions."""

from chaos import VISIBLE_P99_S

SECONDS = 125
KILLS = 50  # at least


def run(chaos):
    desk = chaos.desk(partitions=8)
    with desk.fleet(["w1", "w2"]) as fleet, chaos.flow(desk, rate=200) as flow:
        while flow.goes_on(chaos.rng.triangular(1, 4, 1.5)):
            flow.fault(f"SIGKILL to {fleet.kill_one(chaos.rng).instance}")
            # A third of the time with two workers, with three, with four.
            if flow.faults * 3 >= KILLS * chaos.factor * (len(fleet.workers) - 1) and len(fleet.workers) < 4:
                fleet.join(f"w{len(fleet.workers) + 1}")
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    row.require(codes == [0] * len(codes), f"exit codes of the orderly end {codes}")
    others = {code for worker in fleet.everybody() for code in worker.codes} - {0, -9, 3}
    row.require(not others, f"workers ended with {others}")
    row.require(fleet.kills() >= KILLS, f"only {fleet.kills()} kills")
    row.require(row.p99 is not None and row.p99 < VISIBLE_P99_S, f"p99 {row.p99:.1f} s to visible, {VISIBLE_P99_S} s are allowed")
    return row

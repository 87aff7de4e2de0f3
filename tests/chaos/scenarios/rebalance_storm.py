"""A worker joins or leaves every 2 s: 1 to 6 workers, 12 partitions."""

from chaos import VISIBLE_P99_S

SECONDS = 60
EVERY_S = 2
SESSION_S = 2  # a worker that leaves keeps its place for so long: its partitions rest
WORKERS = [f"w{number}" for number in range(1, 7)]
IDLE_S = SESSION_S + 5  # no partition rests longer


def step(fleet, rng):
    """Joins or leaves, by chance; in words."""
    free = [name for name in WORKERS if all(worker.instance != name or worker in fleet.left and not worker.running()
                                            for worker in fleet.everybody())]
    if free and (len(fleet.workers) == 1 or rng.random() < 0.5):
        return f"{fleet.join(rng.choice(free)).instance} joins"
    if len(fleet.workers) > 1:
        worker = rng.choice(fleet.workers)
        fleet.leave(worker)
        return f"{worker.instance} leaves"
    return None


def run(chaos):
    desk = chaos.desk(partitions=12)
    with desk.fleet(WORKERS[:3], session=f"{SESSION_S}s") as fleet, chaos.flow(desk, rate=200) as flow:
        while flow.goes_on(EVERY_S):
            words = step(fleet, chaos.rng)
            if words:
                flow.fault(words)
        flow.settle()
        codes = fleet.stop()
        gone = [worker.process.wait(20) for worker in fleet.left]
    row = flow.row()
    row.require(not any(codes), f"exit codes of the orderly end {codes}")
    # One that is told to stop before it is up has not yet said how it takes that.
    row.require(set(gone) <= {0, -15}, f"exit codes of those that left {gone}")
    row.require(row.stall is not None and row.stall < IDLE_S, f"a partition rested {row.stall} s, {IDLE_S} s are allowed")
    row.require(row.p99 is not None and row.p99 < VISIBLE_P99_S, f"p99 {row.p99} s to visible, {VISIBLE_P99_S} s are allowed")
    return row

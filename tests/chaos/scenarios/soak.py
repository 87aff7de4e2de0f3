"""A fault a minute; of a worker that is never restarted, memory does not grow, descriptors and threads stay constant."""

import os
import re
import signal
import time

from worker import PATIENT

SECONDS = 180
EVERY_S = 60
FIRST_S = 30
WARM_S = 300  # then the slope of memory counts
JUDGED_S = 1800  # over less than this a slope of 1 MB an hour cannot be told from noise
SLOPE_MB_H = 1.0
# Longer than a broker needs to come back, also on a busy machine: members whose session ended meanwhile all join at once, and one that is counted
# twice then is fenced. That is a restart, which other scenarios have; this one watches a worker that has none.
SESSION_S = 30
PAUSE_S = SESSION_S + 3  # a stopped worker is thrown out of the group
QUIET_S = 5  # a moment is quiet if what went in so long ago is visible: else the last trouble is not over


class WitnessEnded(Exception):
    """By itself, which the one that is watched must not."""


def sample(witness, pid):
    """When, resident anonymous KB, threads, descriptors of the process that the witness began as."""
    try:
        with open(f"/proc/{pid}/status") as status:
            fields = dict(re.findall(r"^(\w+):\s+(\d+)", status.read(), re.MULTILINE))
        # Of a process that ended and was not waited for, there is a status, but no memory.
        return time.monotonic(), int(fields["RssAnon"]), int(fields["Threads"]), len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError, KeyError):
        said = [line for line in witness.tail(200).splitlines() if '"level":"error"' in line]
        raise WitnessEnded(f"exit codes {witness.codes}, its last errors: {said[-2:]}") from None


def slope_mb_h(samples):
    """Least squares."""
    n = len(samples)
    mean_t, mean_kb = sum(s[0] for s in samples) / n, sum(s[1] for s in samples) / n
    spread = sum((s[0] - mean_t) ** 2 for s in samples)
    return sum((s[0] - mean_t) * (s[1] - mean_kb) for s in samples) / spread * 3600 / 1024 if spread else 0.0


def trouble(chaos, fleet, flow, broker, kind):
    """Never to the witness, w1, but around it."""
    other = fleet.workers[1]
    if kind == "worker":
        other.process.kill()
        other.kills += 1
    elif kind == "broker":
        broker.kill()
        broker.start()
    elif kind == "pause":
        other.process.send_signal(signal.SIGSTOP)
        flow.goes_on(PAUSE_S)
        other.process.send_signal(signal.SIGCONT)
    elif kind == "guest":
        guest = fleet.join("w3")
        flow.goes_on(PAUSE_S)
        fleet.leave(guest)
    flow.fault(kind)


def keep(chaos, samples):
    """For whoever asks where memory went."""
    rows = [f"{at - samples[0][0]:.0f}\t{resident}\t{threads}\t{descriptors}" for at, resident, threads, descriptors in samples]
    (chaos.folder / "samples.tsv").write_text("\n".join(["seconds\tresident_kb\tthreads\tdescriptors", *rows, ""]))


def require_steady(row, samples, quiet, began):
    """samples: all; quiet: those of before each fault, where the last one was past."""
    row.require(len(quiet) > 1, "not two moments of quiet to compare")
    threads, descriptors = {s[2] for s in quiet}, {s[3] for s in quiet}
    row.require(len(threads) == 1, f"threads of the witness at quiet moments: {[s[2] for s in quiet]}")
    row.require(max(descriptors) == min(descriptors), f"descriptors of the witness at quiet moments: {[s[3] for s in quiet]}")
    late = [s for s in samples if s[0] - began > WARM_S]
    if late and late[-1][0] - late[0][0] >= JUDGED_S:
        slope = slope_mb_h(late)
        row.require(slope < SLOPE_MB_H, f"memory grows by {slope:.2f} MB an hour, {SLOPE_MB_H} are allowed")
        row.note(f"memory grows by {slope:.2f} MB an hour")
    else:
        resident = [s[1] / 1024 for s in quiet]
        row.note(f"too short to judge the slope of memory; {resident[0]:.1f} MB resident at the first quiet moment, {resident[-1]:.1f} at the last")
    row.note(f"{sorted(threads)} threads, {sorted(descriptors)} descriptors")


def run(chaos):
    broker = chaos.own_broker()
    desk = chaos.desk(partitions=6, broker=broker)
    # A window that is soon full: what dedup remembers by design is no leak.
    desk.stages = ["dedup: { window: 1m, claims-max: 1000 }" if stage == "dedup" else stage for stage in desk.stages]
    kinds = ["broker", "worker", "pause", "guest"]
    chaos.rng.shuffle(kinds)
    samples, quiet, restless = [], [], 0
    with desk.fleet(["w1", "w2"], session=f"{SESSION_S}s", **PATIENT) as fleet, chaos.flow(desk, rate=60) as flow:
        witness = fleet.workers[0]
        pid = witness.process.pid
        began, due = time.monotonic(), time.monotonic() + FIRST_S
        while flow.goes_on(2):
            samples.append(sample(witness, pid))
            if time.monotonic() >= due:
                due += EVERY_S
                if flow.keeps_up(QUIET_S):
                    quiet.append(samples[-1])
                else:
                    restless += 1
                trouble(chaos, fleet, flow, broker, kinds[flow.faults % len(kinds)])
        flow.settle()
        quiet.append(sample(witness, pid))
        codes = fleet.stop()
    row = flow.row()
    keep(chaos, samples)
    if restless:
        row.note(f"{restless} faults came before all was through from the one before: threads and descriptors are not compared then")
    require_steady(row, samples, quiet, began)
    row.require(codes == [0, 0], f"exit codes of the orderly end {codes}")
    return row

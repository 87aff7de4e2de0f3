"""A worker's state folder is full, or read-only, when it starts again: it says so and ends with 4, the other one works for both."""

import shutil

from desk import free_port
from scenarios import _disks
from worker import readiness

SECONDS = 40
OUTSIDE = "what a worker says of its folder is asked for by the name outside"
FAILED = 4


def refused(worker):
    """Its exit code and last words, of a start that cannot succeed."""
    worker.start()
    worker.codes.append(worker.process.wait(30))
    return worker.codes[-1], worker.tail(1)


def run(chaos):
    desk, http = chaos.desk(partitions=4), free_port()
    found = []
    with desk.fleet(["w1"]) as fleet, chaos.flow(desk, rate=150) as flow:
        # On a small disk of its own, and asked for its readiness.
        worker = fleet.new_worker("w2")
        worker.command[worker.command.index("-c") + 1] = str(desk.config(file="w2.yaml", http=http))
        if not _disks.mount(chaos, worker.state, 1):
            flow.settle()
            row = flow.row()
            row.skipped = "no right to mount a small file system here"
            return row
        fleet.adopt(worker.start())
        full = True
        while flow.goes_on(chaos.rng.uniform(2, 4)):
            flow.wait_until(lambda: readiness(http)[0] == 200, 30, "w2 is ready")
            fleet.let_go(worker)
            flow.fault("SIGKILL to w2, and its state folder is full" if full else "SIGKILL to w2, and its state folder is read-only")
            worker.kill()
            if full:
                # What it had there is gone: with its own files in place it needs no more room.
                for one in worker.state.iterdir():
                    shutil.rmtree(one)
                ballast = _disks.fill(worker.state)
            if not full:
                _disks.remount(worker.state, "ro")
            found.append((full, *refused(worker), readiness(http)[0] == 200))
            flow.goes_on(chaos.rng.uniform(0, 4))
            if full:
                ballast.unlink()
            else:
                _disks.remount(worker.state, "rw")
            full = not full
            fleet.adopt(worker.start())
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    row.require(len({full for full, *_ in found}) == 2, "not both kinds of trouble")
    for full, code, words, ready in found:
        why = "No space left on device" if full else "Read-only file system"
        row.require(code == FAILED and not ready, f"a start in such a folder ends with {code}, ready: {ready}")
        row.require(all(word in words for word in (str(worker.state), why, "state-dir")), f"the last words do not say it: {words}")
    row.require(codes == [0, 0], f"exit codes of the orderly end {codes}")
    return row

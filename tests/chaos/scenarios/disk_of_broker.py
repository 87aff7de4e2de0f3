"""The broker's disk is full: workers say that it is away, are not ready, and go on when there is room again."""

import subprocess
import time

from desk import free_port
from scenarios import _disks
from scenarios._outages import Outages, require_orderly
from worker import PATIENT, lines, readiness

SECONDS = 40
DISK_MB = 120
PATIENCE_S = 20  # for a broker that finds its disk full


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def limit_files(pid, size):
    """For who may not mount: no file of this process grows beyond so many bytes, which it meets as a failing write."""
    subprocess.run(["prlimit", "--pid", str(pid), f"--fsize={size}:unlimited"], check=True, timeout=10)


def tells_of_outages(worker):
    """Lines in which it does. A batch that was on its way tells of it, too: while the loop waits for that, the outage may begin and end. And who is
    fenced over it says that with its end."""
    away, aborted, ended = (lines(worker, word) for word in ("KAFKA-AWAY", "BATCH-ABORTED", "FAILED"))
    return len(away) + sum(line.get("cause") == "outage" for line in aborted) + sum(line.get("exit") == 3 for line in ended)


def run(chaos):
    folder = chaos.folder / "disk"
    mounted = _disks.mount(chaos, folder, DISK_MB)
    broker = chaos.own_broker(folder=folder / "broker")
    desk, http = chaos.desk(partitions=4, broker=broker), free_port()
    said = []
    with desk.fleet(["w1"], http=http, **PATIENT) as fleet, chaos.flow(desk, rate=150) as flow:
        outages = Outages(flow)
        worker = fleet.workers[0]
        while flow.goes_on(chaos.rng.uniform(3, 6)):
            pid = int((broker.folder / "node-1/pid").read_text())
            outages.begins()
            ballast = _disks.fill(folder) if mounted else limit_files(pid, 4096)
            flow.fault("the broker's disk is full")
            until = time.monotonic() + PATIENCE_S
            while running(pid) and time.monotonic() < until:
                flow.goes_on(0.2) or time.sleep(0.2)
            chaos.say("the broker ended over its full disk" if not running(pid) else "the broker lives on with a full disk")
            broker.kill()
            flow.wait_until(lambda: readiness(http)[0] == 503, 30, "the worker is not ready")
            said.append(readiness(http))
            if ballast:
                ballast.unlink()
            broker.start()
            outages.ends()
            flow.wait_until(lambda: readiness(http)[0] == 200, 60, lambda: f"the worker is ready again: {readiness(http)}")
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    outages.require_resumed(row)
    require_orderly(row, fleet, codes)
    row.require(all(answer[1].startswith("not ready: ") for answer in said), f"/readyz says {said}")
    told = tells_of_outages(worker)
    row.require(told >= len(outages.all), f"{told} lines tell of {len(outages.all)} outages")
    row.note(f"{'a file system in memory' if mounted else 'a limit on files (no right to mount)'}; /readyz says {said[0][1] if said else '-'}")
    return row

"""SIGSTOP until session and transaction are past, a stand-in takes the place or not, SIGCONT: who is fenced ends 2 s later, with exit code 3."""

import signal
import subprocess
import time
from datetime import datetime

from chaos import SESSION_S
from worker import Worker, lines

SECONDS = 60
TRANSACTION_S = 5
FENCED_S = 2


def stand_in(fleet, victim, number):
    """The same name on another host: another state folder."""
    worker = fleet.new_worker(victim.instance)
    worker.state = worker.folder / f"state-{victim.instance}-{number}"
    worker.env["STATE_DIRECTORY"] = str(worker.state)
    worker.log = worker.folder / f"{victim.instance}-{number}.log"
    fleet.adopt(worker.start())


def end_of(worker: Worker, began, seconds):
    """Exit code, and how long it took from SIGCONT, or from when its Kafka client heard of the fence: it may have got its place back first, and have
    lost it again to the stand-in, which its supervisor starts anew. None: it goes on."""
    try:
        code = worker.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    ended = time.time()
    told = [datetime.fromisoformat(line["time"]).timestamp() for line in lines(worker, "KAFKA-LIBRARY") if "Fatal error" in line["message"]]
    return code, ended - min((at for at in told if at > began), default=began)


def run(chaos):
    desk = chaos.desk(partitions=6, ledger="kafka")
    ends = []
    with desk.fleet(["w1", "w2"], transaction=f"{TRANSACTION_S}s") as fleet, chaos.flow(desk, rate=200) as flow:
        while flow.goes_on(chaos.rng.uniform(1.5, 3)):
            if not flow.wait_until(lambda: all(worker.is_up() for worker in fleet.workers), 30, "all workers are up"):
                break
            victim = chaos.rng.choice(fleet.workers)
            replaced = flow.faults % 3 != 2
            flow.fault(f"SIGSTOP to {victim.instance}, {'replaced' if replaced else 'alone'}")
            fleet.let_go(victim)
            victim.process.send_signal(signal.SIGSTOP)
            if replaced:
                stand_in(fleet, victim, flow.faults)
            flow.goes_on(max(SESSION_S, TRANSACTION_S) + chaos.rng.uniform(1.5, 3))
            began = time.time()
            victim.process.send_signal(signal.SIGCONT)
            found = end_of(victim, began, 20 if replaced else FENCED_S + 1)
            ends.append((victim.instance, replaced, found))
            if not replaced:
                fleet.adopt(victim)  # which starts it again if it has ended
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    for name, replaced, found in ends:
        row.require(found or not replaced, f"{name}, whose place was taken, goes on after SIGCONT")
        if found:
            row.require(found[0] == 3, f"{name} ended with {found[0]} after SIGCONT, not with 3")
            row.require(found[1] <= FENCED_S, f"{name} ended {found[1]:.1f} s after it was fenced, {FENCED_S} s are allowed")
    fenced = [found[1] for _, _, found in ends if found]
    row.require(len(fenced) > 1, f"only {len(fenced)} fenced of {len(ends)} stopped")
    row.note(f"{len(ends)} stopped, {len(fenced)} fenced, which ended {max(fenced, default=0):.2f} s later at the latest")
    row.require(codes == [0] * len(codes), f"exit codes of the orderly end {codes}")
    return row

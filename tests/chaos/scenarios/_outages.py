"""What holds when brokers go away and come back, by the times at which they did."""

import time
from dataclasses import dataclass

from chaos import VISIBLE_P99_S
from watch import percentile, visible_at
from worker import PATIENT

BACK_S = 15  # so long after the broker is back, stories go on at the latest


@dataclass
class Outage:
    gone: float
    back: float = None
    through: float = None  # what had waited for it is visible


class Outages:
    def __init__(self, flow):
        self.flow = flow
        self.all = []

    def begins(self):
        self.all.append(Outage(time.monotonic()))

    def ends(self):
        """The broker serves again. Waits until what waited for it is through, or has had its time: only then the next one may begin."""
        last, flow = self.all[-1], self.flow
        last.back = time.monotonic()
        if flow.goes_on(0):
            flow.wait_until(lambda: self._is_through(last.back) or not flow.goes_on(0), 3 * BACK_S, "what waited for the broker is visible")
        last.through = time.monotonic()

    def _is_through(self, back):
        sent = list(self.flow.desk.inputs)  # what was handed to the producer during the outage is in once it has gone out
        return sent[-1].sent_at > back and all(one.ends == "drop" or visible_at(one, self.flow.watch.seen) is not None
                                               for one in sent if one.sent_at < back)

    def resumed(self):
        """Of each: seconds from the broker's return until what waited in each partition went on."""
        waits = self.flow.waits()
        return [max((until - one.back for _, _, since, until in waits if since < one.back < until), default=0.0) for one in self.all]

    def untroubled(self, sent, seen):
        return all(seen < one.gone or sent > one.through for one in self.all)

    def require_resumed(self, row):
        if not row.require(self.all, "there was no outage"):
            return
        seconds, lengths = self.resumed(), [one.back - one.gone for one in self.all]
        row.require(max(seconds) < BACK_S, f"went on {max(seconds):.1f} s after the broker was back, {BACK_S} s are allowed")
        p99 = percentile(self.flow.latencies(self.untroubled), 0.99)
        row.require(p99 is not None and p99 < VISIBLE_P99_S, f"p99 {p99} s to visible with the broker there, {VISIBLE_P99_S} s are allowed")
        row.note(f"{len(lengths)} outages, of {min(lengths):.1f} to {max(lengths):.1f} s; went on {max(seconds):.1f} s after the return at the latest; "
                 f"p99 {p99 or 0:.1f} s to visible beside them")


def require_orderly(row, fleet, codes):
    """Whose return the brokers take for another worker's ends as fenced, and is started again."""
    row.require(codes == [0] * len(codes), f"exit codes of the orderly end {codes}")
    others = {code for worker in fleet.everybody() for code in worker.codes} - {0, 3}
    row.require(not others, f"workers ended with {others}")
    row.note(f"{fleet.restarts} restarts")


def take_away_in_turns(chaos, desk, pick=lambda: (), away_s=(0, 3), whole_again=None):
    """By SIGTERM and SIGKILL in turns, the nodes of the desk's broker that pick() names (none: all), for so long. whole_again: what must hold, with its
    words, before the next one goes. The row."""
    broker = desk.broker
    with desk.fleet(["w1", "w2"], **PATIENT) as fleet, chaos.flow(desk, rate=150) as flow:
        outages = Outages(flow)
        while flow.goes_on(chaos.rng.uniform(3, 6)):
            nodes = pick()
            outages.begins()
            by_force = flow.faults % 2 == 0
            flow.fault(f"{'SIGKILL' if by_force else 'SIGTERM'} to {f'node {nodes[0]}' if nodes else 'the broker'}")
            (broker.kill if by_force else broker.stop)(*nodes)
            flow.goes_on(chaos.rng.uniform(*away_s))
            broker.start()
            outages.ends()
            if whole_again:
                flow.wait_until(whole_again[0], 60, whole_again[1])
        flow.settle()
        codes = fleet.stop()
    row = flow.row()
    outages.require_resumed(row)
    require_orderly(row, fleet, codes)
    return row

"""What a scenario works with: brokers, a desk, a flow of stories with a watcher beside it, words on how far it is, and its row.

    SECONDS = 60                                                # of trouble when the scenario runs small

    def run(chaos):
        desk = chaos.desk(partitions=8)                         # topics and a group on the broker that scenarios share
        with desk.fleet(["w1", "w2"]) as fleet, chaos.flow(desk, rate=300) as flow:
            while flow.goes_on(chaos.rng.uniform(1, 4)):        # waits so long, and says no when chaos.seconds are over
                flow.fault(f"SIGKILL to {fleet.kill_one(chaos.rng).instance}")
            flow.settle()                                       # until the group has committed everything
            codes = fleet.stop()
        row = flow.row()                                        # judged: nothing lost, doubled, out of order, no transaction open
        row.require(codes == [0, 0], f"exit codes {codes}")
        return row
"""

import os
import random
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack

import judge
from broker import BUILD, RECIPE, Broker, free_port
from confluent_kafka import KafkaException
from desk import Desk
from feeder import Feeder
from row import Row
from stories import Mix
from watch import Watch, percentile, visible_at, waits
from worker import STAGES

PORTS = int(os.environ.get("WD_CHAOS_PORTS", 23000))  # the first of 900; controllers listen 1000 above
SESSION_S, TRANSACTION_S = 3, 10  # of workers, where a scenario says nothing else
VISIBLE_P99_S = 5  # what the table of promises allows
SAY_EVERY_S = 5

_saying = threading.Lock()
_starting = threading.Lock()  # two that look for free ports at once would find the same


class CutShort(Exception):
    """The run was told to end: whatever a scenario has started ends with it."""


class Shared:
    """What outlives a scenario: the broker for all that do it no harm, the time, and whether it was told to end."""

    def __init__(self):
        self.cut_short = threading.Event()
        self.began = time.monotonic()
        self.folder = BUILD / "chaos"
        self._broker = None
        self._lock = threading.Lock()

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind, value, trace):
        if self._broker:
            self._broker.stop()

    def broker(self):
        with self._lock:
            if not self._broker:
                clear(self.folder / "broker")
                self._broker = start_broker(self.folder / "broker")
            return self._broker


def clear(folder):
    """Away with what a run left here, also one that was ended by force: its brokers, its small disks, its files."""
    for node in folder.glob("**/node-1/pid"):
        subprocess.run([RECIPE / "stop-broker", "-9", node.parents[1]], check=True, timeout=120)
    with open("/proc/mounts") as mounts:
        for point in [line.split()[1] for line in mounts]:
            if point.startswith(f"{folder.resolve()}/"):
                subprocess.run(["umount", "-l", point], check=True, timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


def start_broker(folder, nodes=1, properties=None):
    with _starting:
        port = free_port(PORTS, PORTS + 900, nodes)
        return Broker(folder, jars=os.environ.get("WD_KAFKA_JARS"), nodes=nodes, port=port, properties=properties).start()


class Chaos:
    def __init__(self, name, seed, seconds, factor, shared):
        """seconds: how long trouble lasts; factor: by what that is longer than small."""
        self.name, self.seed, self.seconds, self.factor, self.shared = name, seed, seconds, factor, shared
        self.rng = random.Random(f"{seed}/{name}")
        self.folder = shared.folder / name
        self._desks = []
        self._ends = ExitStack()

    def __enter__(self):
        clear(self.folder)
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, kind, value, trace):
        self._ends.close()

    def go_on(self):
        if self.shared.cut_short.is_set():
            raise CutShort("the run was told to end")

    def say(self, words):
        with _saying:
            print(f"{time.monotonic() - self.shared.began:6.0f} s  {self.name}: {words}", flush=True)

    def at_end(self, call, *args):
        """Called when the scenario is over, however it ends."""
        self._ends.callback(call, *args)

    def own_broker(self, nodes=1, folder=None, properties=None):
        """One that may be harmed; killed at the end. properties: a file of more of them."""
        broker = start_broker(folder or self.folder / "broker", nodes, properties=properties)
        self.at_end(broker.kill)
        return broker

    def desk(self, partitions=4, broker=None, ledger="local", name="", **create):
        """Its topics made, its stages set. ledger kafka: the topic of the claims, too."""
        folder = self.folder / (name or "desk")
        folder.mkdir()
        desk = ChaosDesk(broker or self.shared.broker(), folder, f"{self.name}-{os.getpid()}-{len(self._desks) + 1}", ledger)
        self._desks.append(desk)
        desk.create(partitions=partitions, **create)
        if ledger == "kafka":
            desk.config()
            desk.run("topics", "--create")
        return desk

    def ends_forgotten(self):
        """What a broker lost of the ends of transactions, on any desk; see Transactions."""
        return [words for desk in self._desks for words in desk.transactions().ends_forgotten()]

    def flow(self, desk, rate, **mix):
        return Flow(self, desk, rate, mix)

    def row(self, **found):
        return Row(self.name, self.seed, **found)


class ChaosDesk(Desk):
    def __init__(self, broker, folder, name, ledger):
        super().__init__(broker, folder, name)
        dedup = f"dedup: {{ ledger: kafka, claims: {name}.claims, window: 1h }}" if ledger == "kafka" else "dedup"
        self.stages = [dedup if stage == "dedup" else stage for stage in STAGES]
        self.claims = f"{name}.claims" if ledger == "kafka" else None

    def config(self, **settings):
        return super().config(**{"stages": self.stages, "session": f"{SESSION_S}s", "transaction": f"{TRANSACTION_S}s", **settings})

    def topics_out(self):
        return super().topics_out() + ([self.claims] if self.claims else [])

    def held_up(self):
        """Topics in which a transaction is open: their readers stand before their end. (The offsets' own topic has those of other groups, too.)"""
        return [topic for topic in self.topics_out()
                if self.broker.ends(topic) != self.broker.ends(topic, "read_uncommitted")]


class Flow:
    """Stories that go in at a steady rate for chaos.seconds, somebody who watches them come out, and the faults in between."""

    def __init__(self, chaos, desk, rate, mix):
        self.chaos, self.desk = chaos, desk
        self.faults = 0
        self.failures = []
        self._feeder = Feeder(desk, Mix(chaos.rng.randrange(10**9), **{"size": 400, **mix}), int(rate * chaos.seconds), chaos.seconds)
        self._said = time.monotonic()
        self._log = open(chaos.folder / "faults", "a", buffering=1)

    def __enter__(self):
        self.watch = Watch(self.desk)
        self.watch.start()
        self._feeder.start()
        return self

    def __exit__(self, kind, value, trace):
        self._feeder.end_early()
        self.watch.finish()
        self._log.close()

    def _progress(self, words=""):
        if time.monotonic() - self._said > SAY_EVERY_S:
            self._said = time.monotonic()
            self.chaos.say(f"{self.faults} faults, {len(self.watch.seen):,} parts of {len(self.desk.inputs):,} messages visible{words}")

    def goes_on(self, seconds):
        """Waits so long. False: all stories are in, trouble is over. Raises CutShort, as all that waits here does."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._feeder.is_alive():
            self._feeder.join(min(left, 1))
            self.chaos.go_on()
            self._progress()
        return self._feeder.is_alive()

    def fault(self, words):
        """One more of them: counted, and noted with its time."""
        self.faults += 1
        self._log.write(f"{time.monotonic():.3f} {words}\n")

    def wait_until(self, holds, seconds, words):
        """True when it came to hold; if it did not, the scenario goes on and fails by these words."""
        until = time.monotonic() + seconds
        while not _answers(holds):
            if time.monotonic() > until:
                self.failures.append(f"not within {seconds:.0f} s: {words() if callable(words) else words}")
                return False
            self.chaos.go_on()
            self._progress(", waiting")
            time.sleep(0.1)
        return True

    def settle(self, seconds=90):
        """All stories are in, the group has committed them, and the watcher has seen what there is to be seen."""
        while self.goes_on(1):
            pass
        self._feeder.finish()
        done = self.wait_until(self.desk.all_committed, seconds, lambda: f"committed {self.desk.committed()} of {self.desk.ends()}")
        return done and self.wait_until(self._all_seen, 20, "a reader sees the end of all stories")

    def _all_seen(self):
        return all(one.ends == "drop" or visible_at(one, self.watch.seen) is not None for one in self.desk.inputs)

    def keeps_up(self, seconds):
        """Is the last message visible that went in at least so long ago?"""
        until = time.monotonic() - seconds
        last = next((one for one in reversed(self.desk.inputs) if one.sent_at and one.sent_at < until and one.ends != "drop"), None)
        return last is None or visible_at(last, self.watch.seen) is not None

    def waits(self):
        """Of each message: how long it stood first in line; see watch.waits."""
        return list(waits(self.desk.inputs, self.watch.seen))

    def latencies(self, chosen=lambda sent, seen: True):
        """Seconds from sent to visible, sorted."""
        times = ((one.sent_at, visible_at(one, self.watch.seen)) for one in self.desk.inputs)
        return sorted(seen - sent for sent, seen in times if seen is not None and chosen(sent, seen))

    def row(self):
        """Called when the workers have ended: the judge's word, and the watcher's."""
        row = judged(self.chaos.row(), self.desk)
        row.faults = self.faults
        row.failures += self.failures
        times = self.latencies()
        row.p50, row.p99 = percentile(times, 0.5), percentile(times, 0.99)
        row.stall = max((wait[0] for wait in self.waits()), default=None)
        twice = [at for at, n in self.watch.times.items() if n > 1]
        row.require(not twice, f"the reader who was there all the time saw {len(twice)} parts twice, the first: {twice[:1]}")
        return row


def _answers(holds):
    """A broker that is on its way back answers with errors for a while."""
    try:
        return holds()
    except KafkaException:
        return False


def judged(row, desk, check_transactions=True):
    """Puts the judge's word into the row: everything that went in came out once and in order, and no transaction is open."""
    verdict = desk.judge()
    row.stories = verdict.parts_in
    row.lost, row.doubled, row.disorder = len(verdict.lost), len(verdict.doubled), len(verdict.disorder)
    for what in ("lost", "doubled", "foreign", "wrong_end", "disorder"):
        found = getattr(verdict, what)
        row.require(not found, lambda: f"{what.replace('_', ' ')}: {len(found)}, the first: {found[:3]}")
    ends = verdict.articles + verdict.duplicates + verdict.dead + verdict.drops
    row.require(ends == verdict.parts_in, f"{ends} ends of {verdict.parts_in} parts: {verdict}")
    if check_transactions:
        require_no_open_transaction(row, desk)
    try:
        desk.assert_silent()
    except AssertionError as error:
        row.require(False, str(error))
    return row


def require_no_open_transaction(row, desk):
    """A commit's or an abort's markers may still be on their way: a moment is allowed, a transaction's time-out is not."""
    until = time.monotonic() + 5
    while (found := desk.held_up()) and time.monotonic() < until:
        time.sleep(0.1)
    row.require(not found, f"readers are held up by open transactions in {found}")
    still = desk.transactions().open()
    row.require(not still, f"transactions without an end: {still}")

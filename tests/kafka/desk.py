"""One test's surroundings: its topics, its group, its configuration, its workers."""

import json
import socket
import subprocess
import time
from pathlib import Path

import judge
from broker import BUILD
from stories import CANARY
from transactions import Transactions
from worker import Fleet, Worker, write_config

WIREDESK = BUILD / "wiredesk"
TRAP = BUILD / "wiredesk-trap"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Desk:
    def __init__(self, broker, folder, name):
        self.broker = broker
        self.folder = Path(folder)
        self.group = name
        self.raw, self.articles = f"{name}.raw", f"{name}.articles"
        self.duplicates, self.dead = f"{name}.duplicates", f"{name}.dead"
        self.inputs = []
        self.at_work = None
        self.producer = judge.new_producer(broker)

    def create(self, partitions=4, raw_config=None, out_config=None, dead_config=None):
        self.broker.create({
            self.raw: (partitions, raw_config or {}), self.articles: (4, out_config or {}),
            self.duplicates: (4, out_config or {}), self.dead: (2, dead_config or out_config or {})})
        return self

    def produce(self, inputs):
        self.inputs += judge.produce(self.producer, self.raw, inputs)

    def config(self, **settings):
        return write_config(self.folder / settings.pop("file", "wiredesk.yaml"), self, **settings)

    def fleet(self, names, trap=False, args=(), **settings):
        env = {"WD_TRAP_DIR": str(self.folder)} if trap else None
        self.at_work = Fleet(self.folder, self.config(**settings), names, TRAP if trap else WIREDESK, args, env)
        return self.at_work

    def worker(self, name="w1", trap=False, args=(), **settings):
        env = {"WD_TRAP_DIR": str(self.folder)} if trap else None
        return Worker(self.folder, self.config(**settings), name, TRAP if trap else WIREDESK, args, env)

    def run_telling(self, command, *args, expect=(0,)):
        """A sub-command with this desk's configuration; what it says on both outputs."""
        out = subprocess.run([WIREDESK, command, "-c", self.folder / "wiredesk.yaml", *args], capture_output=True, text=True, timeout=120)
        assert out.returncode in expect, f"{command}: exit code {out.returncode}: {out.stdout}{out.stderr}"
        return out.stdout, out.stderr

    def run(self, command, *args, expect=(0,)):
        return self.run_telling(command, *args, expect=expect)[0]

    def read_articles(self):
        return [json.loads(msg.value()) for msg in judge.read(self.broker, [self.articles])[0]]

    def ends(self):
        return self.broker.ends(self.raw)

    def committed(self):
        return self.broker.committed(self.group, self.raw)

    def all_committed(self):
        assert not (self.at_work and self.at_work.gave_up), self.at_work.gave_up
        return all(done >= end or end == 0 for done, end in zip(self.committed(), self.ends()))

    def wait_until_all_committed(self, timeout=60):
        wait_until(self.all_committed, timeout, lambda: f"committed {self.committed()} of {self.ends()}")

    def judge(self, **how):
        return judge.judge(self.broker, self.inputs, self.articles, self.duplicates, self.dead, **how)

    def assert_silent(self, *texts):
        """No story text in any log, nor in the texts given."""
        for log in self.folder.glob("*.log"):
            assert CANARY not in log.read_text(errors="replace"), f"story text in {log}"
        assert all(CANARY not in text for text in texts)

    def topics_out(self):
        return [self.articles, self.duplicates, self.dead]

    def transactions(self):
        return Transactions(self.broker, self.group, self.topics_out())

    def hidden(self):
        """Records of aborted transactions: how many a reader sees who does not ask for committed ones only."""
        every, committed = (judge.read(self.broker, self.topics_out(), level) for level in ("read_uncommitted", "read_committed"))
        return sum(map(len, every)) - sum(map(len, committed))


def wait_until(holds, timeout, words=lambda: ""):
    until = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"not within {timeout} s: {words()}")
        time.sleep(0.2)

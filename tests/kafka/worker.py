"""Workers as subprocesses: started, killed, started again, as a supervisor would."""

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

# Where a broker is killed. One that is away for longer than a transaction may last ends it when it returns, and Kafka 4.3.1 then takes partitions that
# have no leader yet for deleted ones: those get no marker, and the next transaction of that worker commits what was to be aborted. Nobody but the
# broker can see that, so transactions last longer than any outage here; README says so to whoever runs a cluster.
PATIENT = {"transaction": "60s", "max_poll": "360s"}
RESTARTS_MAX = 50  # beyond those after a kill of ours: then something is wrong that no restart mends
CONFIG = """\
kafka:
  brokers: {brokers}
  group: {group}
  input: [{raw}]
  session-timeout: {session}
  max-poll-interval: {max_poll}
  transaction-timeout: {transaction}
  client: {client}
output:
  articles: {articles}
  duplicates: {duplicates}
  dead-letters: {dead}
batch: {{ stories: {stories}, wait: 50ms }}
lanes: 2
story-time: {story_time}
http: {{ {http} }}
stages:
{stages}
"""

STAGES = ("decode", "cleanup", "language", "fingerprint", "dedup", "route")
# With the two stages that only wiredesk-trap has.
TRAPPED = ("decode", "trap", "cleanup", "language", "fingerprint", "dedup", "balk", "route")


def write_config(path, desk, stories=200, session="3s", max_poll="60s", transaction="10s", story_time="5s", http=None, stages=STAGES, more="",
                 brokers=None, client=None):
    text = CONFIG.format(
        brokers=brokers or desk.broker.bootstrap, client=json.dumps(client or {}), group=desk.group, raw=desk.raw,
        articles=desk.articles, duplicates=desk.duplicates, dead=desk.dead, session=session, max_poll=max_poll,
        transaction=transaction, stories=stories, story_time=story_time,
        http=f"listen: 127.0.0.1:{http}" if http else "enabled: false", stages="\n".join(f"  - {s}" for s in stages))
    Path(path).write_text(text + more)
    return Path(path)


class Worker:
    """One slot: an instance name, a state folder, a log; the process in it changes."""

    def __init__(self, folder, config, instance, binary, args=(), env=None):
        self.folder = Path(folder)
        self.instance = instance
        self.state = self.folder / f"state-{instance}"
        self.log = self.folder / f"{instance}.log"
        self.command = [str(binary), "run", "-c", str(config), "--instance", instance, *args]
        self.env = {**os.environ, "STATE_DIRECTORY": str(self.state), **(env or {})}
        self.process = None
        self.log_start = 0
        self.codes = []
        self.kills = 0

    def start(self):
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(self.command, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.running():
            self.kill()
        if kind is not None:
            self.show()

    def show(self):
        if self.log.exists():
            print(f"--- log of worker '{self.instance}', exit codes {self.codes[-10:]}:\n{self.tail()}")

    def running(self):
        return self.process is not None and self.process.poll() is None

    def is_up(self):
        """It runs, and has said that it starts: from then on SIGTERM drains it."""
        if not self.running():
            return False
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return b'"word":"START"' in log.read()

    def kill(self):
        if self.running():
            self.process.kill()
            self.kills += 1
        self.codes.append(self.process.wait(30))

    def stop(self, timeout=40):
        """SIGTERM; the exit code."""
        if self.process is None:
            return None
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            raise AssertionError(f"worker '{self.instance}' did not end within {timeout} s of SIGTERM:\n{self.tail()}") from None
        self.codes.append(code)
        return code

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Fleet:
    """Workers of one group, and the supervisor's patience: what ends is started again, unless it ended for lack of sense (exit 2)."""

    def __init__(self, folder, config, instances, binary, args=(), env=None):
        self.new_worker = lambda name: Worker(folder, config, name, binary, args, env)
        self.workers = [self.new_worker(name) for name in instances]  # replaced as a whole, for the supervisor reads it beside
        self.left = []  # of this fleet once, and not looked after any more
        self.supervised = True
        self.restarts = 0
        self.gave_up = None
        self._thread = None

    def __enter__(self):
        for worker in self.workers:
            worker.start()
        self._thread = threading.Thread(target=self._supervise, daemon=True)
        self._thread.start()
        return self

    def _supervise(self):
        while self.supervised:
            for worker in self.workers:
                # One that has left meanwhile ended because it was told to.
                if not worker.running() and self.supervised and worker in self.workers:
                    code = worker.process.poll()
                    worker.codes.append(code)
                    if code == 2 or self.restarts >= RESTARTS_MAX + self.kills():
                        self.supervised = False
                        self.gave_up = f"worker '{worker.instance}' ended with {code}, restarts {self.restarts}"
                        return
                    worker.start()
                    self.restarts += 1
            time.sleep(0.2)

    def everybody(self):
        return self.workers + self.left

    def kills(self):
        return sum(worker.kills for worker in self.everybody())

    def kill_one(self, rng=random):
        """SIGKILL; the supervisor brings it back."""
        worker = rng.choice(self.workers)
        if worker.running():
            worker.process.kill()
            worker.kills += 1
        return worker

    def join(self, name):
        """One more; who left under this name comes back, once its process has ended."""
        worker = next((one for one in self.left if one.instance == name), None) or self.new_worker(name)
        self.adopt(worker.start())
        return worker

    def adopt(self, worker):
        """Looks after it from now on."""
        self.left = [one for one in self.left if one is not worker]
        self.workers = [*self.workers, worker]

    def let_go(self, worker):
        """Does not look after it any more, but for its end when all is over."""
        self.workers = [one for one in self.workers if one is not worker]
        self.left = [*self.left, worker]

    def leave(self, worker):
        """SIGTERM, without waiting for its end."""
        self.let_go(worker)
        if worker.running():
            worker.process.send_signal(signal.SIGTERM)

    def stop(self):
        """SIGTERM to all; the exit codes. A worker that was killed last is brought back first: it is to end well, too."""
        until = time.monotonic() + 40
        while self.supervised and not all(worker.is_up() for worker in self.workers) and time.monotonic() < until:
            time.sleep(0.1)
        self.supervised = False
        if self._thread:
            self._thread.join(10)
        return [worker.stop() for worker in self.workers]

    def __exit__(self, kind, value, trace):
        self.supervised = False
        if self._thread:
            self._thread.join(10)
        for worker in self.everybody():
            if worker.running():
                worker.kill()
            if kind is not None:
                worker.show()


def metrics_text(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def metrics(port):
    """Series → value, as the worker tells them."""
    found = {}
    for line in metrics_text(port).splitlines():
        if line and not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            found[series] = float(value)
    return found


def readiness(port):
    """What /readyz answers: code and words; code 0: nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode().strip()
    except OSError as error:
        return 0, str(error)


def lines(worker, word):
    """The log's lines of one word."""
    found = (json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{"))
    return [line for line in found if line["word"] == word]


def peak_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024

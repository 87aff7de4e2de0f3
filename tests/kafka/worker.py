"""Workers as subprocesses: started, killed, started again, as a supervisor would."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

RESTARTS_MAX = 50  # then something is wrong that no restart mends
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
        self.workers = [Worker(folder, config, name, binary, args, env) for name in instances]
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
                if not worker.running() and self.supervised:
                    code = worker.process.poll()
                    worker.codes.append(code)
                    if code == 2 or self.restarts >= RESTARTS_MAX:
                        self.supervised = False
                        self.gave_up = f"worker '{worker.instance}' ended with {code}, restarts {self.restarts}"
                        return
                    worker.start()
                    self.restarts += 1
            time.sleep(0.2)

    def kill_one(self, rng=random):
        """SIGKILL; the supervisor brings it back."""
        worker = rng.choice(self.workers)
        if worker.running():
            worker.process.kill()
            worker.kills += 1
        return worker

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
        for worker in self.workers:
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


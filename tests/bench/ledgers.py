"""The claims log against the local ledger, in turns on one broker: what does one verdict across workers cost? See `run`.

Rounds alternate, each on topics and a group of its own, over the same stories: real ones in many variants where ../shared has them, else
made ones.

    backlog    all stories are there. How long a batch takes, then, unobserved, what CPU the process takes
    trickle    stories come one by one. How long each takes to be visible to a reader of another make, how long a batch takes, what CPU
    restore    a worker starts on a log of many claims
    index      claims a second of one core, without Kafka

How long a batch takes, from its first message to its commit, is told by /metrics as a sum and a count: asked often enough, batch by batch.
"""

import argparse
import json
import lzma
import os
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kafka"))

from bench import LARGE, measure, peak_mb  # noqa: E402
from broker import BUILD, ROOT, Broker  # noqa: E402
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from desk import free_port, wait_until  # noqa: E402
from stories import body, story_object  # noqa: E402
from test_outage import readiness  # noqa: E402
from worker import metrics  # noqa: E402

PARTITIONS = 4
KINDS = ("local", "kafka")
LIST = "decode,cleanup,credits,language,entities,fingerprint,dedup,route"
CLAIMS = {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime", "retention.ms": str(2 * 72 * 3600 * 1000)}
WATCHED = ("batch_seconds", "publish_seconds", "claims_wait_seconds")
CONFIG = """\
kafka: {{ brokers: {brokers}, group: {name}, input: [{raw}] }}
output: {{ articles: {name}, duplicates: {name}, dead-letters: {name}.dead }}
lanes: {lanes}
state-dir: {folder}/state-{name}
http: {{ {http} }}
log: {{ level: warn }}
stages: [{stages}]
"""
LEDGERS = {"local": "dedup: {{ ledger: local, claims-max: {most} }}",
           "kafka": "dedup: {{ ledger: kafka, claims: {name}.claims, window-stories: {most} }}"}


# --- stories ----------------------------------------------------------------------------------------------------------


def stories(count):
    """As messages, in the order of their stream."""
    for place in (ROOT.parent, ROOT.parent.parent):
        found = place / "shared/data/dedup/dev/stories.jsonl.xz"
        if found.exists():
            with lzma.open(found, "rt") as lines:
                every = [json.loads(line) for _, line in zip(range(count), lines)]
            print(f"{len(every)} stories of {found}", flush=True)
            return [json.dumps({"headline": one["headline"], "body": one["body"]}).encode() for one in every]
    rng = random.Random(1)
    made = []
    for number in range(count):
        if made and rng.random() < 0.3:
            made.append(rng.choice(made))
        else:
            made.append(json.dumps(story_object(rng, number, 2100, f"urn:wire:bench:{number}")).encode())
    print(f"{count} made stories, three in ten as before", flush=True)
    return made


# --- a worker ---------------------------------------------------------------------------------------------------------


class Batches(threading.Thread):
    """Asks a worker again and again; seconds of each batch, by what is watched. Batches that end between two questions share their mean."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over = port, False
        self.took = {name: [] for name in WATCHED}
        self.first = self.last = self.ask()
        self.dedup_before_s = self.dedup_s

    def ask(self):
        found = metrics(self.port)
        asked = {name: (found.get(f"wiredesk_{name}_sum", 0), found.get(f"wiredesk_{name}_count", 0)) for name in WATCHED}
        self.dedup_s = found.get('wiredesk_stage_seconds_total{stage="dedup"}', 0)
        return asked

    def note(self):
        now = self.ask()
        for name in WATCHED:
            (total, count), (before, counted) = now[name], self.last[name]
            if count > counted:
                self.took[name] += [(total - before) / (count - counted)] * int(count - counted)
        self.last = now

    def run(self):
        while not self.over:
            self.note()
            time.sleep(0.02)

    def finish(self):
        """Also the mean of what dedup itself took of a batch, with what it waited for: the part in which ledgers differ."""
        self.over = True
        self.join(10)
        count = self.last["batch_seconds"][1] - self.first["batch_seconds"][1]
        return self.took, 1000 * (self.dedup_s - self.dedup_before_s) / count


class Visible(threading.Thread):
    """Reads what is committed, and notes when it saw the record of each story: partition, offset → time."""

    def __init__(self, broker, topic):
        super().__init__(daemon=True)
        self.consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "visible", "isolation.level": "read_committed",
                                  "enable.auto.commit": False, "fetch.wait.max.ms": 1000, "log_level": 2})
        self.consumer.assign([*(TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)), TopicPartition(f"{topic}.dead", 0, 0)])
        self.seen, self.over = {}, False

    def run(self):
        while not self.over:
            msg = self.consumer.poll(0.1)
            if msg is None or msg.error():
                continue
            now = time.monotonic()
            origin = [value.decode() for name, value in msg.headers() or [] if name == "wiredesk-origin"]
            place = (origin[0] if origin else json.loads(msg.value())["wiredesk"]["id"]).split("/")
            self.seen.setdefault((int(place[2]), int(place[3])), now)

    def finish(self):
        self.over = True
        self.join(10)
        self.consumer.close()


def cpu_s(pid, thread=None):
    """Of the process; or of one of its threads: the first one reads the claims."""
    fields = Path(f"/proc/{pid}/task/{thread}/stat" if thread else f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


class Worker:
    """One run: output topic, claims topic, group and state of its own, or a claims topic that is there."""

    numbers = iter(range(1, 10_000))

    def __init__(self, bench, kind, raw, http=True, claims=None):
        self.name = f"{kind}-{next(self.numbers)}"
        self.port = free_port() if http else None
        bench.create({self.name: (PARTITIONS, LARGE), f"{self.name}.dead": (1, LARGE),
                      **({f"{self.name}.claims": (1, CLAIMS)} if kind == "kafka" and not claims else {})})
        dedup = LEDGERS[kind].format(name=self.name, most=bench.arguments.most)
        if claims:
            dedup = dedup.replace(f"{self.name}.claims", claims)
        stages = ", ".join(dedup if stage == "dedup" else stage for stage in bench.arguments.stages.split(","))
        config = bench.folder / f"{self.name}.yaml"
        config.write_text(CONFIG.format(brokers=bench.broker.bootstrap, name=self.name, raw=raw, lanes=bench.arguments.lanes,
                                        folder=bench.folder, stages=stages,
                                        http=f"listen: 127.0.0.1:{self.port}" if http else "enabled: false"))
        self.command = [str(BUILD / "wiredesk"), "run", "-c", str(config)]
        self.process = None

    def __enter__(self):
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.command)
        wait_until(self.is_ready, 300)
        self.took = time.monotonic() - self.began
        return self

    def is_ready(self):
        assert self.process.poll() is None, f"'{self.name}' has ended with {self.process.poll()}"
        try:
            return readiness(self.port)[0] == 200
        except OSError:
            return False

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(10)
        assert kind or code == 0, f"'{self.name}' ended with {code}"


# --- what is measured -------------------------------------------------------------------------------------------------


class Bench:
    def __init__(self, broker, folder, arguments, messages):
        self.broker, self.folder, self.arguments, self.messages = broker, folder, arguments, messages
        self.producer = Producer({"bootstrap.servers": broker.bootstrap, "linger.ms": 0, "log_level": 3})
        self.create({"raw": (PARTITIONS, LARGE)})
        for number, message in enumerate(messages):
            self.producer.produce("raw", message, partition=number % PARTITIONS)
            if number % 500 == 0:
                self.producer.flush(60)
        self.producer.flush(60)

    def create(self, topics):
        """There for every client when this returns."""
        self.broker.create(topics)
        wait_until(lambda: self.broker.admin.list_topics(timeout=10).topics.keys() >= topics.keys(), 30)
        time.sleep(0.5)

    def backlog(self, kind):
        with Worker(self, kind, "raw") as worker:
            batches = Batches(worker.port)
            batches.start()
            wait_until(lambda: self.broker.committed(worker.name, "raw") == self.broker.ends("raw"), 300)
            took, dedup_ms = batches.finish()
        # The first batches of a process wait for what its clients do not know yet.
        found = {f"backlog {name}": [1000 * s for s in values[1:]] for name, values in took.items()}
        unwatched = Worker(self, kind, "raw", http=False)
        cost = measure([*unwatched.command, "--until-end"], len(self.messages))
        return {**found, "backlog dedup": dedup_ms, "backlog CPU": cost.cpu, "backlog rate": cost.rate, "backlog peak": cost.rss_mb}

    def send(self, raw, count, sent):
        """Steadily; when each was sent. Begins only when what was sent before is on its way."""

        def at(began):
            def note(error, msg):
                assert not error, error
                sent[msg.partition(), msg.offset()] = began
            return note

        began = time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, began + number / self.arguments.rate - time.monotonic()))
            message = self.messages[(number + len(sent)) % len(self.messages)]
            self.producer.produce(raw, message, partition=number % PARTITIONS, on_delivery=at(time.monotonic()))
            self.producer.poll(0)
        self.producer.flush(30)

    def trickle(self, kind):
        raw = f"raw-{next(Worker.numbers)}"
        self.create({raw: (PARTITIONS, LARGE)})
        count = int(self.arguments.rate * self.arguments.seconds)
        with Worker(self, kind, raw) as worker:
            visible = Visible(self.broker, worker.name)
            visible.start()
            warm, sent = {}, {}
            self.send(raw, max(1, count // 5), warm)
            wait_until(lambda: len(visible.seen) >= len(warm), 60)
            batches = Batches(worker.port)
            batches.start()
            self.send(raw, count, sent)
            took, dedup_ms = batches.finish()
            unwatched, began, cpu = {}, time.monotonic(), cpu_s(worker.process.pid)
            self.send(raw, count, unwatched)
            cpu = (cpu_s(worker.process.pid) - cpu) / (time.monotonic() - began)
            sent.update(unwatched)
            wait_until(lambda: visible.seen.keys() >= sent.keys(), 60, lambda: f"{len(sent.keys() - visible.seen.keys())} not visible")
            visible.finish()
        found = {f"trickle {name}": [1000 * s for s in values] for name, values in took.items()}
        return {**found, "trickle visible": [1000 * (visible.seen[place] - began) for place, began in sent.items()], "trickle CPU": cpu,
                "trickle dedup": dedup_ms}

    def sizes(self):
        """The records of real stories' claims, and what they take on the broker's disk."""
        worker = Worker(self, "kafka", "raw", http=False)
        measure([*worker.command, "--until-end"], len(self.messages))
        topic = f"{worker.name}.claims"
        consumer = Consumer({"bootstrap.servers": self.broker.bootstrap, "group.id": "sizes", "log_level": 2})
        consumer.assign([TopicPartition(topic, 0, 0)])
        end = consumer.get_watermark_offsets(TopicPartition(topic, 0))[1]
        sizes = []
        while len(sizes) < end:
            sizes += [len(msg.value()) for msg in consumer.consume(1000, 10) if not msg.error()]
        consumer.close()
        disk = sum(file.stat().st_size for file in (self.broker.folder / "node-1" / "log" / f"{topic}-0").glob("*.log"))
        over = sum(size > 512 for size in sizes)
        print(f"\nclaims of {len(self.messages)} stories: {statistics.mean(sizes):.0f} B on average, {max(sizes)} B at most, {over} over 512 B; "
              f"{disk / end:.0f} B each on the broker's disk", flush=True)

    def restore(self):
        topic, count = "many.claims", self.arguments.claims
        self.create({topic: (1, CLAIMS), "idle": (PARTITIONS, {})})
        print(f"\nrestore of {count} claims, by a worker from its start to ready", flush=True)
        told = subprocess.run([BUILD / "tests/bench/bench_claims", "write", self.broker.bootstrap, topic, str(count)],
                              capture_output=True, text=True, timeout=600, check=True).stdout
        print("  " + told.replace("\n", "\n  ").rstrip(), flush=True)
        with Worker(self, "kafka", "idle") as empty:
            took, cpu, mb = empty.took, cpu_s(empty.process.pid), resident_mb(empty.process.pid)
        print(f"  an empty log    {took:6.1f} s, CPU {cpu:5.1f} s, {mb:6.0f} MB resident", flush=True)
        for _ in range(self.arguments.restores):
            with Worker(self, "kafka", "idle", claims=topic) as full:
                more_cpu, more_mb = cpu_s(full.process.pid) - cpu, resident_mb(full.process.pid) - mb
                held, loop = metrics(full.port)["wiredesk_claims_read_total"], cpu_s(full.process.pid, full.process.pid)
                print(f"  {held:.0f} records  {full.took:6.1f} s, CPU {more_cpu + cpu:5.1f} s ({loop:.1f} s of the loop's thread: what it takes where "
                      f"that one has a core of its own), {more_mb + mb:6.0f} MB resident, peak "
                      f"{peak_mb(full.process.pid):.0f} MB; {count / more_cpu:.0f} claims a second of CPU, {1e6 * more_mb / count:.0f} B each", flush=True)


# --- the table --------------------------------------------------------------------------------------------------------


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p * len(values)))] if values else float("nan")


def pair(title, rounds, value, unit, is_ratio):
    """A line: the median of each kind's rounds, and of the rounds' differences, or ratios."""
    local, kafka = ([value(one[kind]) for one in rounds] for kind in KINDS)
    each = [b / a if is_ratio else b - a for a, b in zip(local, kafka)]
    sign = "" if is_ratio else "+"
    print(f"{title:34} {statistics.median(local):9.2f} {statistics.median(kafka):9.2f} {unit:4}"
          f" {'x' if is_ratio else ' '}{statistics.median(each):{sign}.2f} ({min(each):{sign}.2f} to {max(each):{sign}.2f})", flush=True)


def show(rounds, part):
    names = {"backlog": ["batch_seconds", "publish_seconds"], "trickle": ["visible", "batch_seconds", "publish_seconds"]}[part]
    print(f"\n{part:34} {'local':>9} {'kafka':>9}      kafka against local, round by round", flush=True)
    for name in names:
        key, words = f"{part} {name}", {"batch_seconds": "a batch", "publish_seconds": "its transaction", "visible": "a story to visible"}[name]
        for p in (0.5, 0.99):
            pair(f"  {words}, p{100 * p:.0f}", rounds, lambda one, p=p, key=key: percentile(one[key], p), "ms", False)
    pair("  dedup's part of a batch, mean", rounds, lambda one: one[f"{part} dedup"], "ms", False)
    waits = [value for one in rounds for value in one["kafka"][f"{part} claims_wait_seconds"]]
    print(f"  {'its claims, there and back':32} {'':9} {percentile(waits, 0.5):9.2f} ms   p99 {percentile(waits, 0.99):.2f} ms, {len(waits)} batches")
    if part == "backlog":
        pair("  CPU for 100,000 stories", rounds, lambda one: one["backlog CPU"], "s", True)
        pair("  stories a second", rounds, lambda one: one["backlog rate"], "", True)
        pair("  peak memory", rounds, lambda one: one["backlog peak"], "MB", False)
    else:
        pair("  CPU of one core", rounds, lambda one: 100 * one["trickle CPU"], "%", True)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run --ledgers")
    parser.add_argument("--stories", type=int, default=20_000, help="of the backlog")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stages", default=LIST)
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--rate", type=float, default=20, help="stories a second of the trickle")
    parser.add_argument("--seconds", type=float, default=10, help="of the trickle, twice")
    parser.add_argument("--claims", type=int, default=3_000_000, help="of the restore")
    parser.add_argument("--restores", type=int, default=3)
    parser.add_argument("--only", default="backlog,trickle,sizes,restore,index")
    arguments = parser.parse_args()
    arguments.most = max(1_000_000, arguments.claims)
    only = arguments.only.split(",")

    folder = BUILD / "bench-ledgers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    broker = Broker(folder / "broker", profile="bench").start()
    try:
        bench = Bench(broker, folder, arguments, stories(arguments.stories))
        for part, run in (("backlog", bench.backlog), ("trickle", bench.trickle)):
            if part in only:
                # Who goes first changes from round to round.
                order = [KINDS if number % 2 == 0 else KINDS[::-1] for number in range(arguments.rounds)]
                show([{kind: run(kind) for kind in kinds} for kinds in order], part)
        if "sizes" in only:
            bench.sizes()
        if "restore" in only:
            bench.restore()
    finally:
        broker.stop()
    if "index" in only:
        for mode, words in (("memory", "spread over the window"), ("burst", "all at one time, as in the topic above")):
            print(f"\nclaims into the index, without Kafka, {words}", flush=True)
            told = subprocess.run([BUILD / "tests/bench/bench_claims", mode, "1000000"], capture_output=True, text=True, check=True).stdout
            print("  " + told.replace("\n", "\n  ").rstrip(), flush=True)
    print(f"\nload of the machine, of {os.cpu_count()} cores: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main()

"""Worker and bare loop in turns on one broker: what does a story cost? See `run`."""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kafka"))

from broker import BUILD, Broker  # noqa: E402
from confluent_kafka import Producer  # noqa: E402
from stories import body, story_object  # noqa: E402

PARTITIONS = 4
LARGE = {"max.message.bytes": "8388608"}
CONFIG = """\
kafka: {{ brokers: {brokers}, group: {name}, input: [raw] }}
output: {{ articles: {name}, duplicates: {name}, dead-letters: dead }}
batch: {{ stories: 1000, wait: 100ms }}
lanes: {lanes}
state-dir: {folder}/state-{name}
http: {{ enabled: false }}
log: {{ level: warn }}
stages: [{stages}]
"""


@dataclass
class Cost:
    cpu: float  # seconds per 100,000 stories
    rate: float
    rss_mb: float


def load(broker, count):
    """Stories of about 2.4 KB: a few thousand texts, each story with a uri and a headline of its own."""
    rng = random.Random(1)
    texts = [body(rng, 2100) for _ in range(2000)]
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 3, "linger.ms": 20, "batch.size": 1_000_000,
                         "queue.buffering.max.kbytes": 500_000})
    size = 0
    for number in range(count):
        story = story_object(rng, number, 0, f"urn:wire:bench:{number}")
        story["body"] = f"Number {number}. {texts[number % len(texts)]}"
        value = json.dumps(story).encode()
        size += len(value)
        while True:
            try:
                producer.produce("raw", value, story["uri"].encode())
                break
            except BufferError:
                producer.poll(0.05)
    producer.flush(120)
    print(f"{count} stories of {size / count:.0f} bytes on average in 'raw', {PARTITIONS} partitions", flush=True)


def peak_mb(pid):
    """The kernel's high-water mark. (rusage's would begin with this process's own, from which the other one was forked.)"""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def measure(command, count, env=None):
    """Runs it to its end; what the kernel says it took."""
    began = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], env={**os.environ, **(env or {})})
    peak = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, peak_mb(process.pid))
        time.sleep(0.02)
    took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: exit code {process.returncode} of: {' '.join(map(str, command))}")
    return Cost((usage.ru_utime + usage.ru_stime) * 100_000 / count, count / took, peak)


class Bench:
    def __init__(self, broker, folder, arguments):
        self.broker, self.folder, self.arguments = broker, folder, arguments
        self.runs = 0

    def topic(self, kind):
        """Each run has an output topic and a group of its own."""
        self.runs += 1
        name = f"{kind}-{self.runs}"
        self.broker.create({name: (PARTITIONS, LARGE)})
        return name

    def bare(self, count):
        name = self.topic("bare")
        return [BUILD / "tests" / "bench" / "passthrough", self.broker.bootstrap, "raw", name, name, str(count)], name

    def worker(self, stages):
        name = self.topic("worker")
        config = self.folder / f"{name}.yaml"
        config.write_text(CONFIG.format(brokers=self.broker.bootstrap, name=name, lanes=self.arguments.lanes,
                                        folder=self.folder, stages=stages.replace(",", ", ")))
        return [BUILD / "wiredesk", "run", "-c", config, "--until-end"], name

    def check(self, name, count):
        """Every story came out: an end offset counts control records too, so it is at least as large."""
        ends = sum(self.broker.ends(name))
        assert ends >= count, f"{ends} records in '{name}', not {count}"


def show(name, costs):
    def middle(values):
        values = sorted(values)
        return f"{statistics.median(values):9.2f} ({values[0]:.2f}-{values[-1]:.2f})"
    print(f"{name:26} CPU s / 100k {middle([c.cpu for c in costs])}   stories/s {statistics.median(c.rate for c in costs):8.0f}"
          f"   peak {max(c.rss_mb for c in costs):5.0f} MB", flush=True)


def compare(bench, count, stages, rounds):
    bare, worker, ratios = [], [], []
    for _ in range(rounds):
        command, name = bench.bare(count)
        bare.append(measure(command, count))
        bench.check(name, count)
        command, name = bench.worker(stages)
        worker.append(measure(command, count))
        bench.check(name, count)
        ratios.append(worker[-1].cpu / bare[-1].cpu)
    show("bare loop", bare)
    show(f"wiredesk [{stages or 'no stages'}]", worker)
    print(f"{'ratio of CPU, paired':26} {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}), {rounds} rounds", flush=True)


def mallocs_of(bench, stages, set_arguments):
    file = bench.folder / "mallocs"
    command, _ = bench.worker(stages)
    measure(command + set_arguments, 1, {"LD_PRELOAD": str(BUILD / "tests" / "bench" / "libmalloc_count.so"), "MALLOC_COUNT": str(file)})
    found = {}
    for line in file.read_text().splitlines():
        calls, name = line.split(" ", 1)
        found[Path(name).name] = found.get(Path(name).name, 0) + int(calls)
    return found


def count_mallocs(bench, count, stages):
    """A run over everything, less a run over a tenth of it: what start and end cost falls out."""
    whole = mallocs_of(bench, stages, [])
    part = mallocs_of(bench, stages, ["--set", "kafka.input=[raw-tenth]"])
    stories = count - count // 10
    print(f"calls of malloc, calloc and realloc a story, wiredesk [{stages}], steady state:")
    for name in sorted(whole, key=lambda n: part.get(n, 0) - whole[n]):
        each = (whole[name] - part.get(name, 0)) / stories
        if each >= 0.0005 or name == "program":
            print(f"  {'wiredesk itself' if name == 'program' else name:28} {each:8.3f}")


def load_tenth(broker, count):
    """The first tenth again, in a topic of its own."""
    broker.create({"raw-tenth": (PARTITIONS, LARGE)})
    producer = Producer({"bootstrap.servers": broker.bootstrap, "linger.ms": 20})
    rng = random.Random(2)
    for number in range(count // 10):
        producer.produce("raw-tenth", json.dumps(story_object(rng, number, 2100, f"urn:wire:tenth:{number}")).encode())
        producer.poll(0)
    producer.flush(60)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--stories", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stages", default="")
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--mallocs", action="store_true")
    arguments = parser.parse_args()

    folder = BUILD / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    broker = Broker(folder / "broker", profile="bench").start()
    try:
        broker.create({"raw": (PARTITIONS, LARGE), "dead": (1, LARGE)})
        load(broker, arguments.stories)
        bench = Bench(broker, folder, arguments)
        if arguments.mallocs:
            load_tenth(broker, arguments.stories)
            count_mallocs(bench, arguments.stories, arguments.stages)
        else:
            compare(bench, arguments.stories, arguments.stages, arguments.rounds)
    finally:
        broker.stop()


if __name__ == "__main__":
    main()

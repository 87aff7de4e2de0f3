"""Workers come and go by the load: throughput and lag follow, and nothing is lost or doubled by it.

What a worker may fetch is bounded by the broker (a quota), so that one is too few and three are enough on any machine."""

import subprocess
import threading
import time
from collections import Counter

from broker import RECIPE
from confluent_kafka import KafkaException
from desk import WIREDESK, wait_until
from stories import Mix
from worker import Worker

PARTITIONS = 12
NAMES = ("w1", "w2", "w3")
STORIES_PER_SECOND = 200  # of about 1 kB
WORKER_BYTES = 150_000    # a second: some 110 stories
CLIENT = {"fetch.message.max.bytes": "20000", "topic.metadata.refresh.interval.ms": "2000"}


FEED_MAX_S = 240


def limit(broker, names):
    for name in names:
        subprocess.run([RECIPE / "kafka-tool", broker.jars, "configs", "--bootstrap-server", broker.bootstrap, "--alter", "--entity-type", "clients",
                        "--entity-name", f"wiredesk-{name}", "--add-config", f"consumer_byte_rate={WORKER_BYTES}"],
                       check=True, capture_output=True, timeout=60)


def unlimit(broker, names):
    for name in names:
        subprocess.run([RECIPE / "kafka-tool", broker.jars, "configs", "--bootstrap-server", broker.bootstrap, "--alter", "--entity-type", "clients",
                        "--entity-name", f"wiredesk-{name}", "--delete-config", "consumer_byte_rate"], capture_output=True, timeout=60)  # it may be gone already


class Feed(threading.Thread):
    """Stories at a steady rate until it is over."""

    def __init__(self, desk, mix):
        super().__init__(daemon=True)
        self.desk, self.mix = desk, mix
        self.over = threading.Event()
        self.error = None

    def run(self):
        began = time.monotonic()
        try:
            for step in range(FEED_MAX_S * 10):
                if self.over.wait(max(0.0, began + step / 10 - time.monotonic())):
                    return
                self.desk.produce(self.mix.take(STORIES_PER_SECOND // 10))
        except Exception as error:  # shown by the test's thread
            self.error = error

    def finish(self):
        self.over.set()
        self.join(60)
        if self.error:
            raise self.error


class Watch(threading.Thread):
    """A line a second: who holds how many partitions, what came in, what is done, what is left."""

    def __init__(self, desk):
        super().__init__(daemon=True)
        self.desk = desk
        self.began = time.monotonic()
        self.seen = []
        self.over = threading.Event()

    def held(self):
        """Partitions by member; empty while the group is between two assignments."""
        try:
            group = self.desk.broker.admin.describe_consumer_groups([self.desk.group])[self.desk.group].result(30)
        except KafkaException:  # a fresh broker's coordinator is still on its way
            return Counter()
        return Counter({m.client_id: len(m.assignment.topic_partitions) for m in group.members})

    def look(self):
        ends, committed = self.desk.ends(), self.desk.committed()
        done = sum(max(0, c) for c in committed)
        self.seen.append((time.monotonic() - self.began, sum(ends), done, sum(ends) - done, self.held()))
        return self.seen[-1]

    def run(self):
        while not self.over.wait(1):
            try:
                self.look()
            except Exception as error:  # a broker that is busy: the next look tells more
                print(f"not seen: {error}")

    def lag(self):
        return self.seen[-1][3] if self.seen else 0

    def peak(self):
        return max((seen[3] for seen in self.seen), default=0)

    def rate(self, first, last):
        """Stories done a second between two moments."""
        inside = [(at, done) for at, _, done, _, _ in self.seen if first <= at <= last]
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0]) if len(inside) > 1 else 0.0

    def table(self):
        for at, came, done, lag, held in self.seen:
            print(f"{at:5.1f} s   in {came:6}   done {done:6}   lag {lag:6}   {' '.join(f'{name[9:]}:{n}' for name, n in sorted(held.items()))}")


def partitions_are(watch, *numbers):
    return lambda: sorted(watch.held().values()) == sorted(numbers)


def test_one_worker_then_three_then_one(desk):
    desk.create(partitions=PARTITIONS)
    limit(desk.broker, NAMES)
    config = desk.config(stories=100, session="6s", client=CLIENT)
    workers = [Worker(desk.folder, config, name, WIREDESK) for name in NAMES]
    watch, feed = Watch(desk), Feed(desk, Mix(81, size=500))

    def now():
        return time.monotonic() - watch.began

    try:
        workers[0].start()
        wait_until(partitions_are(watch, PARTITIONS), 30)
        watch.began = time.monotonic()
        watch.start()
        feed.start()
        # One cannot keep up.
        wait_until(lambda: watch.lag() > 600, 60, lambda: f"lag {watch.lag()}")
        one_until = now()
        for worker in workers[1:]:
            worker.start()
        wait_until(partitions_are(watch, 4, 4, 4), 30, lambda: str(watch.held()))
        three_from = now()
        # Three can, and work off what was left.
        wait_until(lambda: watch.lag() < 150, 90, lambda: f"lag {watch.lag()}")
        three_until = now()
        assert [worker.stop() for worker in workers[1:]] == [0, 0]
        # What they held is one's again, and too much for one again.
        wait_until(partitions_are(watch, PARTITIONS), 30, lambda: str(watch.held()))
        wait_until(lambda: watch.lag() > 600, 60, lambda: f"lag {watch.lag()}")
        feed.finish()
        unlimit(desk.broker, NAMES[:1])
        desk.wait_until_all_committed(120)
        assert workers[0].stop() == 0
        watch.over.set()
        watch.join(30)
        watch.look()
    finally:
        watch.over.set()
        feed.over.set()
        for worker in workers:
            if worker.running():
                worker.kill()
        unlimit(desk.broker, NAMES)
        watch.table()
    alone, together = watch.rate(0, one_until), watch.rate(three_from, three_until)
    print(f"one worker {alone:.0f} stories/s, three {together:.0f}, of {STORIES_PER_SECOND} that come; lag {watch.peak()} at most, {watch.lag()} at the end")
    assert together > alone
    assert watch.lag() == 0
    verdict = desk.judge()
    print(verdict)
    verdict.assert_good()
    assert [worker.codes for worker in workers] == [[0], [0], [0]]

"""A reader who is there all the time: when does each part become visible to whoever reads committed records only?"""

import json
import threading
import time

import judge
from confluent_kafka import Consumer, TopicPartition


class Watch(threading.Thread):
    def __init__(self, desk):
        super().__init__(daemon=True)
        self.seen = {}  # place → when it was seen first
        self.times = {}  # place → how often it was seen
        self.error = None
        self.latest = time.monotonic()
        self._dead_topic = desk.dead
        self._ending = threading.Event()
        topics = (desk.articles, desk.duplicates, desk.dead)
        self._consumer = Consumer({
            "bootstrap.servers": desk.broker.bootstrap, "group.id": "watch", "isolation.level": "read_committed", "enable.auto.commit": False,
            "auto.offset.reset": "earliest", "fetch.message.max.bytes": 50_000_000, "fetch.wait.max.ms": 50, "fetch.error.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500, "log_level": 0})
        known = self._consumer.list_topics(timeout=20).topics
        self._consumer.assign([TopicPartition(topic, partition, 0) for topic in topics for partition in known[topic].partitions])

    def run(self):
        try:
            while not self._ending.is_set():
                for msg in self._consumer.consume(500, 0.2):
                    if msg.error() is None:  # errors say that a broker is away: the library goes on by itself
                        self._take(msg, time.monotonic())
        except Exception as error:  # shown by the scenario's thread
            self.error = error
        finally:
            self._consumer.close()

    def _take(self, msg, now):
        if msg.topic() == self._dead_topic:
            places = [death.place for death in judge.deaths_in(msg)]
        else:
            places = [judge.place(json.loads(msg.value())["wiredesk"]["id"])]
        for at in places:
            self.times[at] = self.times.get(at, 0) + 1
            self.seen.setdefault(at, now)
        self.latest = now

    def finish(self):
        self._ending.set()
        self.join(60)
        if self.error:
            raise self.error


def visible_at(one, seen):
    """When all of a message was visible; None: it is not, or never has to be."""
    parts = [(one.partition, one.offset, part) for part in range(one.parts)] if one.ends == "live" else [(one.partition, one.offset, None)]
    found = []
    for at in parts:
        # A message of one part may die as a whole or as its part.
        when = seen.get(at, seen.get((at[0], at[1], 0 if at[2] is None else None)))
        if when is None:
            return None
        found.append(when)
    return max(found)


def percentile(values, share):
    """Of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def waits(inputs, seen):
    """How long each message stood first in line of its partition: (seconds, partition, since when, until when)."""
    lines = {}
    for one in inputs:
        lines.setdefault(one.partition, []).append(one)
    for partition, line in lines.items():
        before = 0.0
        for one in sorted(line, key=lambda one: one.offset):
            when = visible_at(one, seen)
            if when is None:
                continue
            since = max(one.sent_at, before)
            yield max(0.0, when - since), partition, since, when
            before = max(before, when)

"""The judge: reads what is committed with a client of another make, and compares it with what went in. It asks the worker nothing."""

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition


def new_producer(broker):
    return Producer({
        "bootstrap.servers": broker.bootstrap, "linger.ms": 5, "enable.idempotence": True, "message.max.bytes": 100_000_000,
        "queue.buffering.max.kbytes": 1_000_000, "partitioner": "murmur2_random", "log_level": 2})


def produce(producer, topic, inputs):
    """Sends them and notes where each one came to stand."""

    def report(one):
        def on_delivery(error, msg):
            if error:
                raise RuntimeError(f"cannot produce: {error}")
            one.partition, one.offset = msg.partition(), msg.offset()
        return on_delivery

    for one in inputs:
        where = {} if one.partition is None else {"partition": one.partition}
        if one.timestamp_ms is not None:
            where["timestamp"] = one.timestamp_ms
        one.sent_at = time.monotonic()
        while True:
            try:
                producer.produce(topic, one.value, one.key, headers=one.headers, on_delivery=report(one), **where)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush(180)  # a broker may be away meanwhile
    unsent = [one for one in inputs if one.offset is None]
    assert not unsent, f"{len(unsent)} messages were not taken by the broker"
    return inputs


def read(broker, topics, isolation="read_committed"):
    """Every record of some topics, partition by partition in order: a list of lists, as the topics were given."""
    consumer = Consumer({
        "bootstrap.servers": broker.bootstrap, "group.id": "judge", "isolation.level": isolation, "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "enable.partition.eof": True, "fetch.message.max.bytes": 50_000_000,
        "fetch.wait.max.ms": 20, "log_level": 2})
    records = {topic: [] for topic in topics}
    try:
        known = consumer.list_topics(timeout=10).topics
        waiting = {(topic, partition) for topic in topics for partition in known[topic].partitions}
        consumer.assign([TopicPartition(topic, partition, 0) for topic, partition in waiting])
        while waiting:
            msg = consumer.poll(30)
            assert msg is not None, f"no end of {sorted(waiting)} within 30 s"
            if msg.error() is None:
                records[msg.topic()].append(msg)
            elif msg.error().code() == KafkaError._PARTITION_EOF:
                waiting.discard((msg.topic(), msg.partition()))
            else:
                raise RuntimeError(str(msg.error()))
    finally:
        consumer.close()
    return [records[topic] for topic in topics]


def headers_of(msg):
    """All values by name: dead letters repeat names."""
    found = defaultdict(list)
    for name, value in msg.headers() or []:
        found[name].append(value.decode() if value is not None else None)
    return found


def place(identity):
    """cluster/topic/partition/offset[/part] → (partition, offset, part or None)."""
    pieces = identity.split("/")
    if len(pieces) == 5:
        return int(pieces[2]), int(pieces[3]), int(pieces[4])
    return int(pieces[2]), int(pieces[3]), None


@dataclass
class Dead:
    place: tuple
    reason: str
    stage: str
    error: str
    stub: bool
    msg: object


@dataclass
class Verdict:
    parts_in: int = 0
    articles: int = 0
    duplicates: int = 0
    dead: int = 0
    drops: int = 0
    dead_letters: int = 0
    lost: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    foreign: list = field(default_factory=list)
    wrong_end: list = field(default_factory=list)
    disorder: list = field(default_factory=list)
    deaths: list = field(default_factory=list)

    def __str__(self):
        return (f"{self.parts_in} parts in: {self.articles} articles, {self.duplicates} duplicates, {self.dead} dead, "
                f"{self.drops} drops; lost {len(self.lost)}, doubled {len(self.doubled)}, foreign {len(self.foreign)}, "
                f"wrong end {len(self.wrong_end)}, out of order {len(self.disorder)}")

    def assert_good(self):
        for name in ("lost", "doubled", "foreign", "wrong_end", "disorder"):
            found = getattr(self, name)
            assert not found, f"{name}: {found[:5]} …; {self}"
        assert self.parts_in == self.articles + self.duplicates + self.dead + self.drops, str(self)


def deaths_in(msg):
    """One Dead a part that the dead letter stands for; part None: the message as a whole."""
    found = headers_of(msg)
    partition, offset, _ = place(found["wiredesk-origin"][-1])
    stub = "wiredesk-stub" in found
    parts = found["wiredesk-part"] or [None]
    assert len(found["wiredesk-reason"]) == len(parts), f"a dead letter with {len(parts)} parts and other numbers of reasons"
    return [
        Dead((partition, offset, None if part is None else int(part)), found["wiredesk-reason"][i], found["wiredesk-stage"][i],
             (found["wiredesk-error"] or [""] * len(parts))[i], stub, msg)
        for i, part in enumerate(parts)]


def expectations(inputs):
    """place → how it must end, for every part; a message that dies as a whole, or is dropped, is one part without a number."""
    expected = {}
    for one in inputs:
        if one.ends == "live":
            for part in range(one.parts):
                dead = part in one.dead_parts
                expected[(one.partition, one.offset, part)] = "dead" if dead else "live"
        else:
            expected[(one.partition, one.offset, None)] = one.ends
    return expected


def order_faults(records):
    """Order holds per input partition and output key: within these, offsets rise (parts of one message too)."""
    last, faults = {}, []
    for msg in records:
        partition, offset, part = place(json.loads(msg.value())["wiredesk"]["id"])
        lane = (msg.topic(), msg.partition(), msg.key(), partition)
        if last.get(lane, (-1, -1)) >= (offset, part):
            faults.append((lane, last[lane], (offset, part)))
        last[lane] = (offset, part)
    return faults


def judge(broker, inputs, articles, duplicates, dead, check_ends=True):
    """Compares the committed output with the inputs. check_ends False: live and dead are not told apart."""
    verdict = Verdict()
    expected = expectations(inputs)
    seen = Counter()
    ends = {}
    live_records, duplicate_records, dead_records = read(broker, [articles, duplicates, dead])
    verdict.articles, verdict.duplicates, verdict.dead_letters = map(len, (live_records, duplicate_records, dead_records))
    for msg in live_records + duplicate_records:
        at = place(json.loads(msg.value())["wiredesk"]["id"])
        seen[at] += 1
        ends[at] = "live"
    for msg in dead_records:
        for death in deaths_in(msg):
            verdict.deaths.append(death)
            verdict.dead += 1
            at = death.place
            # A message of one part may die as a whole or as its part: the same story either way.
            if at not in expected:
                other = (at[0], at[1], 0 if at[2] is None else None)
                at = other if other in expected else at
            seen[at] += 1
            ends[at] = "dead"
    verdict.parts_in = len(expected)
    verdict.drops = sum(1 for end in expected.values() if end == "drop")
    for at, end in expected.items():
        if end == "drop":
            if seen[at]:
                verdict.wrong_end.append((at, end, ends[at]))
        elif not seen[at]:
            verdict.lost.append(at)
        elif check_ends and ends[at] != end:
            verdict.wrong_end.append((at, end, ends[at]))
    verdict.doubled = [at for at, n in seen.items() if n > 1]
    verdict.foreign = [at for at in seen if at not in expected and seen[at]]
    verdict.disorder = order_faults(live_records) + order_faults(duplicate_records)
    return verdict

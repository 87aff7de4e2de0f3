#!/usr/bin/env python3
"""A consumer that keeps a table of current articles right: late versions, versions twice, kills of what has not come yet, embargoes.

    current.py --brokers localhost:9092 --topic wire.articles [--topic …] [--db current.sqlite] [--until-end]

It needs confluent-kafka. README.md beside it is the contract that it holds to. What is read is kept as facts, in whatever order it comes, and
the view `current` follows from the facts alone; so the order between partitions and topics does not matter. Offsets stand in the same
database and go with the facts, in one transaction: a consumer that is killed goes on where its table is.
"""
import argparse
import json
import re
import sqlite3
import sys

from confluent_kafka import Consumer, KafkaError, TopicPartition

SCHEMA = """
CREATE TABLE IF NOT EXISTS article(
    uri TEXT PRIMARY KEY, version TEXT, created TEXT, status TEXT, embargo TEXT, kind TEXT, language TEXT, headline TEXT, body TEXT,
    thread TEXT, part_of TEXT, take INTEGER, id TEXT);
CREATE TABLE IF NOT EXISTS canceled(uri TEXT PRIMARY KEY, by TEXT);            -- by another story, whatever its versions
CREATE TABLE IF NOT EXISTS replaced(uri TEXT, by TEXT, PRIMARY KEY(uri, by));
CREATE TABLE IF NOT EXISTS lifted(uri TEXT PRIMARY KEY, by TEXT);
CREATE TABLE IF NOT EXISTS place(topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY(topic, partition));
CREATE VIEW IF NOT EXISTS current AS
    SELECT a.* FROM article a
    WHERE a.status != 'canceled'
      AND NOT EXISTS (SELECT 1 FROM canceled c WHERE c.uri IN (a.uri, a.thread))
      AND NOT EXISTS (SELECT 1 FROM replaced r JOIN article n ON n.uri = r.by WHERE r.uri = a.uri AND n.status != 'canceled'
                      AND (n.created, n.uri) > (a.created, a.uri))
      AND (EXISTS (SELECT 1 FROM lifted l WHERE l.uri = a.uri)
           OR CASE WHEN a.embargo != '' THEN julianday(a.embargo) <= julianday('now') ELSE a.status = 'usable' END);
"""
# What is no copy: it has done its work once its associations are noted.
CONTROLS = {"kill", "withdrawal", "embargo-lift", "advisory", "test"}
LATER = {"correction", "refile", "repeat", "update"}


def order(version, created, status, body):
    """Versions as people count them ("9" < "10"); of two that are called the same a kill wins, then the later one, then always the same one."""
    parts = [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall(r"\d+|\D+", version)]
    return parts, status == "canceled", created, body


class Table:
    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(SCHEMA)

    def places(self):
        return {(topic, partition): at for topic, partition, at in self.db.execute("SELECT topic, partition, next FROM place")}

    def take(self, messages):
        """All of them and their offsets, or nothing."""
        self.db.execute("BEGIN")
        for msg in messages:
            if msg.value() is not None:
                self.note(json.loads(msg.value()))
            self.db.execute("INSERT OR REPLACE INTO place VALUES(?, ?, ?)", (msg.topic(), msg.partition(), msg.offset() + 1))
        self.db.execute("COMMIT")

    def note(self, record):
        own = record["wiredesk"]
        kind, control = own.get("change", {}).get("kind"), own.get("control")
        others = {(one.get("rel"), one["uri"]) for one in record.get("associations", [])}
        for rel, uri in others:
            if rel == "cancels" and uri != record["uri"]:
                self.db.execute("INSERT OR IGNORE INTO canceled VALUES(?, ?)", (uri, own["id"]))
            elif rel == "lifts":
                self.db.execute("INSERT OR IGNORE INTO lifted VALUES(?, ?)", (uri, own["id"]))
            elif rel == "replaces" and uri != record["uri"]:
                self.replace(uri, record["uri"])
        # Stories without ids: what is marked as a later version replaces the story that it was found to be a revision of.
        of = own.get("dedup", {}).get("of")
        if of and own["dedup"]["verdict"] == "revision" and kind in LATER and of["uri"] != record["uri"]:
            self.replace(of["uri"], record["uri"])
        if control not in CONTROLS or any(one == ("cancels", record["uri"]) for one in others):
            self.keep(record, own, kind, others)

    def replace(self, uri, by):
        self.db.execute("INSERT OR IGNORE INTO replaced VALUES(?, ?)", (uri, by))

    def keep(self, record, own, kind, others):
        body, created = record["bodies"][0]["value"], record.get("versionCreated", "")
        new = order(record["version"], created, record["pubStatus"], body)
        row = self.db.execute("SELECT version, created, status, body FROM article WHERE uri = ?", (record["uri"],)).fetchone()
        if row and order(*row) >= new:
            return
        part_of = next((uri for rel, uri in others if rel == "partOf"), None)
        headline = record.get("headlines", [{"value": ""}])[0]["value"]
        self.db.execute(
            "INSERT OR REPLACE INTO article VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (record["uri"], record["version"], created, record["pubStatus"], record.get("embargoedUntil", ""), kind, record["language"],
             headline, body, own.get("thread", {}).get("uri"), part_of, own.get("take"), own["id"]))


def follow(table, brokers, topics, until_end=False, stop=lambda: False):
    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": "current", "isolation.level": "read_committed", "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "enable.partition.eof": True})
    places, known = table.places(), consumer.list_topics(timeout=10).topics
    waiting = {(topic, partition) for topic in topics for partition in known[topic].partitions}
    consumer.assign([TopicPartition(topic, partition, places.get((topic, partition), 0)) for topic, partition in waiting])
    try:
        while not stop() and not (until_end and not waiting):
            messages = consumer.consume(500, 0.2)
            for msg in messages:
                if msg.error() and msg.error().code() == KafkaError._PARTITION_EOF:
                    waiting.discard((msg.topic(), msg.partition()))
                elif msg.error():
                    raise RuntimeError(msg.error())
            table.take([msg for msg in messages if not msg.error()])
    finally:
        consumer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--brokers", default="localhost:9092")
    parser.add_argument("--topic", action="append", required=True)
    parser.add_argument("--db", default="current.sqlite")
    parser.add_argument("--until-end", action="store_true")
    args = parser.parse_args()
    table = Table(args.db)
    follow(table, args.brokers, args.topic, args.until_end)
    for uri, version, headline in table.db.execute("SELECT uri, version, headline FROM current ORDER BY uri"):
        print(f"{uri}\t{version}\t{headline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A real broker for tests: started by deploy/kafka, asked by a client of another make than the worker's."""

import os
import socket
import subprocess
import time
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("WD_BUILD", ROOT / "build"))
RECIPE = ROOT / "deploy" / "kafka"


def free_port(first=24100, last=24900):
    """A port that is free, and 1000 above it too: there the controller listens."""
    for port in range(first, last):
        try:
            with socket.socket() as a, socket.socket() as b:
                a.bind(("127.0.0.1", port))
                b.bind(("127.0.0.1", port + 1000))
            return port
        except OSError:
            continue
    raise RuntimeError(f"no free pair of ports from {first} on")


class Broker:
    def __init__(self, folder, jars=None, profile="test", properties=None):
        """properties: a file of more of them, which win over the recipe's own."""
        self.folder = Path(folder)
        self.jars = Path(jars or BUILD / "kafka")
        self.profile = profile
        self.more = ["-c", properties] if properties else []
        self.port = free_port()
        self.bootstrap = None

    def start(self):
        out = subprocess.run(
            [RECIPE / "start-broker", "-p", self.profile, *self.more, self.folder, str(self.port), self.jars],
            capture_output=True, text=True, timeout=120)
        if out.returncode != 0:
            raise RuntimeError(out.stderr)
        self.bootstrap = out.stdout.strip()
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 2})
        return self

    def stop(self):
        subprocess.run([RECIPE / "stop-broker", self.folder], check=True, timeout=120)

    def kill(self):
        subprocess.run([RECIPE / "stop-broker", "-9", self.folder], check=True, timeout=120)

    def create(self, topics):
        """topics: name → (partitions, configuration)."""
        new = [NewTopic(name, partitions, 1, config=config) for name, (partitions, config) in topics.items()]
        for future in self.admin.create_topics(new).values():
            future.result(30)

    def delete(self, *topics):
        for future in self.admin.delete_topics(list(topics), operation_timeout=30).values():
            future.result(30)

    def grow(self, topic, partitions):
        for future in self.admin.create_partitions([NewPartitions(topic, partitions)]).values():
            future.result(30)

    def set_topic(self, topic, config):
        entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in config.items()]
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=entries)
        for future in self.admin.incremental_alter_configs([resource]).values():
            future.result(30)

    def ends(self, topic, isolation="read_committed"):
        """End offset of each partition, as a list. read_committed: the last stable one."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "ends", "isolation.level": isolation,
                             "log_level": 2})
        try:
            partitions = consumer.list_topics(topic, 10).topics[topic].partitions
            return [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in sorted(partitions)]
        finally:
            consumer.close()

    def committed(self, group, topic):
        """What the group has committed, as a list by partition; -1 where nothing is. Asked as a consumer that never joins: the admin
        client of librdkafka 2.16 falls over when a coordinator answers with an error."""
        wanted = [TopicPartition(topic, p) for p in range(len(self.ends(topic)))]
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": group, "log_level": 2})
        try:
            for _ in range(100):
                try:
                    return [max(-1, tp.offset) for tp in consumer.committed(wanted, timeout=30)]
                except KafkaException:  # a fresh broker's coordinator is still on its way
                    time.sleep(0.2)
            raise RuntimeError(f"nobody tells what group '{group}' has committed")
        finally:
            consumer.close()

    def members(self, group):
        try:
            description = self.admin.describe_consumer_groups([group])[group].result(30)
        except KafkaException:  # a fresh broker's coordinator is still on its way
            return []
        return [m.client_id for m in description.members]

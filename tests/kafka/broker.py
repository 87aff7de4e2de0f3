"""A real broker for tests: started by deploy/kafka, asked by a client of another make than the worker's."""

import os
import socket
import subprocess
import time
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("WD_BUILD", ROOT / "build"))
RECIPE = ROOT / "deploy" / "kafka"
FIRST_PORT = int(os.environ.get("WD_PORT", 24100))
NO_LEADER = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_PARTITION)


def is_free(port):
    try:
        with socket.socket() as one:
            one.bind(("127.0.0.1", port))
        return True
    except OSError:
        return False


def free_port(first=FIRST_PORT, last=FIRST_PORT + 800, nodes=1):
    """The first of so many ports that are free, and 1000 above them too: there the controllers listen."""
    for port in range(first, last, nodes):
        if all(is_free(one) and is_free(one + 1000) for one in range(port, port + nodes)):
            return port
    raise RuntimeError(f"no free ports for {nodes} nodes from {first} on")


class Broker:
    def __init__(self, folder, jars=None, profile="test", properties=None, nodes=1, port=None):
        """properties: a file of more of them, which win over the recipe's own. nodes: 1, or 3 that hold all topics three times."""
        self.folder = Path(folder)
        self.jars = Path(jars or BUILD / "kafka")
        self.profile = profile
        self.more = ["-c", properties] if properties else []
        self.nodes = nodes
        self.port = port or free_port(nodes=nodes)
        self.bootstrap = None

    def start(self):
        out = subprocess.run(
            [RECIPE / "start-broker", "-n", str(self.nodes), "-p", self.profile, *self.more, self.folder, str(self.port), self.jars],
            capture_output=True, text=True, timeout=120)
        if out.returncode != 0:
            raise RuntimeError(out.stderr)
        self.bootstrap = out.stdout.strip()
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 2})
        return self

    def stop(self, *nodes):
        """These nodes, or all."""
        subprocess.run([RECIPE / "stop-broker", self.folder, *map(str, nodes)], check=True, timeout=120)

    def kill(self, *nodes):
        subprocess.run([RECIPE / "stop-broker", "-9", self.folder, *map(str, nodes)], check=True, timeout=120)

    def create(self, topics, nodes=None):
        """topics: name → (partitions, configuration). nodes: on which alone all their partitions lie, the leader first."""
        where = (lambda partitions: {"replica_assignment": [nodes] * partitions}) if nodes else (lambda _: {"replication_factor": self.nodes})
        new = [NewTopic(name, partitions, config=config, **where(partitions)) for name, (partitions, config) in topics.items()]
        for future in self.admin.create_topics(new).values():
            future.result(30)
        for node in self.bootstrap.split(","):
            self._wait_until_known(node, topics)

    def _wait_until_known(self, node, topics):
        """Of several nodes each learns of a new topic, and of who leads it, in its own time."""
        asked = AdminClient({"bootstrap.servers": node, "log_level": 2})

        def is_known(topic):
            return topic and topic.partitions and all(one.leader >= 0 for one in topic.partitions.values())

        until = time.monotonic() + 30
        while not all(is_known(known.get(name)) for known in [asked.list_topics(timeout=30).topics] for name in topics):
            if time.monotonic() > until:
                raise RuntimeError(f"{node} does not learn of {list(topics)}")
            time.sleep(0.05)

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
        """End offset of each partition, as a list. read_committed: the last stable one. A topic just made may not have all its leaders yet."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "ends", "isolation.level": isolation,
                             "log_level": 2})
        until = time.monotonic() + 10
        try:
            while True:
                partitions = consumer.list_topics(topic, 10).topics[topic].partitions
                try:
                    return [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in sorted(partitions)]
                except KafkaException as fault:
                    if fault.args[0].code() not in NO_LEADER or time.monotonic() > until:
                        raise
                time.sleep(0.1)
        finally:
            consumer.close()

    def committed(self, group, topic):
        """What the group has committed, as a list by partition; -1 where nothing is. Asked as a consumer that never joins: the admin
        client of librdkafka 2.16 falls over when a coordinator answers with an error."""
        wanted = [TopicPartition(topic, p) for p in range(len(self.ends(topic)))]
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": group, "log_level": 2})
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    return [max(-1, tp.offset) for tp in consumer.committed(wanted, timeout=10)]
                except KafkaException as fault:  # a fresh broker's coordinator is still on its way
                    last = fault
                    time.sleep(0.2)
            raise RuntimeError(f"nobody tells what group '{group}' has committed: {last}")
        finally:
            consumer.close()

    def members(self, group):
        try:
            description = self.admin.describe_consumer_groups([group])[group].result(30)
        except KafkaException:  # a fresh broker's coordinator is still on its way
            return []
        return [m.client_id for m in description.members]

"""What Kafka's own tool says of the transactions of one group's workers."""

import subprocess

from broker import RECIPE
from confluent_kafka import KafkaException

FINISHED = ("Empty", "CompleteCommit", "CompleteAbort", "Dead")


class Transactions:
    def __init__(self, broker, group, topics):
        """topics: to which they write."""
        self.broker, self.group, self.topics = broker, group, topics

    def open(self):
        """Transactional ids of this group whose last transaction has no end, with their state."""
        return [f"{name} {state}" for name, _, state in self._of_group() if state not in FINISHED]

    def ends_forgotten(self):
        """Partitions in which a transaction is open that its coordinator holds for ended, with its transactional id. No client can bring that about:
        the coordinator says so once it has written the markers. Kafka 4.3.1 says so without them where a broker that died between the decision
        and the markers returns, and its partitions have no leader for a moment (KRaftMetadataCache.getPartitionLeaderEndpoint: as if deleted).
        Nothing where the broker does not answer."""
        try:
            ended = {producer: name for name, producer, state in self._of_group() if state in FINISHED}
            return [f"{topic}-{partition} {ended[row[0]]}" for topic in ["__consumer_offsets", *self.topics]
                    for partition in range(len(self.broker.ends(topic)))
                    for row in self._producers(topic, partition) if row[0] in ended and row[-1] != "None"]
        except (KafkaException, RuntimeError, subprocess.SubprocessError):
            return []

    def _of_group(self):
        """What the coordinators have: transactional id, producer id and state of each last transaction."""
        rows = [line.split() for line in self._ask("list").splitlines() if line.startswith(f"{self.group}.")]
        if not rows:
            raise RuntimeError(f"Kafka's tool names no transaction of '{self.group}'")
        return [(row[0], row[-2], row[-1]) for row in rows]

    def _producers(self, topic, partition):
        """Of each producer that the partition knows, a row: the producer id first, where its open transaction began last."""
        return [line.split() for line in self._ask("describe-producers", "--topic", topic, "--partition", str(partition)).splitlines()[1:]]

    def _ask(self, *words):
        return subprocess.run([RECIPE / "kafka-tool", self.broker.jars, "transactions", "--bootstrap-server", self.broker.bootstrap, *words],
                              capture_output=True, text=True, timeout=60, check=True).stdout

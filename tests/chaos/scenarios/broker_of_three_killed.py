"""One of three brokers goes away, by SIGKILL and by SIGTERM: replication 3, two in sync at least."""

from scenarios._outages import take_away_in_turns

SECONDS = 60


def in_sync(desk):
    """All partitions have all their replicas again."""
    known = desk.broker.admin.list_topics(timeout=10).topics
    return all(len(partition.isrs) == 3 for topic in known.values() for partition in topic.partitions.values())


def run(chaos):
    desk = chaos.desk(partitions=6, broker=chaos.own_broker(nodes=3))
    # One more away before that would leave one in sync: then nothing can be written, and rightly so.
    whole_again = (lambda: in_sync(desk), "all replicas are in sync again")
    return take_away_in_turns(chaos, desk, lambda: (chaos.rng.randint(1, 3),), (1, 5), whole_again)

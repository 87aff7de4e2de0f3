"""Workers that reach their broker through a proxy only, while judge, watcher and feeder go straight to it."""

from contextlib import contextmanager

from desk import free_port
from proxy import Proxy


@contextmanager
def desk_through(chaos, partitions=4):
    """A proxy, and a desk whose broker names it as its address to whoever comes through it."""
    with Proxy(chaos.rng.randrange(10**9)) as proxy:
        properties = proxy.listener(chaos.folder, free_port())
        yield proxy, chaos.desk(partitions=partitions, broker=chaos.own_broker(properties=properties))


def require_endings(row, fleet, codes):
    """Fenced, or without an answer for too long, a worker ends and is started again; told to, it ends well."""
    row.require(codes == [0] * len(codes), f"exit codes of the orderly end {codes}")
    others = {code for worker in fleet.everybody() for code in worker.codes} - {0, 3, 4, -9}
    row.require(not others, f"workers ended with {others}")
    row.note(f"{fleet.restarts} restarts")


def outcomes(fleet):
    """How many unknown outcomes the logs speak of, and how many of them were resolved."""
    logs = "".join(worker.log.read_text(errors="replace") for worker in fleet.everybody())
    return logs.count('"word":"OUTCOME-UNKNOWN"'), logs.count('"word":"OUTCOME-RESOLVED"')

"""The only broker goes away, by SIGKILL and by SIGTERM, and comes back a moment later; claims of dedup on it, too."""

from scenarios._outages import take_away_in_turns

SECONDS = 60


def run(chaos):
    return take_away_in_turns(chaos, chaos.desk(partitions=4, broker=chaos.own_broker(), ledger="kafka"))

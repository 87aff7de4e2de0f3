"""Answers to each kind of transactional request dropped, held back, silenced, doubled, and the requests themselves repeated."""

from proxy import Rule
from scenarios._through import desk_through, outcomes, require_endings

SECONDS = 54
APIS = ("InitProducerId", "AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "Produce", "EndTxn")
ACTIONS = ("drop", "delay", "double", "repeat")
SHARE = 0.3  # of a kind's answers, while it is its turn
HELD_S = (0.2, 3.0)
TRANSACTION_S = 5
DEAF_S = TRANSACTION_S + 3  # no commit is answered for so long that nobody knows how it ended
STEP_S = 0.1


def turns(rng):
    # An id that is taken twice fences the first: the brokers' own rule, and no client sends that again while it waits.
    found = [(api, action) for api in APIS for action in ACTIONS if (api, action) != ("InitProducerId", "repeat")]
    found += [("EndTxn", "silence"), ("Produce", "silence")]
    rng.shuffle(found)
    return found


def strike(flow, proxy, rule, seconds):
    """Until it has struck once, and for its time at the least; a proxy that had no occasion gets as much again."""
    words = f"{rule.api} {rule.action}"
    flow.fault(words)
    proxy.rules, before, spent = [rule], proxy.done[words], 0.0
    while (spent < seconds or (proxy.done[words] == before and spent < 4 * seconds)) and flow.goes_on(STEP_S):
        spent += STEP_S
    proxy.rules = []


def run(chaos):
    every = turns(chaos.rng)
    each = (chaos.seconds - DEAF_S) / len(every) / 1.5
    with desk_through(chaos) as (proxy, desk):
        with desk.fleet(["w1", "w2"], brokers=proxy.bootstrap, transaction=f"{TRANSACTION_S}s") as fleet, chaos.flow(desk, rate=100) as flow:
            flow.goes_on(1)
            strike(flow, proxy, Rule("EndTxn", "drop"), DEAF_S)
            for api, action in every:
                if api == "InitProducerId":
                    fleet.kill_one(chaos.rng)  # only a new process takes its id
                strike(flow, proxy, Rule(api, action, 1.0 if api == "InitProducerId" else SHARE, HELD_S), each)
            flow.settle()
            codes = fleet.stop()
        row = flow.row()
    missed = [words for words in (f"{api} {action}" for api, action in every) if not proxy.done[words]]
    row.require(not missed, f"never happened: {missed}")
    unknown, resolved = outcomes(fleet)
    row.require(unknown, "no commit had an unknown outcome")
    row.note(f"{sum(proxy.done.values())} answers struck; {unknown} unknown outcomes, {resolved} resolved by asking, the others by a restart")
    require_endings(row, fleet, codes)
    return row

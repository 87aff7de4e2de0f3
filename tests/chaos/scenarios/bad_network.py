"""Workers behind a bad network: latency of 0 to 2 s, bytes one by one, resets, half-open connections, and 30 s of nothing."""

import time

from proxy import Weather
from scenarios._through import desk_through, require_endings

SECONDS = 54
CUT_S = 30
CLEAR_S = 2  # between two kinds of it
STRIKES_S = 60  # what waits for an answer gives up and asks anew long before
BACK_S = 30  # so long after it is good again, everything is through: a request without an answer is given up after half of that
WEATHERS = {
    "latency of 0 to 2 s, with jitter": Weather(latency=(0.0, 2.0)),
    "a byte at a time": Weather(crumbs=True),
    "resets": Weather(resets=0.05, latency=(0.0, 0.02)),
    "half-open connections": Weather(half_open=0.005),
}
STRIKES = {"resets": "reset", "half-open connections": "half-open"}  # what the proxy counts


def blow(flow, proxy, words, weather, seconds):
    """For so long, and until it has struck: behind half-open connections the next weather finds nobody who sends, for a while."""
    flow.fault(words)
    proxy.weather = weather
    if weather.cut:
        proxy.cut_all()
    flow.goes_on(seconds)
    if words in STRIKES:
        flow.wait_until(lambda: proxy.done[STRIKES[words]], STRIKES_S, f"a connection has met {words}")
    proxy.weather = Weather()
    flow.goes_on(CLEAR_S)


def run(chaos):
    each = (chaos.seconds - CUT_S) / len(WEATHERS) - CLEAR_S
    with desk_through(chaos) as (proxy, desk):
        with desk.fleet(["w1", "w2"], brokers=proxy.bootstrap) as fleet, chaos.flow(desk, rate=100) as flow:
            for words in chaos.rng.sample(sorted(WEATHERS), len(WEATHERS)):
                blow(flow, proxy, words, WEATHERS[words], each)
            blow(flow, proxy, "a cut", Weather(cut=True), CUT_S)
            healed = time.monotonic()
            flow.settle()
            settled = time.monotonic() - healed
            codes = fleet.stop()
        row = flow.row()
    row.require(settled < BACK_S, f"all was through {settled:.1f} s after the network was good again, {BACK_S} s are allowed")
    row.note(f"all was through {settled:.1f} s after the network was good again; {proxy.done['reset']} resets, {proxy.done['half-open']} half-open")
    require_endings(row, fleet, codes)
    return row

"""What `check` promises about memory holds: a backlog of small and of huge stories stays under the sum."""

import re

from desk import free_port
from stories import Input, Mix, plain_text
from worker import metrics, peak_bytes


def test_a_backlog_stays_under_the_ceiling_that_check_prints(desk):
    desk.create(partitions=8, raw_config={"max.message.bytes": "2000000"}, out_config={"max.message.bytes": "8000000"})
    mix = Mix(71, size=2000, broken=False)
    huge = [Input(plain_text(mix.rng, 10**6 + n, 1_000_000).encode()) for n in range(30)]
    # Nested lists cost a JSON reader most for their size.
    bombs = [Input(b"[" + b"1," * 450_000 + b"1]", ends="dead") for _ in range(4)]
    for _ in range(4):
        desk.produce(mix.take(2500) + huge[:7] + bombs[:1])
        del huge[:7], bombs[:1]
    port = free_port()
    # A ceiling near what is used, or the test would say little.
    small = "limits: { message: 2MB, story: 4MB, parse: 32MB }\n"
    with desk.worker(http=port, stories=1000, max_poll="300s", transaction="30s", more=small) as worker:
        worker.start()
        desk.wait_until_all_committed(120)
        ceiling = metrics(port)["wiredesk_memory_ceiling_bytes"]
        peak = peak_bytes(worker.process.pid)
        print(f"peak {peak / 1e6:.0f} MB of {ceiling / 1e6:.0f} MB")
        assert worker.stop() == 0
    assert peak < ceiling
    desk.judge().assert_good()
    printed = int(re.search(r"memory may reach (\d+) MB", desk.run("check")).group(1))
    assert abs(printed * 1e6 - ceiling) < 1e6

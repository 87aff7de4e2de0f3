"""A desk's own rules change under a worker that runs: what comes later is read by the new ones, and nothing is lost or doubled by it."""

import os
import signal
import subprocess

from desk import WIREDESK, free_port, wait_until
from feeder import Feeder
from stories import CANARY, Input
from worker import STAGES, lines, metrics

PROMO = "Zorvex greets all harbours tonight"
GOOD = f"*\tpromo\tstart\tzorvex greets\t{PROMO}\tmade up\n"
BROKEN = f"{GOOD}*\tpromo\tstart\tthe\tThe end {CANARY}\n"


class Promoted:
    """Stories that all hold the same line."""

    def __init__(self):
        self.number = 0

    def take(self, n):
        found = []
        for _ in range(n):
            self.number += 1
            words = f"{self.number} times {self.number * 7919 % 10007} and {self.number * 104729 % 99991}"
            text = f"Story {self.number} of many\nIt counts {words}, {CANARY}.\n{PROMO}\nThen it says {words} again.\n"
            found.append(Input(text.encode(), key=str(self.number).encode()))
        return found


def stories_with_promo(desk):
    """Number of the input → does the line stand in the article's text?"""
    found = {}
    for article in desk.read_articles():
        number = int(article["headlines"][0]["value"].split()[1])
        found[number] = PROMO in article["bodies"][0]["value"]
    return found


def hang_up(worker, word):
    """SIGHUP, and what the log says of it."""
    told = len(lines(worker, word))
    os.kill(worker.process.pid, signal.SIGHUP)
    wait_until(lambda: len(lines(worker, word)) > told, 30, lambda: worker.tail())
    return lines(worker, word)[-1]


def test_rules_change_while_stories_flow_and_a_broken_file_changes_nothing(desk):
    rules = desk.folder / "house.tsv"
    rules.write_text("# nothing yet\n")
    desk.create(partitions=4)
    stages = [f"cleanup: {{ rules: {rules} }}" if stage == "cleanup" else stage for stage in STAGES]
    port, mix = free_port(), Promoted()
    with desk.worker(stories=20, stages=stages, http=port) as worker:
        desk.produce(mix.take(100))
        worker.start()
        desk.wait_until_all_committed()
        before = mix.number
        feeder = Feeder(desk, mix, 2000, 6)
        feeder.start()
        rules.write_text(GOOD)
        hang_up(worker, "RELOADED")
        rules.write_text(BROKEN)
        refused = hang_up(worker, "RELOAD-REFUSED")
        os.unlink(rules)
        hang_up(worker, "RELOAD-REFUSED")
        feeder.finish()
        after = mix.number
        desk.produce(mix.take(100))
        desk.wait_until_all_committed()
        counted = metrics(port)
        assert worker.stop() == 0
    assert "house.tsv:2:15: a runaway rule" in refused["why"]
    assert counted['wiredesk_reloads_total{result="done"}'] == 1
    assert counted['wiredesk_reloads_total{result="refused"}'] == 2
    found = stories_with_promo(desk)
    assert len(found) == mix.number
    assert all(found[number] for number in range(1, before + 1))
    assert not any(found[number] for number in range(after + 1, mix.number + 1)), "the old rules did not stay"
    assert any(not found[number] for number in range(before + 1, after + 1))
    desk.judge().assert_good()
    desk.assert_silent()


def build(desk, names, rows):
    """Makes the gazetteer anew, as a desk does while the worker has it open."""
    source = desk.folder / "names.tsv"
    source.write_text(rows)
    subprocess.run([WIREDESK, "gazetteer", "build", "-o", str(names), str(source)], check=True, capture_output=True, timeout=60)


def ids_of(desk):
    """Number of the input → the id that Zorvex Harbours has in the article."""
    found = {}
    for article in desk.read_articles():
        number = int(article["headlines"][0]["value"].split()[1])
        found[number] = {m.get("uri") for m in article["wiredesk"]["entities"] if m["text"] == "Zorvex Harbours"}
    return found


class Named(Promoted):
    """Stories that all name the same."""

    def take(self, n):
        return [Input(i.value.replace(PROMO.encode(), b"The fees of Zorvex Harbours rose."), key=i.key) for i in super().take(n)]


def test_a_gazetteer_changes_while_stories_flow_and_a_broken_one_changes_nothing(desk):
    names = desk.folder / "desk.gazetteer"
    build(desk, names, "Zorvex Harbours\torganisation\turn:desk:old\n")
    desk.create(partitions=4)
    stages = [*STAGES[:3], f"entities: {{ gazetteer: [{names}] }}", *STAGES[3:]]
    port, mix = free_port(), Named()
    with desk.worker(stories=20, stages=stages, http=port) as worker:
        desk.produce(mix.take(100))
        worker.start()
        desk.wait_until_all_committed()
        before = mix.number
        feeder = Feeder(desk, mix, 2000, 6)
        feeder.start()
        build(desk, names, "Zorvex Harbours\torganisation\turn:desk:new\n")
        hang_up(worker, "RELOADED")
        whole = names.read_bytes()
        os.unlink(names)
        names.write_bytes(whole[:-1])
        refused = hang_up(worker, "RELOAD-REFUSED")
        os.unlink(names)
        hang_up(worker, "RELOAD-REFUSED")
        feeder.finish()
        after = mix.number
        desk.produce(mix.take(100))
        desk.wait_until_all_committed()
        counted = metrics(port)
        assert worker.stop() == 0
    assert "is damaged" in refused["why"]
    assert counted['wiredesk_reloads_total{result="done"}'] == 1
    assert counted['wiredesk_reloads_total{result="refused"}'] == 2
    found = ids_of(desk)
    assert len(found) == mix.number
    assert set(map(frozenset, found.values())) == {frozenset({"urn:desk:old"}), frozenset({"urn:desk:new"})}
    assert all(found[number] == {"urn:desk:old"} for number in range(1, before + 1))
    assert all(found[number] == {"urn:desk:new"} for number in range(after + 1, mix.number + 1)), "the new list did not stay"
    desk.judge().assert_good()
    desk.assert_silent()

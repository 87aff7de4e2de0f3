"""Twins that reach different workers are judged alike: the claims log on a real broker."""

import json
import lzma
import os
import random
import threading
import time
from pathlib import Path

import pytest
from broker import ROOT
from claims import RIGHT, assert_all_lead_to_articles, assert_equal_to_oracle, claims_of, make_claims, records, stages, stories_out
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
from desk import wait_until
from stories import CANARY, Input, Mix
from worker import PATIENT

def spread(inputs, partitions, rng):
    """Twins on different partitions: no story's own place says anything."""
    for one in inputs:
        one.partition = rng.randrange(partitions)
    return inputs


def disturb(desk, fleet, rng, until, every):
    """Kills, stops, and workers that leave and join, until it is enough."""
    counts = {"killed": 0, "stopped": 0}
    while time.monotonic() < until:
        time.sleep(every * rng.uniform(0.4, 1.6))
        worker = rng.choice(fleet.workers)
        if not worker.running():
            continue
        if rng.random() < 0.5:
            fleet.kill_one(rng)
            counts["killed"] += 1
        else:
            worker.process.terminate()
            counts["stopped"] += 1
    return counts


def development_set():
    """Where stories whose twins are known lie: beside the tree, or beside the folder of working trees."""
    named = os.environ.get("WD_SHARED")
    places = [Path(named)] if named else [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
    files = [place / "data/dedup/dev/stories.jsonl.xz" for place in places]
    found = next((file for file in files if file.exists()), None)
    if not found:
        pytest.skip(f"no stories whose twins are known: none of {', '.join(map(str, files))} is there; WD_SHARED names the folder")
    return found


def of_the_development_set(count, rng, partitions):
    """Real and made stories in many variants, cluster by cluster, in the order of their stream; the variants of one story on as many
    partitions as there are."""
    with lzma.open(development_set(), "rt") as lines:
        stories = [json.loads(line) for line in lines]
    clusters = {}
    for story in stories:
        clusters.setdefault(story["cluster"], []).append(story)
    names = sorted(clusters)
    rng.shuffle(names)
    chosen = []
    for name in names:
        first = rng.randrange(partitions)
        chosen += [(story["ts"], (first + i) % partitions, story) for i, story in enumerate(clusters[name])]
        if len(chosen) >= count:
            break
    chosen = sorted(chosen, key=lambda one: one[0])[:count]
    return [Input(value=json.dumps({"headline": story["headline"], "body": f"{story['body']}\n\n{CANARY}"}).encode(), partition=partition)
            for _, partition, story in chosen]


def run_disturbed(desk, count, seconds, every, brokers, development=False):
    seed = int(os.environ.get("WD_SEED", random.randrange(10**6)))
    print(f"WD_SEED={seed}")
    rng = random.Random(seed)
    inputs = of_the_development_set(count, rng, 8) if development else spread(Mix(seed, size=600).take(count), 8, rng)
    desk.create(partitions=8)
    make_claims(desk)

    def feed():
        for at in range(0, count, 50):
            desk.produce(inputs[at : at + 50])
            time.sleep(50 * seconds / count)

    feeder = threading.Thread(target=feed, daemon=True)
    with desk.fleet(["w1", "w2", "w3"], stages=stages(desk), stories=40, **PATIENT) as fleet:
        feeder.start()
        began = time.monotonic()
        counts = disturb(desk, fleet, rng, began + seconds / 2, every)
        if brokers:
            desk.broker.kill()
            time.sleep(2)
            desk.broker.start()
        more = disturb(desk, fleet, rng, began + seconds, every)
        feeder.join(120)
        assert not feeder.is_alive()
        desk.wait_until_all_committed(120)
        codes = fleet.stop()
    print(f"{counts['killed'] + more['killed']} killed, {counts['stopped'] + more['stopped']} stopped")
    assert codes == [0, 0, 0]
    desk.judge().assert_good()
    found = stories_out(desk)
    verdicts = assert_equal_to_oracle(desk, found)
    assert_all_lead_to_articles(desk, found)
    print(f"{len(found)} stories, {len(records(desk))} records in the claims log, {desk.hidden()} records hidden: {verdicts}")
    assert verdicts.get("exact", 0) + verdicts.get("syndicated", 0) > len(found) // 20
    desk.assert_silent()


@pytest.mark.quick
def test_workers_that_die_and_come_back_judge_as_one(desk):
    run_disturbed(desk, 2400, seconds=24, every=1.5, brokers=False)


@pytest.mark.long
def test_two_minutes_of_trouble_change_no_verdict(own_desk):
    run_disturbed(own_desk, 12_000, seconds=120, every=3, brokers=True)


@pytest.mark.long
def test_variants_of_the_same_stories_are_told_whoever_reads_them(own_desk):
    run_disturbed(own_desk, 6000, seconds=120, every=3, brokers=True, development=True)


def test_a_twin_on_another_worker_is_found(desk):
    desk.create(partitions=2)
    make_claims(desk)
    story = Mix(31).take(1)[0]
    with desk.fleet(["w1", "w2"], stages=stages(desk)) as fleet:
        wait_until(lambda: len(desk.broker.members(desk.group)) == 2, 30)
        for partition in (0, 1):
            copy = type(story)(**{**story.__dict__, "partition": partition, "offset": None})
            desk.produce([copy])
        desk.wait_until_all_committed(60)
        assert fleet.stop() == [0, 0]
    found = stories_out(desk)
    assert sorted(record["wiredesk"]["dedup"]["verdict"] for record in found.values()) == ["exact", "original"]
    assert_equal_to_oracle(desk, found)


@pytest.mark.parametrize("partitions, settings, words", [
    (3, {}, "claims need exactly one"),
    (1, {"cleanup.policy": "compact"}, "cleanup.policy=delete"),
    (1, {"message.timestamp.type": "CreateTime"}, "message.timestamp.type=LogAppendTime"),
    (1, {"retention.ms": "3600000"}, "retention.ms=7200000"),
])
def test_a_claims_topic_that_would_lead_astray_is_named_with_what_mends_it(desk, partitions, settings, words):
    desk.create(partitions=1)
    desk.broker.create({claims_of(desk): (partitions, {**RIGHT, **settings})})
    with desk.worker(stages=stages(desk)) as worker:
        assert words in desk.run("check", expect=(4,))
        worker.start()
        assert worker.process.wait(60) == 4
        assert words in worker.tail()


def test_a_claims_topic_that_is_missing_is_asked_for(desk):
    desk.create(partitions=1)
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        assert worker.process.wait(60) == 4
        assert f"topic '{claims_of(desk)}' (claims) is not there" in worker.tail() and "topics -c" in worker.tail()


def test_an_open_transaction_of_somebody_else_holds_up_nobody(desk):
    desk.create(partitions=1)
    make_claims(desk)
    other = Producer({"bootstrap.servers": desk.broker.bootstrap, "transactional.id": f"{desk.group}-other", "transaction.timeout.ms": 60000})
    other.init_transactions()
    other.begin_transaction()
    other.produce(claims_of(desk), b"no claim", partition=0)
    other.flush(10)
    desk.produce(Mix(32).take(50))
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        desk.wait_until_all_committed(40)
        assert worker.stop() == 0
        assert "made anew" not in worker.log.read_text()
    other.abort_transaction()
    desk.judge().assert_good()


def test_another_window_is_refused_until_it_is_settled_for_all(desk):
    desk.create(partitions=1)
    make_claims(desk)
    desk.produce(Mix(33).take(5))
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        desk.wait_until_all_committed(40)
        assert worker.stop() == 0
    with desk.worker("w2", stages=stages(desk, more=", window-stories: 5000")) as worker:
        worker.start()
        assert worker.process.wait(60) == 4
        assert "all workers judge by a window of 3600 s and 1000000 claims" in worker.tail()
    # Settled for all, a worker that runs follows, and one of the new configuration starts.
    with desk.worker(stages=stages(desk)) as old, desk.worker("w2", file="new.yaml", stages=stages(desk, more=", window-stories: 5000")) as new:
        old.start()
        wait_until(old.is_up, 30)
        desk.run("topics", "--settle-claims", "--set", "stages.dedup.window-stories=5000")
        wait_until(lambda: "the settings of the claims log have changed" in old.log.read_text(), 30)
        new.start()
        wait_until(lambda: len(desk.broker.members(desk.group)) == 2, 30)
        desk.produce(Mix(35).take(20))
        desk.wait_until_all_committed(40)
        assert [old.stop(), new.stop()] == [0, 0]
    desk.judge().assert_good()


def test_noise_in_the_log_is_counted_and_a_log_made_anew_is_survived(desk):
    desk.create(partitions=1)
    make_claims(desk)
    noise = Producer({"bootstrap.servers": desk.broker.bootstrap})
    for value in (b"", b"WD", os.urandom(300), os.urandom(9000), b"WD\x02c" + os.urandom(60)):
        noise.produce(claims_of(desk), value, partition=0)
    noise.flush(10)
    mix = Mix(34)
    with desk.worker(stages=stages(desk)) as worker:
        worker.start()
        desk.produce(mix.take(100))
        desk.wait_until_all_committed(40)
        admin = AdminClient({"bootstrap.servers": desk.broker.bootstrap})
        admin.delete_topics([claims_of(desk)])[claims_of(desk)].result(20)
        time.sleep(3)
        desk.broker.create({claims_of(desk): (1, RIGHT)})
        desk.produce(mix.take(100))
        desk.wait_until_all_committed(120)
        assert worker.stop() == 0
        assert "made anew" in worker.log.read_text()
    desk.judge().assert_good()

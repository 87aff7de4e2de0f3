"""The claims log seen from outside: what stands in it, what a slow judge says of it, and whether what came out agrees."""

import json
import subprocess

import judge
from broker import BUILD
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME

TOOLS = BUILD / "tests/pipeline/stages/dedup"
# As `topics --create` makes it, for a window of an hour.
RIGHT = {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime", "retention.ms": "7200000"}
SHARED = ("decode", "cleanup", "language", "fingerprint", "dedup: {{ ledger: kafka, claims: {claims}, window: 1h{more} }}", "route")


def claims_of(desk):
    return f"{desk.group}.claims"


def stages(desk, more=""):
    return [stage.format(claims=claims_of(desk), more=more) for stage in SHARED]


def make_claims(desk, **settings):
    """As the product makes it."""
    desk.config(stages=stages(desk, **settings))
    desk.run("topics", "--create")


def records(desk):
    """The claims log, whole: offset, time, bytes. What the log gave no time of its own is nobody's record."""
    return [(msg.offset(), msg.timestamp()[1], msg.value() if msg.timestamp()[0] == TIMESTAMP_LOG_APPEND_TIME else b"")
            for msg in judge.read(desk.broker, [claims_of(desk)], "read_uncommitted")[0]]


def forge(kind, values=(), arguments=()):
    """Records that no worker of today writes: see tests/pipeline/stages/dedup/claims_forge.c."""
    told = subprocess.run([TOOLS / "claims_forge", kind, *map(str, arguments)], input="".join(value.hex() + "\n" for value in values),
                          capture_output=True, text=True, timeout=60, check=True)
    return [bytes.fromhex(line) for line in told.stdout.splitlines()]


def oracle(desk):
    """What a slow judge, which reads the log once from its beginning, says of each claim: delivery → (verdict, of)."""
    found = records(desk)
    # Of a log that lost its settings the workers' own hold.
    offset, time_ms, _ = found[0]
    found.insert(0, (offset - 1, time_ms, *forge("settings", arguments=(3_600_000, 1_000_000, 1))))
    lines = "".join(f"{offset} {time_ms} {(value or b'').hex()}\n" for offset, time_ms, value in found)
    told = subprocess.run([TOOLS / "claims_oracle"], input=lines, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    return {key: (verdict, of) for key, verdict, of in (line.split("\t") for line in told.stdout.splitlines())}


def stories_out(desk):
    """All records of articles and duplicates: delivery → record."""
    found = {}
    for messages in judge.read(desk.broker, [desk.articles, desk.duplicates]):
        for msg in messages:
            record = json.loads(msg.value())
            record["topic"] = msg.topic()
            assert record["wiredesk"]["id"] not in found
            found[record["wiredesk"]["id"]] = record
    return found


def assert_equal_to_oracle(desk, found, unjudged=()):
    """unjudged: the reasons for which a story may be without a verdict; then it must be an article."""
    told = oracle(desk)
    verdicts = {}
    for key, record in found.items():
        dedup = record["wiredesk"]["dedup"]
        if dedup["verdict"] == "unjudged":
            assert dedup["evidence"]["reason"] in unjudged and record["topic"] == desk.articles, f"{key}: {dedup}"
            verdicts["unjudged"] = verdicts.get("unjudged", 0) + 1
            continue
        verdict, of = told[key]
        assert (dedup["verdict"], (dedup.get("of") or {}).get("id", "")) == (verdict, of), f"{key}: {dedup}"
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return verdicts


def assert_all_lead_to_articles(desk, found):
    for key, record in found.items():
        steps = 0
        while record["topic"] == desk.duplicates:
            record = found[record["wiredesk"]["dedup"]["of"]["id"]]
            steps += 1
            assert steps < 100, f"{key} leads in a circle"

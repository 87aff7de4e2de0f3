"""What goes out is a record of our schema and, without our key, of ninjs 3.0. No broker; IPTC's schema needs ../shared."""

import copy
import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("WD_BUILD", ROOT / "build"))
OURS = ROOT / "schema" / "wiredesk-ninjs-3.0.schema.json"
# Beside the repository; beside the one that this is a worktree of.
SHARED = next((folder / "shared" for folder in ROOT.parents if (folder / "shared" / "seed").is_dir()), ROOT.parent / "shared")
OFFICIAL = SHARED / "data" / "formats" / "ninjs-schema_3.0.json"
GOLDEN = Path(__file__).parent
STORIES = sorted((ROOT / "deploy" / "stories").iterdir())
WHOLE = {"language", "removed", "entities", "dedup"}  # of wiredesk, when all stages have run


def enrich(*files, stdin=None, args=("enrich",)):
    out = subprocess.run([BUILD / "wiredesk", *args, *files], input=stdin, capture_output=True, timeout=120, check=False)
    assert out.returncode in (0, 1), out.stderr
    return [json.loads(line) for line in out.stdout.splitlines()]


def articles(records):
    return [record for record in records if record["type"] not in ("drop", "dead-letter")]


def golden_arguments(case):
    file = case.with_suffix(".args")
    return file.read_text().split() if file.exists() else ["enrich"]


CASES = [case for case in sorted(GOLDEN.glob("*.in")) if golden_arguments(case)[0] == "enrich"]


def faults(schema, record):
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(record)]


@pytest.fixture(scope="module")
def ours():
    schema = json.loads(OURS.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="module")
def official():
    if not OFFICIAL.exists():
        pytest.skip(f"SKIPPED: IPTC's schema is not at {OFFICIAL}")
    schema = json.loads(OFFICIAL.read_text())
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="module")
def demo_records():
    found = articles(enrich(*STORIES))
    assert len(found) >= 20
    return found


def check_ours(schema, record):
    assert faults(schema, record) == [], record["uri"]


def check_official(schema, record):
    without = {key: value for key, value in record.items() if key != "wiredesk"}
    assert faults(schema, without) == [], record["uri"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_golden_records_are_valid(case, ours):
    for record in articles(enrich(stdin=case.read_bytes(), args=golden_arguments(case))):
        check_ours(ours, record)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_golden_records_are_ninjs_without_our_key(case, official):
    for record in articles(enrich(stdin=case.read_bytes(), args=golden_arguments(case))):
        check_official(official, record)


def test_records_of_the_demo_are_valid_and_whole(demo_records, ours):
    for record in demo_records:
        check_ours(ours, record)
        assert WHOLE <= set(record["wiredesk"]), record["uri"]


def test_records_of_the_demo_are_ninjs_without_our_key(demo_records, official):
    for record in demo_records:
        check_official(official, record)


def test_every_mention_is_what_the_body_says_there(demo_records):
    for record in demo_records:
        body = record["bodies"][0]["value"]
        for mention in record["wiredesk"]["entities"]:
            assert body[mention["start"] : mention["end"]] == mention["text"]


def test_lists_hold_what_the_mentions_name(demo_records):
    keys = {"people": "person", "organisations": "organisation", "places": "place"}
    for record in demo_records:
        for key, kind in keys.items():
            listed = [entry["name"] for entry in record.get(key, [])]
            assert len(listed) == len(set(listed)), record["uri"]
            for mention in record["wiredesk"]["entities"]:
                assert mention["type"] != kind or mention["name"] in listed, record["uri"]


# --- the schema refuses what is broken -------------------------------------------------------------------------------


def put(path, value):
    """Puts a value at a path of keys, e.g. "wiredesk.removed.0.kind"."""

    def change(record):
        at = record
        *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        for key in way:
            at = at[key]
        at[last] = value

    return change


def take(path):
    def change(record):
        at = record
        *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        for key in way:
            at = at[key]
        del at[last]

    return change


BROKEN = {
    "no uri": take("uri"),
    "a uri with a blank": put("uri", "urn:a b"),
    "no wiredesk": take("wiredesk"),
    "no bodies": put("bodies", []),
    "a negative count": put("bodies.0.charCount", -1),
    "a key nobody knows": put("colour", "red"),
    "a key of ninjs 2": put("versioncreated", "2024-01-21T14:32:00+07:00"),
    "a time without a zone": put("versionCreated", "2024-01-21T14:32:00"),
    "a status in capitals": put("pubStatus", "USABLE"),
    "no language": put("language", ""),
    "another standard": put("standard.version", "2.0"),
    "no hash among the other ids": put("altIds", [{"role": "guid", "value": "1"}]),
    "a person with an empty uri": put("people", [{"name": "Ada", "rel": "about", "uri": ""}]),
    "a person of many names": put("people", [{"name": ["Ada"]}]),
    "no people at all": put("people", []),
    "another schema": put("wiredesk.schema", "wiredesk-ext/2"),
    "an id without a part": put("wiredesk.id", "local/wire.raw/0/0"),
    "an unknown key of ours": put("wiredesk.mood", "good"),
    "a hash that is too short": put("wiredesk.provenance.rawSha256", "38cd"),
    "an offset below zero": put("wiredesk.provenance.offset", -1),
    "other units": put("wiredesk.offsetUnits.body", "byte"),
    "a share above one": put("wiredesk.language.confidence", 1.5),
    "und without a reason": put("wiredesk.language", {"tag": "und", "confidence": 0, "reliable": False, "runnerUp": None}),
    "a removal of an unknown kind": put("wiredesk.removed.0.kind", "nonsense"),
    "a removal without its text": take("wiredesk.removed.0.text"),
    "a mention of an unknown type": put("wiredesk.entities.0.type", "animal"),
    "a mention without a name": take("wiredesk.entities.0.name"),
    "a mention with a range of text": put("wiredesk.entities.0.start", "3"),
    "an unknown verdict": put("wiredesk.dedup.verdict", "maybe"),
    "a duplicate of nothing": put("wiredesk.dedup.verdict", "exact"),
    "an original of something": put("wiredesk.dedup.of", {"uri": "urn:a:b", "id": "local/t/0/0/0"}),
    "no verdict": take("wiredesk.dedup.verdict"),
    "no warnings": take("wiredesk.warnings"),
}


@pytest.fixture(scope="module")
def good_record(ours):
    [record] = enrich(stdin=(GOLDEN / "22-credits-indonesian.in").read_bytes())
    check_ours(ours, record)
    return record


@pytest.mark.parametrize("what", BROKEN)
def test_the_schema_refuses(what, good_record, ours):
    record = copy.deepcopy(good_record)
    BROKEN[what](record)
    assert not ours.is_valid(record)

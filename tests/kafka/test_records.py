"""What goes out is valid ninjs 3.0, and the seed story's record says what its ideal one says. Needs ../shared; no broker."""

import json
import subprocess

import jsonschema
import pytest
from broker import BUILD, ROOT
from referencing import Registry

SHARED = ROOT.parent / "shared"
OFFICIAL = SHARED / "data" / "formats" / "ninjs-schema_3.0.json"
OURS = SHARED / "data" / "formats" / "wiredesk-ninjs-3.0.schema.json"
SEED = SHARED / "seed"
STORIES = sorted((ROOT / "deploy" / "stories").iterdir())

pytestmark = pytest.mark.skipif(not OURS.exists(), reason="no ../shared here")


def enrich(*files):
    out = subprocess.run([BUILD / "wiredesk", "enrich", *files], capture_output=True, timeout=60)
    assert out.returncode in (0, 1), out.stderr
    return [json.loads(line) for line in out.stdout.splitlines()]


def validator(file):
    """Ours refers to the official one by its address: it is at hand, nothing is fetched."""
    official, schema = json.loads(OFFICIAL.read_text()), json.loads(file.read_text())
    registry = Registry().with_contents([(official["$id"], official)])
    return jsonschema.validators.validator_for(schema)(schema, registry=registry, format_checker=jsonschema.FormatChecker())


def articles():
    return [record for record in enrich(*STORIES) if record["type"] not in ("drop", "dead-letter")]


def test_records_are_valid_ninjs_without_our_key():
    official = validator(OFFICIAL)
    for record in articles():
        del record["wiredesk"]
        assert [e.message[:200] for e in official.iter_errors(record)] == [], record["uri"]


def test_records_are_valid_with_our_key():
    ours = validator(OURS)
    for record in articles():
        assert [e.message[:200] for e in ours.iter_errors(record)] == [], record["uri"]


def test_the_seed_story_has_what_its_ideal_record_has():
    [record] = enrich(SEED / "story.txt")
    golden = json.loads((SEED / "golden.ninjs.json").read_text())
    for key in ("uri", "type", "representationType", "version", "pubStatus", "language", "headlines", "altIds"):
        assert record[key] == golden[key], key
    for key in ("rawSha256", "rawBytes", "format", "charset", "rawText"):
        assert record["wiredesk"]["provenance"][key] == golden["wiredesk"]["provenance"][key], key
    assert record["wiredesk"]["language"]["tag"] == "id"
    assert record["wiredesk"]["language"]["confidence"] >= 0.9
    assert record["wiredesk"]["dedup"]["verdict"] == "original"
    assert validator(OURS).is_valid(record)

"""Finds scenarios, runs them by their seed, a few side by side, and prints the table."""

import argparse
import importlib
import os
import random
import signal
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import desk
from broker import ROOT
from chaos import Chaos, Shared
from row import Row, table

FOLDER = Path(__file__).parent / "scenarios"
ATTEMPTS = 3  # of a scenario whose broker spoils it


def names():
    return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def load(name):
    """A scenario: its docstring says what it does, SECONDS how long its trouble lasts when small, run(chaos) does it and returns a Row. OUTSIDE: why it
    cannot be done to the workers of an image."""
    return importlib.import_module(f"scenarios.{name.replace('-', '_')}")


def arguments(usage):
    parser = argparse.ArgumentParser(prog="tests/chaos/run", usage=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rootfs", type=Path)
    parser.add_argument("--list", action="store_true")
    found = parser.parse_args()
    unknown = [name for name in found.scenarios if name not in names()]
    if unknown:
        parser.exit(2, f"chaos: no scenario '{unknown[0]}'; there are: {', '.join(names())}\n")
    return found


def stretch(scenarios, minutes, jobs):
    """By what each scenario's trouble is longer than when small, so that all of them together take so many minutes."""
    seconds = [scenario.SECONDS for scenario in scenarios]
    return max(1.0, minutes * 60 / max(max(seconds), sum(seconds) / jobs))


def use_image(rootfs):
    """From now on desks have the workers of this image."""
    os.environ["WD_ROOTFS"] = str(rootfs.resolve(strict=True))
    desk.WIREDESK = ROOT / "tests/container/in-image"


def attempt(name, seed, factor, shared):
    """One run of a scenario: its row, and the ends of transactions that its broker forgot, if it failed."""
    scenario = load(name)
    began = time.monotonic()
    with Chaos(name, seed, scenario.SECONDS * factor, factor, shared) as chaos:
        chaos.say(f"begins, seed {seed}: {scenario.__doc__.strip().splitlines()[0]}")
        try:
            row = scenario.run(chaos)
        except Exception as error:
            row = Row(name, seed)
            row.require(False, f"{type(error).__name__}: {error}")
            (chaos.folder / "trouble").write_text(traceback.format_exc())
        row.seconds = time.monotonic() - began
        chaos.say(f"{row.verdict} after {row.seconds:.0f} s")
        for words in row.failures:
            chaos.say(f"FAILED: {words} (see {chaos.folder})")
        forgotten = chaos.ends_forgotten() if row.failures else []
        if forgotten:
            chaos.say(f"the broker holds transactions for ended whose ends it never wrote: {', '.join(forgotten)}")
    return row, forgotten


def run_one(name, seed, factor, shared):
    """What a broker does to its own transactions says nothing about the workers: where Kafka's tools show that, a fresh one is tried."""
    scenario = load(name)
    if "WD_ROOTFS" in os.environ and hasattr(scenario, "OUTSIDE"):
        return Row(name, seed, skipped=f"not in an image: {scenario.OUTSIDE}")
    spoiled = []
    for _ in range(ATTEMPTS):
        if shared.cut_short.is_set():
            return Row(name, seed, failures=["the run was told to end before it began"])
        row, forgotten = attempt(name, seed, factor, shared)
        if not forgotten:
            break
        spoiled.append(forgotten[0])
    for words in spoiled:
        row.note(f"a run was spoiled by a broker that forgot the end of a transaction: {words}")
    return row


def main(usage):
    wanted = arguments(usage)
    if wanted.list:
        for name in names():
            print(f"{name:<24} {load(name).__doc__.strip().splitlines()[0]}")
        return 0
    if wanted.rootfs:
        use_image(wanted.rootfs)
    chosen = wanted.scenarios or names()
    scenarios = {name: load(name) for name in chosen}
    factor = stretch(list(scenarios.values()), wanted.minutes, wanted.jobs)
    with Shared() as shared, ThreadPoolExecutor(wanted.jobs) as pool:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: shared.cut_short.set())
        # What takes longest begins first.
        ordered = sorted(chosen, key=lambda name: -scenarios[name].SECONDS)
        running = {name: pool.submit(run_one, name, wanted.seed, factor, shared) for name in ordered}
        rows = [running[name].result() for name in chosen]
    print(f"\n{table(rows)}", flush=True)
    failed = sum(row.verdict == "FAILED" for row in rows)
    skipped = sum(row.verdict == "skipped" for row in rows)
    print(f"\n{len(rows) - failed - skipped} held, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or skipped == len(rows) else 0

"""Dedup's index at a million stories and at ten, under adversaries, and beside datasketch and rensa. See `run`.

    index        made claims until the window is full: time of entering and judging over the last tenth, memory a story
    adversaries  the same with stories that are made to be slow, at a tenth of the stories, or fewer. A story that is crafted to collide takes some
                 fifty times as long as another, and no longer however many there are: the index notes and reads of each shingle so many (postings.h),
                 and of what is found the judge looks at 128
    texts        one story of 1 MB, and one of one word for 1 MB, through the stages beside an ordinary one
    peers        shingle sets of real stories, with signatures made beforehand: datasketch's MinHashLSH and rensa's RMinHashLSH, asked and filled
                 story by story, and between them our index with as many claims. At so many stories as they finish; --peers names a Python that
                 has both (pip install rensa datasketch), else they are left out.

What is timed is processor time of one thread. Peers hold neither facts nor versions: only finding is compared.
"""
import argparse
import json
import lzma
import os
import subprocess
import sys
import time

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BENCH = os.path.join(ROOT, "build/tests/bench/bench_ledger")
ADVERSARIES = {"shingle": "one shingle in every story", "tiny": "identical tiny stories", "copies": "near-copies of one bulletin", "crafted": "stories crafted to collide"}

PEERS = """
import sys, time
from rensa import RMinHash, RMinHashLSH
from datasketch import MinHash, MinHashLSH
texts = [set(line.rstrip("\\n").split("\\x1f")) for line in sys.stdin]
made = []
for text in texts:
    m = MinHash(num_perm=128)
    m.update_batch([s.encode() for s in text])
    r = RMinHash(num_perm=128, seed=42)
    r.update(list(text))
    made.append((m, r))
lsh, start = MinHashLSH(threshold=0.5, num_perm=128), time.process_time()
for i, (m, _) in enumerate(made):
    lsh.query(m)
    lsh.insert(str(i), m)
print("datasketch", time.process_time() - start)
lsh, start = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), time.process_time()
for i, (_, r) in enumerate(made):
    lsh.query(r)
    lsh.insert(i, r)
print("rensa", time.process_time() - start)
"""


def index(count, adversary=None):
    told = subprocess.run([BENCH, str(count), *([adversary] if adversary else [])], capture_output=True, text=True, check=True).stdout.strip()
    return told.replace("\n", "; "), float(told.split(" copies: ")[1].split()[0])


def texts():
    words = "the river rose by two metres in one night and the mayor asked for help from the county while trains stood still".split()
    for name, body in (("an ordinary story", " ".join(words * 20)), ("1 MB of words", " ".join(f"{words[i * i % len(words)]}{i % 7919}" for i in range(110_000))),
                       ("one word for 1 MB", "rain " * 200_000)):
        lines = json.dumps({"headline": "Rain", "body": body}) + "\n"
        start = time.monotonic()
        told = subprocess.run([os.path.join(ROOT, "build/wiredesk"), "enrich", "--each-line", "--stages", "decode,fingerprint,dedup", "-"], input=lines * 3,
                              capture_output=True, text=True, check=True).stdout
        verdicts = [json.loads(line)["wiredesk"]["dedup"]["verdict"] for line in told.splitlines()]
        print(f"  {name:<28} three times: {time.monotonic() - start:6.2f} s with start-up; {', '.join(verdicts)}", flush=True)


def peers(python, count):
    paths = [os.path.join(ROOT, up, "shared/data/dedup/dev/stories.jsonl.xz") for up in ("..", "../..")]
    found = next((path for path in paths if os.path.exists(path)), None)
    if not python or not found:
        print("  left out: --peers names no Python, or there are no stories")
        return
    with lzma.open(found, "rt", encoding="utf-8") as file:
        bodies = [json.loads(line)["body"].lower().split() for _, line in zip(range(count), file)]
    lines = "".join("\x1f".join({" ".join(words[i:i + 3]) for i in range(max(1, len(words) - 2))}) + "\n" for words in bodies)
    for _ in range(3):
        ours = 1e6 / index(max(10_000, len(bodies) // 1000 * 1000))[1]
        told = subprocess.run([python, "-c", PEERS], input=lines, capture_output=True, text=True, check=True).stdout
        rates = {line.split()[0]: len(bodies) / float(line.split()[1]) for line in told.splitlines()}
        print(f"  {len(bodies)} stories: wiredesk {ours:.0f}/s" + "".join(f", {name} {rate:.0f}/s (x{ours / rate:.0f})" for name, rate in rates.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run --dedup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--peer-stories", type=int, default=20_000)
    args = parser.parse_args()
    print("index", flush=True)
    for count in args.stories:
        print("  " + index(count)[0], flush=True)
    print("adversaries", flush=True)
    for name, words in ADVERSARIES.items():
        print(f"  {words:<28} {index(max(20_000, args.stories[0] // (50 if name == 'crafted' else 10)), name)[0]}", flush=True)
    print("texts", flush=True)
    texts()
    print("peers", flush=True)
    peers(args.peers, args.peer_stories)
    print(f"load of the machine, of {os.cpu_count()} cores: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

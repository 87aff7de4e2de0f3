"""Figures of our own C code, product and tests apart. See `figures`.

fn: lines from signature to closing brace; ccn: McCabe's number; com: comment lines among comment and code lines; assert/fn: CHECKs and
their like a function.
"""

import re
import statistics
import subprocess

import lizard

FOLDERS = ("pipeline", "consumer", "producer", "worker")
ASSERTION = re.compile(r"\b(CHECK|CHECK_[A-Z]+|assert)\s*\(")


def files(*folders):
    out = subprocess.run(["git", "ls-files", "--", *folders], check=True, capture_output=True, text=True).stdout
    return [f for f in out.split() if f.endswith((".c", ".h"))]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def comment_lines(text):
    return sum(part.count("\n") + 1 for part in re.findall(r"/\*.*?\*/|//[^\n]*", text, re.S))


def measure(name, paths):
    texts = {path: open(path, encoding="utf-8").read() for path in paths}
    functions = [f for path in paths for f in lizard.analyze_file(path).function_list]
    lengths = [f.end_line - f.start_line + 1 for f in functions]
    ccn = [f.cyclomatic_complexity for f in functions]
    sizes = [text.count("\n") for text in texts.values()]
    lines = sum(1 for text in texts.values() for line in text.splitlines() if line.strip())
    comments = sum(comment_lines(text) for text in texts.values())
    assertions = sum(len(ASSERTION.findall(text)) for text in texts.values())
    count = max(1, len(functions))
    print(f"{name:10} {lines / 1000:6.1f} {statistics.median(sizes):8.0f} {percentile(sizes, 0.95):8.0f} {len(functions):5} "
          f"{statistics.median(lengths):6.0f} {percentile(lengths, 0.95):6} {max(lengths):6} "
          f"{100 * sum(n > 60 for n in lengths) / count:6.1f} {percentile(ccn, 0.95):7} {100 * sum(n > 15 for n in ccn) / count:8.1f} "
          f"{100 * comments / max(1, lines):5.1f} {assertions / count:9.2f}")
    return lines, functions


def main():
    print(f"{'':10} {'kLOC':>6} {'file med':>8} {'file p95':>8} {'fns':>5} {'fn med':>6} {'p95':>6} {'max':>6} {'>60 %':>6} "
          f"{'ccn p95':>7} {'ccn>15 %':>8} {'com %':>5} {'assert/fn':>9}")
    product, functions = measure("product", files(*FOLDERS))
    tests, _ = measure("tests", files("tests"))
    for folder in FOLDERS:
        measure(folder, files(folder))
    print(f"\ntest lines to code lines: {tests / product:.2f}")
    print("longest functions:")
    for f in sorted(functions, key=lambda f: f.start_line - f.end_line)[:8]:
        print(f"  {f.end_line - f.start_line + 1:4} lines, ccn {f.cyclomatic_complexity:3}  {f.filename}: {f.name}")


main()

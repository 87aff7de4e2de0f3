"""The table of tests/quality/dedup --folds: what is reported on a fold was set on the others.

Stories are divided by cluster, bulletins by their template, so that all of a story, and all bulletins of a form, are in one fold. What is set is dedup's
own options: each of SETTINGS is run over the whole stream, and for each fold the one is taken that does best on all others. The rules themselves were
written while looking at errors of all folds: the table shows what settings are worth, and the fresh set (--fresh) what noise is worth.
"""
import collections
import json
import subprocess
import zlib

SETTINGS = ({}, {"same-text": 40}, {"same-text": 60}, {"own-facts": 3}, {"same-numbers": 55}, {"excerpt": 42})
WINDOW_S = 72 * 3600
SCRIPTS = {"ru": "Cyrillic", "uk": "Cyrillic", "ar": "Arabic", "fa": "Arabic", "he": "Hebrew", "hi": "Devanagari", "bn": "Bengali", "ta": "Tamil", "th": "Thai",
           "el": "Greek", "zh": "Han", "ja": "Japanese", "ko": "Hangul", "en": "English"}
KINDS = ("exact", "syndicated", "revision")


def named(settings):
    return " ".join(f"{name}={value}" for name, value in settings.items()) or "as they are"


class Set:
    """The made stories, with what belongs together."""

    def __init__(self, stories, pairs, folds):
        self.stories, self.folds = stories, folds
        self.place = {story["id"]: i for i, story in enumerate(stories)}
        self.pairs = [(self.place[a], self.place[b], label, origin) for a, b, label, origin in pairs]
        self.fold = [zlib.crc32(str(story.get("template") or story["cluster"]).encode()) % folds for story in stories]
        self.times = collections.defaultdict(list)
        for story in stories:
            self.times[story["cluster"]].append(story["ts"])

    def wanted_parts(self, i):
        """The clusters that a round-up quotes, but for those of which nothing is left in the window."""
        story = self.stories[i]
        clusters = {self.stories[self.place[part]]["cluster"] for part in story["parts"]}
        return {cluster for cluster in clusters if any(0 < story["ts"] - ts < WINDOW_S for ts in self.times[cluster])}


class Run:
    """What the program said of all stories under some settings."""

    def __init__(self, tools, program, made, settings):
        self.tools, self.made, self.settings = tools, made, settings
        options = [word for name, value in settings.items() for word in ("--set", f"stages.dedup.{name}={value}")]
        text = "".join(json.dumps({**tools.message(story), "versionCreated": tools.dated(story["ts"])}, ensure_ascii=False) + "\n" for story in made.stories)
        done = subprocess.run([program, "enrich", "--each-line", "--stages", "decode,cleanup,credits,fingerprint,dedup", *options, "-"],
                              input=text.encode(), stdout=subprocess.PIPE, check=True)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.verdicts = [tools.Program.verdict(record) for record in records]
        self.dedup = [record["wiredesk"]["dedup"] for record in records]
        self.labels = tools.clusters_of(self.verdicts)
        first = {}
        for i, (_, _, _, uri) in enumerate(self.verdicts):
            first.setdefault(uri, i)
        self.quoted = [{made.stories[first[uri]]["cluster"] for uri in contains} for _, _, contains, _ in self.verdicts]

    def tally(self, keep, counts=None):
        """Everything that is counted, of the stories of which keep(i) says so."""
        n = counts if counts is not None else collections.Counter()
        made, stories = self.made, self.made.stories
        for a, b, label, origin in made.pairs:
            if label == "excerpt" or not keep(b):
                continue
            same = self.labels[a] == self.labels[b]
            group = SCRIPTS.get(stories[b]["lang"], "Latin but English")
            what = ("wrong" if same else "apart") if label == "different" else ("right" if same else "missed")
            n[what] += 1
            n[what, group] += 1
            if label == "different":
                n[what, origin.split("/")[0]] += 1
        for i, (verdict, of, _, _) in enumerate(self.verdicts):
            if keep(i):
                self.tally_story(n, i, verdict, of)
        return n

    def tally_story(self, n, i, verdict, of):
        story = self.made.stories[i]
        own = of is not None and self.made.stories[of]["cluster"] == story["cluster"]
        wanted = self.tools.wanted_relation(story, self.made.place, self.made.stories)
        if wanted in KINDS and verdict in KINDS and own:
            n["relation right"] += verdict == wanted
            n["relation"] += 1
        n["excerpt right"] += wanted == "excerpt" and verdict == "excerpt" and own
        n["excerpt said"] += verdict == "excerpt"
        n["excerpt is"] += wanted == "excerpt"
        if story["relation"] == "roundup":
            parts = self.made.wanted_parts(i)
            n["quoted right"] += len(self.quoted[i] & parts)
            n["quoted said"] += len(self.quoted[i])
            n["quoted is"] += len(parts)

    def ari(self, keep):
        chosen = [i for i, story in enumerate(self.made.stories) if keep(i) and story["relation"] not in ("roundup", "excerpt")]
        return self.tools.adjusted_rand([self.labels[i] for i in chosen], [self.made.stories[i]["cluster"] for i in chosen])


def f1(n, group=None):
    right, wrong, missed = (n[what, group] if group else n[what] for what in ("right", "wrong", "missed"))
    return 2 * right / (2 * right + wrong + missed) if right + missed else float("nan")


def pieces(n, what):
    return n[f"{what} right"] / max(1, n[f"{what} said"]), n[f"{what} right"] / max(1, n[f"{what} is"])


def score(n):
    """What settings are chosen by: all that the table asks for, alike."""
    return f1(n) + n["relation right"] / max(1, n["relation"]) + sum(sum(pieces(n, what)) / 2 for what in ("excerpt", "quoted"))


# --- the worst errors ---------------------------------------------------------------------------------------------------------


def why(run, i):
    """A sentence on what went wrong with story i, and how bad it is; None: nothing."""
    made, (verdict, of, _, _) = run.made, run.verdicts[i]
    story, parent = made.stories[i], made.stories[made.place[run.made.stories[i]["parent"]]] if run.made.stories[i].get("parent") else None
    wanted = run.tools.wanted_relation(story, made.place, made.stories)
    evidence = run.dedup[i].get("evidence") or {}
    done = "+".join(story.get("ops") or []) or "nothing"
    if of is not None and verdict in KINDS and made.stories[of]["cluster"] != story["cluster"]:
        return 4, f"taken for a {verdict} of {made.stories[of]['id']}, a {made.stories[of]['relation']} of another story, with which it shares {100 * evidence.get('share', 1):.0f} %"
    if wanted in KINDS and verdict == "original":
        length = len(story["body"]) / max(1, len(parent["body"]))
        found = made.fold[i] == made.fold[made.place[parent["id"]]]
        return 3, f"not found ({wanted}: {done}; {100 * length:.0f} % as long as the first one{'' if found else ', of another fold'})"
    if wanted in KINDS and verdict == "excerpt":
        length = len(story["body"]) / max(1, len(made.stories[of]["body"]))
        return 2, f"a copy ({done}) with {100 * length:.0f} % of the text of {made.stories[of]['id']} was called an excerpt"
    if wanted == "excerpt" and verdict in KINDS:
        return 2, f"an excerpt ({done}) was called {verdict} of {made.stories[of]['id']}, of which it has {100 * len(story['body']) / max(1, len(made.stories[of]['body'])):.0f} %"
    if wanted == "revision" and verdict == "syndicated" and of is not None:
        facts = evidence.get("facts") or {}
        return 1.5, f"a revision ({story.get('sub')}: {done}) went with the duplicates: {facts.get('same', 0)} numbers agree, {facts.get('changed', 0)} seen to differ"
    if wanted == "excerpt" and verdict == "original":
        return 1, f"an excerpt ({done}) of {parent['id']} was not seen as one"
    return None


def show_worst(run, most):
    found = [(error, i) for i, error in ((i, why(run, i)) for i in range(len(run.made.stories))) if error]
    counts = collections.Counter(error[0] for error, _ in found)
    print(f"\nthe worst {most} of {len(found)} errors (as settings are), at most five of a kind and language:")
    shown, kinds = 0, collections.Counter()
    for (bad, words), i in sorted(found, key=lambda item: (-item[0][0], item[1])):
        kind = bad, run.made.stories[i]["lang"]
        if kinds[kind] == 5 or kinds[bad] == 6 or shown == most:
            continue
        kinds[kind] += 1
        kinds[bad] += 1
        shown += 1
        story = run.made.stories[i]
        print(f"  {story['id']} {story['lang']:<4}{story['headline'][:48]:<50}{words}")
    print("  in all: " + ", ".join(f"{counts[bad]} {name}" for bad, name in ((4, "of another story"), (3, "not found"), (2, "copies and excerpts mixed up"),
                                                                            (1.5, "revisions among the copies"), (1, "excerpts not seen"))))


# --- the table ----------------------------------------------------------------------------------------------------------------


def row(name, goal, values, whole):
    print(f"{name:<36}{goal:>9}" + "".join(f"{value:>9.4f}" for value in values) + f"{whole:>11.4f}")


def show(tools, program, stories, pairs, folds, worst):
    made = Set(stories, pairs, folds)
    runs = [Run(tools, program, made, settings) for settings in SETTINGS]
    chosen = [max(runs, key=lambda run, k=k: score(run.tally(lambda i: made.fold[i] != k))) for k in range(folds)]
    tallies = [run.tally(lambda i, k=k: made.fold[i] == k) for k, run in enumerate(chosen)]
    whole = sum(tallies, collections.Counter())
    aris = [run.ari(lambda i, k=k: made.fold[i] == k) for k, run in enumerate(chosen)]
    print(f"{folds} folds of {len(stories)} stories, {len(pairs)} pairs; settings chosen on the other folds: "
          + "; ".join(f"{k + 1}: {named(run.settings)}" for k, run in enumerate(chosen)))
    print(f"\n{'figure':<36}{'goal':>9}" + "".join(f"{f'fold {k + 1}':>9}" for k in range(folds)) + f"{'together':>11}")
    row("near-duplicates F1", ".985", [f1(n) for n in tallies], f1(whole))
    row("adjusted Rand index (together: least)", ".99", aris, min(aris))
    row("relation right, of those matched", ".95", [n["relation right"] / n["relation"] for n in tallies], whole["relation right"] / whole["relation"])
    for what, words in (("excerpt", "excerpts"), ("quoted", "round-ups' quotations")):
        for at, side, goal in ((0, "precision", ".95"), (1, "recall", ".90")):
            row(f"{words}, {side}", goal, [pieces(n, what)[at] for n in tallies], pieces(whole, what)[at])
    merged = sorted(key[1] for key in whole if isinstance(key, tuple) and key[0] in ("wrong", "apart") and key[1].startswith("template:"))
    print(f"template bulletins wrongly merged (goal 0): {sum(whole['wrong', kind] for kind in set(merged))} of "
          f"{sum(whole[what, kind] for kind in set(merged) for what in ('wrong', 'apart'))} ("
          + ", ".join(f"{kind[9:]} {whole['wrong', kind]}" for kind in sorted(set(merged))) + ")")
    english = f1(whole, "English")
    groups = sorted({key[1] for key in whole if isinstance(key, tuple) and key[0] == "right" and key[1] != "English"})
    print(f"F1 by script (goal: within .02 of English, {english:.4f}): " + ", ".join(f"{group} {f1(whole, group):.4f}" for group in groups)
          + f"; least {min(f1(whole, group) - english for group in groups):+.4f}")
    show_worst(runs[0], worst)

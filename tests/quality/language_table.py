"""The table of rows for tests/quality/language: how often what a desk meets is told right, beside other programs in the same run."""
import collections
import random

import language_peers
import language_rows as rows_of

GROUPS = ["id ms", "bs hr sr", "nb nn da", "pt gl es", "cs sk", "zh yue"]
ANSWERED = 0.7
SPOKEN = "spoken"


def base(tag):
    return tag.split("-")[0]


class Row:
    """Texts of a row with what they are; found is what a program said."""

    def __init__(self, name, texts):
        self.name, self.texts = name, [(tag, text) for tag, text in texts if text.strip()]

    def recalls(self, found):
        asked, right = collections.Counter(), collections.Counter()
        for (tag, _), answer in zip(self.texts, found):
            asked[base(tag)] += 1
            right[base(tag)] += base(answer) == base(tag)
        return {tag: 100 * right[tag] / asked[tag] for tag in asked}


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else float("nan")


def calibration_error(row, found):
    bins = collections.defaultdict(list)
    for (tag, _), answer in zip(row.texts, found):
        if answer["tag"] != "und":
            bins[min(19, int(answer["confidence"] * 20))].append((answer["confidence"], base(answer["tag"]) == base(tag)))
    return sum(abs(sum(c - r for c, r in pairs)) for pairs in bins.values()) / max(1, sum(map(len, bins.values())))


def rows_for(name, texts):
    """The rows of a set: by length and by what was done to the text. What people say and write beside news has no more than sentences."""
    if name == SPOKEN:
        yield Row(f"{name}: sentence", texts)
        yield Row(f"{name}: two words", [(tag, rows_of.two_words(text)) for tag, text in texts])
        return
    latin = [(tag, text) for tag, text in texts if rows_of.script_of(text) == "Latn"]
    paragraphs = [(tag, text) for tag, _, text in rows_of.joined([(tag, "", text) for tag, text in texts], 5)]
    yield Row(f"{name}: headline", [(tag, rows_of.headline(text)) for tag, text in texts])
    yield Row(f"{name}: sentence", texts)
    yield Row(f"{name}: paragraph", paragraphs)
    yield Row(f"{name}: two words", [(tag, rows_of.two_words(text)) for tag, text in texts])
    yield Row(f"{name}: capitals", [(tag, rows_of.headline(text).upper()) for tag, text in latin])
    yield Row(f"{name}: no marks", [(tag, rows_of.bare(rows_of.headline(text))) for tag, text in latin])


def show_summary(summary):
    """A line a row: what the figures that one looks for first are."""
    print(f"\n{'summary':30} {'macro':>7} {'und':>5} {'calib.':>6}  " + " ".join(f"{group.replace(' ', '-'):>9}" for group in GROUPS))
    for name, recalls, und, error in summary:
        groups = [f"{mean(recalls[t] for t in g.split()):9.1f}" if all(t in recalls for t in g.split()) else f"{'-':>9}" for g in GROUPS]
        print(f"{name:30} {mean(recalls.values()):7.2f} {und:5.2f} {error:6.3f}  " + " ".join(groups))


def show_before(row, recalls, answers):
    """What another model has, and the tags that differ most."""
    before = row.recalls([answer["tag"] for answer in answers([text for _, text in row.texts])])
    change = {tag: recalls[tag] - before[tag] for tag in recalls if recalls[tag] != before[tag]}
    order = sorted(change, key=change.get)
    lost, gained = [t for t in order if change[t] < 0][:10], [t for t in reversed(order) if change[t] > 0][:10]
    print(f"{'':30} the other model: {mean(before.values()):.2f}; lost " + " ".join(f"{t} {change[t]:+.0f}" for t in lost)
          + "; gained " + " ".join(f"{t} {change[t]:+.0f}" for t in gained))


def show_rows(rows, answers, before):
    summary = []
    print(f"\n{'row (macro over tags, per cent)':30} {'texts':>6} {'tags':>4} {'wiredesk':>9} {'und':>5} {'calib. error':>12}   worst 20")
    for row in rows:
        texts = [text for _, text in row.texts]
        found = answers(texts)
        recalls = row.recalls([answer["tag"] for answer in found])
        worst = sorted(recalls, key=recalls.get)[:20]
        und = 100 * sum(answer["tag"] == "und" for answer in found) / len(found)
        summary.append((row.name, recalls, und, calibration_error(row, found)))
        print(f"{row.name:30} {len(texts):6} {len(recalls):4} {mean(recalls.values()):9.2f} {und:5.2f} {summary[-1][3]:12.3f}   "
              + " ".join(f"{tag} {recalls[tag]:.0f}" for tag in worst))
        groups = [g for g in GROUPS if all(tag in recalls for tag in g.split())]
        print(f"{'':30} " + "  ".join(f"{g.replace(' ', '-')} {mean(recalls[t] for t in g.split()):.1f}" for g in groups))
        chinese = [answer["tag"] == tag for (tag, _), answer in zip(row.texts, found) if tag.startswith("zh-")]
        if chinese:
            print(f"{'':30} Hans or Hant right {100 * mean(chinese):.1f}")
        if before:
            show_before(row, recalls, before)
    return summary


def show_no_language(answers):
    made = list(rows_of.no_language(1, 1200))
    found = answers([text for _, text in made])
    by_kind = collections.defaultdict(list)
    for (kind, _), answer in zip(made, found):
        by_kind[kind].append(answer["tag"] == "und")
    print(f"\nno language, und: {100 * mean(a['tag'] == 'und' for a in found):.1f}   "
          + "  ".join(f"{kind} {100 * mean(values):.1f}" for kind, values in by_kind.items()))


def show_bilingual(texts, answers):
    """Found: both languages are named, nothing else is, and the border is no more than a sentence away."""
    made = list(rows_of.bilingual(texts, 1, 600))
    if not made:
        return
    found = answers([text for _, _, text, _ in made])
    right = border = 0
    for (a, b, _, at), answer in zip(made, found):
        parts = answer.get("parts", [])
        right += {base(part["tag"]) for part in parts} == {base(a), base(b)}
        border += len(parts) == 2 and [base(part["tag"]) for part in parts] == [base(a), base(b)] and abs(parts[1]["start"] - at) < 100
    print(f"two languages in one story: both named {100 * right / len(made):.1f}, with the border {100 * border / len(made):.1f}")


def show_unseen(rows, answers):
    """(code, text) of languages that were left out of a model made for this: how often it is sure of another one."""
    sure, given = collections.defaultdict(list), collections.defaultdict(collections.Counter)
    for (code, _), answer in zip(rows, answers([text for _, text in rows])):
        sure[code].append(answer["confidence"] >= ANSWERED)
        given[code][answer["tag"]] += answer["confidence"] >= ANSWERED
    print(f"languages the model was made without, sentences answered with confidence {ANSWERED}: {100 * mean(map(mean, sure.values())):.1f}; "
          + "  ".join(f"{code} {100 * mean(sure[code]):.0f} ({given[code].most_common(1)[0][0]})" for code in sorted(sure)))


def show_bilingual_false(ordered, answers):
    ones = [text for _, _, text in rows_of.joined([(tag, rows_of.script_of(text), text) for tag, text in ordered], 5)]
    wrong = sum("parts" in answer for answer in answers(ones))
    print(f"one language taken for several: {100 * wrong / max(1, len(ones)):.2f} of {len(ones)} paragraphs")


def show(sets, answers, peers=None, before=None):
    """sets: name to [(tag, text)]; answers(texts) asks the program, before(texts) the same with another model."""
    rows = [row for name, texts in sets.items() for row in rows_for(name, texts)]
    summary = show_rows(rows, answers, before)
    show_summary(summary)
    if peers:
        language_peers.show(language_peers.ask(peers, rows), {name: recalls for name, recalls, _, _ in summary})
    show_no_language(answers)
    everything = sorted(next(iter(sets.values())))
    random.Random(2).shuffle(everything)
    show_bilingual([row for row in everything if "-" not in row[0]], answers)
    ordered = sorted(everything, key=lambda row: row[0])
    show_bilingual_false(ordered, answers)

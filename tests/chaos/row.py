"""What a scenario found: one row of the table at the end."""

from dataclasses import dataclass, field

COLUMNS = ("scenario", "seed", "stories", "faults", "lost", "doubled", "disorder", "p50 s", "p99 s", "stall s", "seconds", "verdict")


@dataclass
class Row:
    scenario: str
    seed: int
    stories: int = 0  # parts that went in
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    disorder: int = 0
    p50: float = None  # seconds from being sent to being visible to a read_committed reader; None: not measured
    p99: float = None
    stall: float = None  # the longest that a story stood first in line of its partition
    seconds: float = 0
    failures: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    skipped: str = None

    def require(self, holds, words):
        """What must hold; if it does not, the scenario goes on and fails. words: a sentence on what did not hold."""
        if not holds:
            self.failures.append(words() if callable(words) else words)
        return holds

    def note(self, words):
        """Something seen that belongs below the table."""
        self.notes.append(words)

    @property
    def verdict(self):
        if self.failures:
            return "FAILED"
        return "skipped" if self.skipped else "held"

    def cells(self):
        def seconds(value):
            return "-" if value is None else f"{value:.1f}"

        return (self.scenario, str(self.seed), f"{self.stories:,}", f"{self.faults:,}", str(self.lost), str(self.doubled), str(self.disorder),
                seconds(self.p50), seconds(self.p99), seconds(self.stall), f"{self.seconds:.0f}", self.verdict)


def table(rows):
    """As text, with what failed and what was noted below it."""
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    text = []
    for line in lines:
        first, *middle, last = line
        text.append("  ".join([first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(middle, widths[1:-1])), last]))
    for row in rows:
        text += [f"{row.scenario}: FAILED: {words}" for words in row.failures]
        text += [f"{row.scenario}: skipped: {row.skipped}"] if row.skipped else []
        text += [f"{row.scenario}: {words}" for words in row.notes]
    return "\n".join(text)

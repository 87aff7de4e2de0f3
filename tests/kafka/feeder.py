"""Stories that go on coming while something else happens."""

import threading
import time


class Feeder(threading.Thread):
    """Produces at a steady rate beside the test, so that a kill nearly always hits a worker at work."""

    def __init__(self, desk, mix, count, seconds):
        super().__init__(daemon=True)
        self.desk, self.mix, self.count, self.seconds = desk, mix, count, seconds
        self.error = None
        self._enough = threading.Event()

    def run(self):
        steps = int(self.seconds * 10)
        began = time.monotonic()
        try:
            for step in range(steps):
                self.desk.produce(self.mix.take(self.count * (step + 1) // steps - self.count * step // steps))
                if self._enough.wait(max(0.0, began + (step + 1) / 10 - time.monotonic())):
                    return
        except Exception as error:  # shown by the test's thread
            self.error = error

    def end_early(self):
        """No story more, and no error either: the test is over, and its broker may be gone."""
        self._enough.set()
        self.join(300)

    def finish(self):
        self.join(300)
        if self.error:
            raise self.error

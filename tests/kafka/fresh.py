"""Fixtures' common half: a broker of nobody else's, and a desk on it, in a folder that holds nothing of an earlier run."""

import itertools
import os
import re
import shutil
from contextlib import contextmanager

from desk import Desk

_numbers = itertools.count(1)


@contextmanager
def fresh_broker(broker):
    """Started, and stopped at the end."""
    broker.kill()  # of a run that was cut short
    shutil.rmtree(broker.folder, ignore_errors=True)
    broker.start()
    yield broker
    broker.stop()


def fresh_desk(broker, parent, request):
    """For one test: topics, a folder for state and logs, a group."""
    folder = parent / re.sub(r"\W+", "-", request.node.name).strip("-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Desk(broker, folder, f"t{os.getpid()}-{next(_numbers)}")

"""One broker for all tests; each test works on topics of its own, in a folder of its own."""

import itertools
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from broker import BUILD, Broker  # noqa: E402

_numbers = itertools.count(1)


def pytest_configure(config):
    config.addinivalue_line("markers", "quick: belongs to the short run")
    config.addinivalue_line("markers", "long: only for tests/run --all")


@pytest.fixture(scope="session")
def one_broker():
    broker = Broker(BUILD / "broker", jars=os.environ.get("WD_KAFKA_JARS"))
    broker.kill()  # of a run that was cut short
    shutil.rmtree(broker.folder, ignore_errors=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def desk(one_broker, request):
    """A house of its own for one test: topics, a folder for state and logs, a group."""
    from desk import Desk

    folder = BUILD / "kafka-tests" / re.sub(r"\W+", "-", request.node.name).strip("-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield Desk(one_broker, folder, f"t{os.getpid()}-{next(_numbers)}")

"""One broker for all tests; each test works on topics of its own, in a folder of its own."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from broker import BUILD, Broker  # noqa: E402
from fresh import fresh_broker, fresh_desk  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "quick: belongs to the short run")
    config.addinivalue_line("markers", "long: only for tests/run --all")


@pytest.fixture(scope="session")
def one_broker():
    with fresh_broker(Broker(BUILD / "broker", jars=os.environ.get("WD_KAFKA_JARS"))) as broker:
        yield broker


@pytest.fixture(scope="session")
def guarded():
    """A broker that asks who is there."""
    from guarded import GuardedBroker

    folder = BUILD / "guarded"
    shutil.rmtree(folder / "certificates", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with fresh_broker(GuardedBroker(folder / "broker", jars=os.environ.get("WD_KAFKA_JARS"))) as broker:
        yield broker


@pytest.fixture
def desk(one_broker, request):
    yield fresh_desk(one_broker, BUILD / "kafka-tests", request)

"""One broker for all tests; each test works on topics of its own, in a folder of its own."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from broker import BUILD, Broker  # noqa: E402
from desk import Desk  # noqa: E402
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


class OwnDesk(Desk):
    """On a broker that may be killed."""

    def __init__(self, parent):
        self.parent = parent
        folder = parent / f"{sum(1 for _ in parent.iterdir()) + 1}"
        folder.mkdir()
        super().__init__(Broker(folder / "broker", jars=os.environ.get("WD_KAFKA_JARS")).start(), folder, "outage")

    def anew(self):
        self.broker.kill()
        return OwnDesk(self.parent)


@pytest.fixture
def own_desk(tmp_path_factory):
    parent = tmp_path_factory.mktemp("outage")
    yield OwnDesk(parent)
    for folder in parent.iterdir():
        Broker(folder / "broker").kill()


ATTEMPTS = 3


def anew_where_its_broker_forgot(test, arguments):
    """What a broker that was killed does to its own transactions says nothing about the workers: where Kafka's tool shows that, the case is tried
    on a fresh one. arguments: of the test, by name, own_desk among them."""
    for last in (False,) * (ATTEMPTS - 1) + (True,):
        try:
            return test(**arguments)
        except Exception:
            forgotten = arguments["own_desk"].transactions().ends_forgotten()
            if last or not forgotten:
                raise
            print(f"tried anew: the broker holds transactions for ended whose ends it never wrote: {', '.join(forgotten)}")
            arguments = {**arguments, "own_desk": arguments["own_desk"].anew()}


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if "own_desk" not in pyfuncitem.funcargs:
        return None
    anew_where_its_broker_forgot(pyfuncitem.obj, {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames})
    return True

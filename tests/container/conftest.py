"""The image, built here without any registry, once for all tests: its base is made from Debian's packages."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "kafka"))
sys.path.insert(0, str(Path(__file__).parent))

from broker import BUILD, Broker  # noqa: E402
from fresh import fresh_broker, fresh_desk  # noqa: E402
from image import Image, why_not  # noqa: E402


@pytest.fixture(scope="session")
def image():
    reason = why_not()
    if reason:
        pytest.skip(f"NO IMAGE WAS BUILT OR RUN: {reason}")
    image = Image(BUILD / "container")
    image.build()
    yield image
    image.remove()


@pytest.fixture(scope="session")
def one_broker():
    with fresh_broker(Broker(BUILD / "container-broker", jars=os.environ.get("WD_KAFKA_JARS"))) as broker:
        yield broker


@pytest.fixture
def desk(one_broker, request):
    yield fresh_desk(one_broker, BUILD / "container-tests", request)

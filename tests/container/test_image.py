"""What deploy/Dockerfile builds: is it what it says, and does it work as it will be run?"""

import os
import random
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
from broker import BUILD
from desk import free_port, wait_until
from image import IN_IMAGE, ROOT, USER
from stories import Mix
from worker import Fleet

STORIES = ROOT / "deploy" / "stories"
TOPICS = ("wire.raw:1", "wire.articles:2", "wire.duplicates:1", "wire.dead:1")


def size(path):
    return sum(f.lstat().st_size for f in Path(path).rglob("*") if f.is_file() and not f.is_symlink())


def test_the_image_says_how_it_is_to_be_run(image):
    told = image.config()
    config = told["Docker"]["config"]
    labels = config["Labels"]
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["wiredesk"]
    assert config["Cmd"] == ["run", "-c", "/etc/wiredesk/wiredesk.yaml"]
    assert config["Healthcheck"]["Test"] == ["CMD", "wiredesk", "health", "-c", "/etc/wiredesk/wiredesk.yaml"]
    assert config["StopSignal"] == "SIGTERM"
    assert config["Volumes"] == {"/var/lib/wiredesk": {}}
    assert "STATE_DIRECTORY=/var/lib/wiredesk" in config["Env"]
    version, revision = (labels[f"org.opencontainers.image.{name}"] for name in ("version", "revision"))
    said = image.run("wiredesk", "--version").stdout
    assert said.startswith(f"wiredesk {version} (commit {revision})")
    assert "librdkafka     2.8" in said
    layers = len(told["Docker"]["rootfs"]["diff_ids"])
    print(f"image: {size(image.mount) / 1e6:.0f} MB in {layers} layers; base made in {image.took['base']:.0f} s, image built in {image.took['image']:.0f} s")


def test_of_icu_only_what_is_asked_for_is_shipped(image):
    found = [f for f in (image.mount / "usr/lib").rglob("libicudata.so.*") if not f.is_symlink()]
    assert len(found) == 1
    assert 1_000_000 < found[0].stat().st_size < 8_000_000
    # And all of that: no record differs from what the whole of it gives.
    state = BUILD / "container-tests" / "golden"
    out = subprocess.run([ROOT / "tests/golden/run", IN_IMAGE], capture_output=True, text=True, timeout=300,
                         env={**os.environ, "WD_ROOTFS": str(image.mount), "STATE_DIRECTORY": str(state)})
    assert out.returncode == 0, out.stdout[-3000:]


def test_nothing_but_the_state_folder_can_be_written_and_no_shell_is_there(image, tmp_path):
    inside = image.command(tmp_path / "state")[:-1]
    assert subprocess.run([*inside, "/bin/sh", "-c", "true"], capture_output=True).returncode == 127
    command = image.command(tmp_path / "state", "check", "--offline", "-c", "/etc/wiredesk/wiredesk.yaml")
    for folder, code in (("/var/lib/wiredesk", 0), ("/elsewhere", 4), ("/tmp/state", 4)):
        out = subprocess.run([*command, "--set", f"state-dir={folder}"], capture_output=True, text=True)
        assert out.returncode == code, out.stdout


@pytest.fixture
def mock_broker():
    broker = subprocess.Popen([BUILD / "deploy" / "mock-broker", *TOPICS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield broker.stdout.readline().strip()
    broker.stdin.close()
    broker.wait(30)


def test_the_demo_passes_inside(image, mock_broker):
    volumes = [f"{ROOT}/deploy:/mnt:ro"]
    how = {"volumes": volumes, "check": False}
    sets = ["--set", f"kafka.brokers={mock_broker}"]
    names = [f"/mnt/stories/{f.name}" for f in sorted(STORIES.iterdir())]
    loaded = image.run("wiredesk", "load", "-c", "/mnt/demo.yaml", *sets, *names, **how)
    assert loaded.returncode == 0, loaded.stderr
    worked = image.run("wiredesk", "run", "-c", "/mnt/demo.yaml", *sets, "--until-end", **how)
    assert worked.returncode == 1, worked.stderr  # one story is broken on purpose
    shown = subprocess.run([BUILD / "deploy" / "show-records", mock_broker, "wire.articles", "wire.duplicates", "wire.dead"],
                           capture_output=True, text=True, timeout=60).stdout
    print(shown[-300:])
    assert shown.count("Harbour") + shown.count("harbour") > 0


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        return {line.split(":")[0]: int(line.split()[1]) / 1000 for line in status if line.startswith(("VmRSS", "VmHWM"))}


def test_a_worker_with_nothing_but_its_state_folder_reads_from_a_real_broker(image, desk):
    desk.create(partitions=4)
    desk.produce(Mix(51, size=500).take(2000))
    port = free_port()
    settings = desk.config(http=port)
    volumes = [f"{settings.parent}=/etc/wiredesk"]
    state = desk.folder / "state"
    health = image.command(state, "health", "-c", "/etc/wiredesk/wiredesk.yaml", volumes=volumes)
    assert subprocess.run(health, capture_output=True).returncode == 4
    command = image.command(state, "run", "-c", "/etc/wiredesk/wiredesk.yaml", "--instance", "w1", volumes=volumes)
    with open(desk.folder / "w1.log", "wb") as log:
        began = time.monotonic()
        worker = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                  env={"PATH": os.environ["PATH"], "STATE_DIRECTORY": "/var/lib/wiredesk"})
    try:
        wait_until(lambda: subprocess.run(health, capture_output=True).returncode == 0, 60, (desk.folder / "w1.log").read_text)
        ready = time.monotonic() - began
        desk.wait_until_all_committed()
        with open(f"/proc/{worker.pid}/status") as status:
            who = {line.split(":")[0]: line.split()[1:] for line in status}
        assert who["Uid"] == [str(USER)] * 4 and who["Gid"] == [str(USER)] * 4
        assert int(who["CapPrm"][0], 16) == 0 and who["NoNewPrivs"] == ["1"]
        memory = rss_mb(worker.pid)
        worker.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert worker.wait(15) == 0
        print(f"ready after {ready:.1f} s; RSS {memory['VmRSS']:.0f} MB, at most {memory['VmHWM']:.0f} MB; drained in {time.monotonic() - began:.1f} s")
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
    assert (state / f"{desk.group}.w1").is_dir()
    desk.judge().assert_good()
    desk.assert_silent()


def test_its_workers_lose_and_double_nothing_when_they_are_killed_frozen_and_stopped(image, desk):
    """The image that is attacked is the one that is shipped; with `tests/chaos/run --rootfs` for as long as one likes."""
    desk.create(partitions=6)
    mix, rng = Mix(52, size=400), random.Random(52)
    fleet = Fleet(desk.folder, desk.config(transaction="5s"), ["w1", "w2"], IN_IMAGE, env={"WD_ROOTFS": str(image.mount)})
    with fleet:
        for moment in range(14):
            wait_until(lambda: all(worker.is_up() for worker in fleet.workers), 30)
            desk.produce(mix.take(200))
            time.sleep(rng.uniform(0.3, 1.2))
            worker = rng.choice(fleet.workers)
            if moment % 7 == 3:  # past its session
                worker.process.send_signal(signal.SIGSTOP)
                time.sleep(5)
                worker.process.send_signal(signal.SIGCONT)
            elif moment % 7 == 5:
                fleet.leave(worker)
                assert worker.process.wait(15) == 0
                fleet.join(worker.instance)
            else:
                fleet.kill_one(rng)
        desk.at_work = fleet
        desk.wait_until_all_committed(90)
        assert fleet.stop() == [0, 0]
    assert fleet.kills() == 10
    others = {code for worker in fleet.everybody() for code in worker.codes} - {0, -9, 3}
    assert not others, f"workers ended with {others}"
    desk.judge().assert_good()
    desk.assert_silent()


def test_it_starts_in_a_moment(image, tmp_path):
    command = image.command(tmp_path / "state", "--version")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    for _ in range(5):
        assert subprocess.run(command, capture_output=True).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"--version inside, mounts and all: {(time.monotonic() - began) / 5 * 1000:.0f} ms, "
          f"{(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 5 * 1000:.0f} ms of processor")

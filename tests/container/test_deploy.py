"""compose.yaml, kubernetes.yaml, wiredesk.service: without Docker, Kubernetes or systemd at work here, is what they say right, as far
as it can be told? What they make wiredesk do is done: same command lines, same environment, a real broker."""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from desk import WIREDESK, free_port, wait_until
from image import ROOT, USER

DEPLOY = ROOT / "deploy"
CONFIG = DEPLOY / "wiredesk.yaml"
# What compose's specification knows, of what is used here; a misspelt key is refused by none but it.
COMPOSE = {
    "": {"name", "services", "volumes", "networks", "configs", "secrets"},
    "service": {"image", "build", "command", "environment", "depends_on", "volumes", "healthcheck", "stop_grace_period", "mem_limit",
                "pids_limit", "restart", "hostname", "ports", "read_only", "cap_drop", "security_opt", "user", "tmpfs"},
    "healthcheck": {"test", "interval", "timeout", "start_period", "retries", "disable"},
    "build": {"context", "dockerfile", "args", "target"},
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def manifests():
    return {one["kind"]: one for one in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}


def own(compose):
    """The services that are wiredesk's."""
    return {name: service for name, service in compose["services"].items() if name != "broker"}


def accepted(args, env, config=CONFIG):
    """Is this command line, in this environment, one that wiredesk takes? `check` reads the same, and answers for the configuration."""
    words = [str(config) if word == "/etc/wiredesk/wiredesk.yaml" else word for word in args]
    out = subprocess.run([WIREDESK, words[0], *words[1:], "--help"], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    sets = [word for i, word in enumerate(words) if word == "--set" or (i and words[i - 1] == "--set")]
    out = subprocess.run([WIREDESK, "check", "--offline", "-c", config, *sets], capture_output=True, text=True,
                         env={"PATH": os.environ["PATH"], "STATE_DIRECTORY": "/tmp", **env})
    assert out.returncode == 0, out.stdout
    warnings = [line for line in out.stdout.splitlines() if line.startswith("warn")]
    assert all("can be read by whoever reaches this host" in line for line in warnings), out.stdout
    printed = subprocess.run([WIREDESK, "check", "--print", "-c", config, *sets], capture_output=True, text=True, check=True,
                             env={"PATH": os.environ["PATH"], **env}).stdout
    ceiling = float(re.search(r"at most\s+([\d.]+) MB", out.stdout).group(1))
    return yaml.safe_load(printed), ceiling


def test_compose_holds_only_what_compose_knows(compose):
    assert {key for key in compose if not key.startswith("x-")} <= COMPOSE[""]
    for name, service in compose["services"].items():
        assert set(service) <= COMPOSE["service"], name
        assert set(service.get("healthcheck", {})) <= COMPOSE["healthcheck"], name
        assert set(service.get("build", {})) <= COMPOSE["build"], name
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"] and how["condition"] in CONDITIONS, name
            if how["condition"] == "service_healthy":
                assert "test" in compose["services"][other]["healthcheck"]
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], name
        assert all(isinstance(value, str) for value in service["environment"].values()), name
        build = service.get("build")
        assert not build or (DEPLOY / build["context"] / build["dockerfile"]).is_file(), name


def test_compose_gives_a_worker_no_more_than_it_needs(compose):
    for name, service in own(compose).items():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name == "topics":
            continue
        assert service["healthcheck"]["test"] == ["CMD", "wiredesk", "health", "-c", "/etc/wiredesk/wiredesk.yaml"]
        assert seconds(service["stop_grace_period"]) > 10  # in which a worker drains
        assert service["volumes"] == ["state:/var/lib/wiredesk"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), "published to strangers"
    workers = [service["hostname"] for name, service in own(compose).items() if name != "topics"]
    assert len(workers) == len(set(workers)) == 2


def test_compose_gives_command_lines_and_environment_that_wiredesk_takes(compose):
    for name, service in own(compose).items():
        config, ceiling = accepted(service["command"], service["environment"])
        assert config["kafka"]["brokers"] == "broker:9092"
        assert config["http"]["listen"] == "0.0.0.0:9464"
        if "mem_limit" in service:
            assert ceiling * 1e6 < int(service["mem_limit"].removesuffix("m")) * 2**20, f"{name} may need more than it is given"
    # The broker that is named is the one that the other tests are made with.
    version = re.search(r"<kafka.version>(.*)</kafka.version>", (DEPLOY / "kafka" / "pom.xml").read_text()).group(1)
    assert compose["services"]["broker"]["image"].endswith(f"apache/kafka:{version}}}")


def test_what_compose_starts_works_on_a_real_broker(compose, one_broker, tmp_path):
    """Topics, then two workers with one state folder, ready by their own health check, ended by SIGTERM."""
    services = own(compose)

    def environment(service, port):
        return {"PATH": os.environ["PATH"], "STATE_DIRECTORY": str(tmp_path / "state"), **service["environment"],
                "WIREDESK__KAFKA__BROKERS": one_broker.bootstrap, "WIREDESK__HTTP__LISTEN": f"127.0.0.1:{port}"}

    def words(command):
        return [str(CONFIG) if word == "/etc/wiredesk/wiredesk.yaml" else word for word in command]

    made = subprocess.run([WIREDESK, *words(services["topics"]["command"])], capture_output=True, text=True, env=environment(services["topics"], 1))
    assert made.returncode == 0, made.stderr
    again = subprocess.run([WIREDESK, *words(services["topics"]["command"])], capture_output=True, text=True, env=environment(services["topics"], 1))
    assert again.returncode == 0, "it runs at each start"
    workers = []
    try:
        for name in ("worker-1", "worker-2"):
            env = environment(services[name], free_port())
            with open(tmp_path / f"{name}.log", "wb") as log:
                # The host's name is the worker's: there in the container, here it is said.
                command = [WIREDESK, *words(services[name]["command"]), "--instance", services[name]["hostname"]]
                workers.append((subprocess.Popen(command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL), services[name], env))
        for _, service, env in workers:
            health = [WIREDESK, *words(service["healthcheck"]["test"])[2:]]
            wait_until(lambda: subprocess.run(health, env=env, capture_output=True).returncode == 0, 60,
                       lambda: subprocess.run(health, env=env, capture_output=True, text=True).stdout)
        assert len(one_broker.members("wiredesk")) == 2
        for process, service, _ in workers:
            process.terminate()
            assert process.wait(seconds(service["stop_grace_period"])) == 0
    finally:
        for process, _, _ in workers:
            if process.poll() is None:
                process.kill()
                process.wait()
        one_broker.delete("wire.raw", "wire.articles", "wire.duplicates", "wire.dead", "wire.claims")


def test_kubernetes_is_told_of_the_same_user_ports_and_pages(manifests, tmp_path):
    pod = manifests["StatefulSet"]["spec"]["template"]["spec"]
    worker, topics = pod["containers"][0], pod["initContainers"][0]
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == USER
    assert pod["terminationGracePeriodSeconds"] > 10
    config = tmp_path / "wiredesk.yaml"
    config.write_text(manifests["ConfigMap"]["data"]["wiredesk.yaml"])
    for one in (worker, topics):
        told, ceiling = accepted(one["args"], {}, config)
        assert one["securityContext"]["readOnlyRootFilesystem"] and one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert told["http"]["listen"].endswith(f":{worker['ports'][0]['containerPort']}")
    assert ceiling * 1e6 < int(worker["resources"]["limits"]["memory"].removesuffix("Mi")) * 2**20
    assert worker["livenessProbe"]["httpGet"]["path"] == "/livez" and worker["readinessProbe"]["httpGet"]["path"] == "/readyz"
    labels = manifests["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["StatefulSet"]["spec"]["selector"]["matchLabels"] == labels
    assert manifests["Service"]["spec"]["selector"] == labels
    assert manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for one in (worker, topics) for mount in one["volumeMounts"]} <= volumes


needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="NO UNIT WAS VERIFIED: there is no systemd-analyze; deploy/install container")


@pytest.fixture
def unit(tmp_path):
    """The unit, with the program where it is here: systemd looks whether it is there."""
    text = (DEPLOY / "wiredesk.service").read_text()
    assert "/usr/local/bin/wiredesk" in text
    there = tmp_path / "wiredesk.service"
    there.write_text(text.replace("/usr/local/bin/wiredesk", str(WIREDESK)))
    return there


@needs_systemd
def test_systemd_takes_the_unit_without_a_word(unit):
    out = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    said = [line for line in out.stderr.splitlines() if "wiredesk" in line]
    assert out.returncode == 0 and not said, out.stderr


@needs_systemd
def test_systemd_calls_the_unit_well_confined(unit):
    out = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=11", unit], capture_output=True, text=True)
    print(out.stdout.strip().splitlines()[-1])
    assert out.returncode == 0, "it was 1.1 once:\n" + "\n".join(line for line in out.stdout.splitlines() if "✗" in line)


def test_the_unit_runs_what_wiredesk_takes(unit):
    lines = [line.split("=", 1)[1].split() for line in unit.read_text().splitlines() if line.startswith(("ExecStart=", "ExecStartPre="))]
    assert [line[1] for line in lines] == ["check", "run"]
    for line in lines:
        accepted(line[1:], {})
    assert "Type=exec" in unit.read_text()  # wiredesk tells systemd nothing

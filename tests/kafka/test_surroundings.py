"""What stands around the worker: TLS, passwords, rights, topics, the state folder. Where it is right, all commands work; where it is
wrong, each ends with its exit code and a sentence that says what, where and what to do, and what was in the input comes out once
when it is mended."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import confluent_kafka
import judge
import pytest
from confluent_kafka.admin import AclOperation, ResourceType
from desk import WIREDESK, wait_until
from guarded import Door, new_desk, right
from stories import Input, Mix
from worker import Worker

DONE, DEAD_LETTERS, USAGE, FENCED, FAILED = range(5)

@pytest.fixture
def desk(guarded, request):
    yield new_desk(guarded, request.node.name)


def every_end():
    """Stories for all three output topics: an article, its twin, and what is no story."""
    return [Input(b"Harbour\nThe harbour opened."), Input(b"Harbour\nThe harbour opened."), Input(b"broken \x81\xfe\x00", ends="dead"),
            *Mix(61, broken=False).take(20)]


def until_end(worker, timeout=60):
    """Runs it to its end; the exit code."""
    worker.start()
    worker.codes.append(worker.process.wait(timeout))
    return worker.codes[-1]


def assert_ends(worker, code, *words):
    assert until_end(worker) == code, worker.tail()
    last = worker.tail(1)
    for word in words:
        assert word in last, f"'{word}' is not in the last words:\n{worker.tail()}"


def assert_comes_out_once(desk, worker):
    """What the worker could not do before it does now, and nothing twice."""
    assert until_end(worker) == (DEAD_LETTERS if any(one.ends == "dead" for one in desk.inputs) else DONE), worker.tail()
    verdict = desk.judge()
    verdict.assert_good()
    assert verdict.dead == sum(one.ends == "dead" for one in desk.inputs)
    desk.assert_silent()


# --- settings that are right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["password", "certificate"])
def test_every_command_works_with_the_right_settings(desk, way):
    if way == "certificate":
        desk.brokers, desk.client = f"localhost:{desk.broker.mtls_port}", desk.certificate_client()
    desk.allow_all_but()
    desk.broker.allow(*(right(ResourceType.TOPIC, topic, operation)
                        for topic in (desk.raw, desk.articles, desk.duplicates, desk.dead)
                        for operation in (AclOperation.CREATE, AclOperation.DESCRIBE_CONFIGS)),
                      right(ResourceType.TOPIC, desk.raw, AclOperation.WRITE))
    desk.config()
    assert desk.run("topics", "--create", "--partitions", "2").count("made") == 4
    assert "\n0 errors, " in desk.run("check")
    stories = []
    for number, one in enumerate(Mix(62, broken=False).take(30)):
        stories.append(desk.folder / f"{number}.story")
        stories[-1].write_bytes(one.value)
    desk.run("load", *stories)
    loaded = judge.read(desk.broker, [desk.raw])[0]
    assert sorted(msg.value() or b"" for msg in loaded) == sorted(path.read_bytes() for path in stories)
    parts = {path.read_bytes(): one for path, one in zip(stories, Mix(62, broken=False).take(30))}
    for msg in loaded:
        like = parts[msg.value() or b""]
        desk.inputs.append(Input(msg.value(), parts=like.parts, ends=like.ends, partition=msg.partition(), offset=msg.offset()))
    with desk.worker(args=["--until-end"]) as worker:
        assert_comes_out_once(desk, worker)


@pytest.fixture
def newer_library(tmp_path):
    """The environment in which wiredesk runs on the library that the reader of another make brings along."""
    found = list((Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs").glob("librdkafka*.so.1"))
    if not found:
        pytest.skip("confluent-kafka has no librdkafka of its own here")
    (tmp_path / "librdkafka.so.1").symlink_to(found[0])
    env = {"LD_LIBRARY_PATH": str(tmp_path)}
    version = subprocess.run([WIREDESK, "--version"], env={**os.environ, **env}, capture_output=True, text=True)
    if confluent_kafka.libversion()[0] not in version.stdout:
        pytest.skip(f"wiredesk does not run on confluent-kafka's librdkafka: {version.stderr or version.stdout}")
    return env


def test_a_newer_library_logs_in_by_scram_and_publishes_once(desk, newer_library):
    """The library of Debian 12 cannot: Kafka 4 refuses its nonce."""
    desk.client = desk.password_client(**{"sasl.mechanism": "SCRAM-SHA-512"})
    desk.create(partitions=2).allow_all_but()
    desk.produce(every_end())
    with desk.worker(args=["--until-end"]) as worker:
        worker.env.update(newer_library)
        assert_comes_out_once(desk, worker)


# --- rights -----------------------------------------------------------------------------------------------------------


def words_of(desk, missing):
    """What the last words name: the thing, and the right that it takes."""
    if missing == "transactional id":
        return missing, desk.group, "w1", "Write"
    binding = desk.rights()[missing]
    return f"{binding.name}", binding.operation.name.capitalize()


@pytest.mark.parametrize("missing", ["input", "group", "articles", "duplicates", "dead letters", "transactional id"])
def test_a_right_that_is_missing_is_named_and_when_it_is_given_all_comes_out_once(desk, missing):
    rights = desk.create(partitions=2).allow_all_but(missing)
    desk.produce(every_end())
    with desk.worker(args=["--until-end"]) as worker:
        assert_ends(worker, FAILED, *words_of(desk, missing))
        desk.broker.allow(rights[missing])
        assert_comes_out_once(desk, worker)


def test_check_tells_a_group_that_is_forbidden(desk):
    rights = desk.create(partitions=2).allow_all_but("group")
    desk.config()
    out = desk.run("check", expect=(FAILED,))
    assert f"error  group '{desk.group}' may not be read" in out
    assert f"--operation Read --group {desk.group}" in out
    desk.broker.allow(rights["group"])
    out = desk.run("check")
    assert f"ok     group '{desk.group}' may be " in out and ": new, 0 members" in out


@pytest.mark.parametrize("taken", ["articles", "input", "group"])
def test_a_right_that_is_taken_from_a_running_worker_costs_nothing(desk, taken):
    rights = desk.create(partitions=2).allow_all_but()
    desk.produce(every_end())
    with desk.worker() as worker:
        worker.start()
        desk.wait_until_all_committed()
        # It still sees the topic, so it is not before the broker is asked to take a record that it learns.
        if taken != "group":
            desk.broker.allow(right(ResourceType.TOPIC, rights[taken].name, AclOperation.DESCRIBE))
        desk.broker.forbid(rights[taken])
        desk.produce(Mix(63, broken=False).take(40))
        wait_until(lambda: not worker.running(), 40, worker.tail)
        assert worker.stop() == FAILED, worker.tail()
        for word in words_of(desk, taken):
            assert word in worker.tail(1), worker.tail()
        desk.broker.allow(rights[taken])
    with desk.worker(args=["--until-end"]) as worker:
        assert until_end(worker) == DONE, worker.tail()  # the dead letter is of the first life
    verdict = desk.judge()
    verdict.assert_good()
    assert verdict.dead == 1


# --- topics -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["articles", "dead"])
def test_a_missing_output_topic_is_named_with_the_command_that_makes_it(desk, missing):
    topics = {name: (2, {}) for name in (desk.raw, desk.articles, desk.duplicates, desk.dead) if name != getattr(desk, missing)}
    desk.broker.create(topics)
    desk.allow_all_but()
    desk.broker.allow(*(right(ResourceType.TOPIC, getattr(desk, missing), operation) for operation in (AclOperation.CREATE, AclOperation.DESCRIBE)))
    desk.produce(every_end())
    with desk.worker(args=["--until-end"]) as worker:
        assert_ends(worker, FAILED, getattr(desk, missing), "wiredesk topics", "--create")
        assert "--create" in desk.run("check", expect=[FAILED])
        desk.run("topics", "--create")
        assert_comes_out_once(desk, worker)


# --- the state folder -------------------------------------------------------------------------------------------------


def as_somebody_who_may_not_write(worker):
    """Root may write anywhere, unless it has put that right down."""
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root without setpriv: no folder is read-only for it")
        worker.command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *worker.command]
    return worker


def test_a_read_only_state_folder_is_named(desk):
    desk.create(partitions=2).allow_all_but()
    desk.produce(every_end())
    with as_somebody_who_may_not_write(desk.worker(args=["--until-end"])) as worker:
        worker.state.mkdir(mode=0o555)
        assert_ends(worker, FAILED, str(worker.state), "state-dir")
        worker.state.chmod(0o755)
        assert_comes_out_once(desk, worker)


# With the room that is left: the first file already, one in the middle, the last.
@pytest.mark.parametrize("room_bytes", [0, 4096, 8192, 65536])
def test_a_full_state_folder_is_named(desk, room_bytes):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small file system here")
    desk.create(partitions=2).allow_all_but()
    desk.produce(every_end())
    with desk.worker(args=["--until-end"]) as worker:
        worker.state.mkdir()
        command = worker.command
        fill = 'mount -t tmpfs -o size=1m wiredesk "$0" && mkdir "$0/x" && head -c "$1" /dev/zero >"$0/x/full" && shift && exec "$@"'
        worker.command = ["unshare", "--mount", "sh", "-c", fill, str(worker.state), str(1024 * 1024 - room_bytes), *command]
        assert_ends(worker, FAILED, str(worker.state), "No space left on device", "state-dir")
        worker.command = command
        assert_comes_out_once(desk, worker)


# --- a second worker of the same name ---------------------------------------------------------------------------------


def test_a_second_worker_of_one_name_is_refused_on_the_same_host(desk):
    desk.create(partitions=2).allow_all_but()
    with desk.worker() as worker:
        worker.start()
        desk.produce(every_end())
        desk.wait_until_all_committed()
        second = Worker(desk.folder, desk.folder / "wiredesk.yaml", "w1", WIREDESK)
        second.log = desk.folder / "second.log"
        assert_ends(second, FAILED, "w1", str(worker.process.pid), "--instance")
        assert worker.stop() == DONE
    desk.judge().assert_good()


def test_of_two_workers_of_one_name_on_two_hosts_the_older_ends_as_fenced(desk):
    desk.create(partitions=2).allow_all_but()
    with desk.worker() as worker:
        worker.start()
        desk.produce(every_end())
        desk.wait_until_all_committed()
        second = Worker(desk.folder, desk.folder / "wiredesk.yaml", "w1", WIREDESK)
        second.log, second.env["STATE_DIRECTORY"] = desk.folder / "second.log", str(desk.folder / "state-second")
        with second:
            second.start()
            wait_until(lambda: not worker.running(), 30, worker.tail)
            assert worker.stop() == FENCED, worker.tail()
            assert all(word in worker.tail(1) for word in ("another worker", "w1", desk.group)), worker.tail()
            desk.produce(Mix(64).take(40))
            desk.wait_until_all_committed()
            assert second.stop() == DONE
    desk.judge().assert_good()


# --- settings that are wrong ------------------------------------------------------------------------------------------


def wrong_settings(desk):
    """Case → client, brokers, the words to be said by every command."""
    path, password = desk.broker.certificates.path, desk.password_client
    return {
        "wrong password": (password(**{"sasl.password": "a guess"}), desk.brokers, ["uthentication failed", "password", "kafka.client"]),
        "wrong authority": (password(**{"ssl.ca.location": path("stranger.pem")}), desk.brokers, ["certificate", "ssl.ca.location", "kafka.client"]),
        "a name that is not in the certificate": (password(), f"127.0.0.1:{desk.broker.sasl_port}",
                                                  ["certificate", f"127.0.0.1:{desk.broker.sasl_port}", "kafka.brokers"]),
        "a certificate of nobody": (desk.certificate_client("foreign"), f"localhost:{desk.broker.mtls_port}", ["certificate", "kafka.client"]),
        "no TLS": (password(**{"security.protocol": "SASL_PLAINTEXT"}), desk.brokers, ["security settings", "kafka.client"]),
        "nobody there": (password(), "localhost:1", ["localhost:1", "Connection refused", "kafka.brokers"]),
    }


CASES = ["wrong password", "wrong authority", "a name that is not in the certificate", "a certificate of nobody", "no TLS", "nobody there"]
COMMANDS = ["run", "check", "topics", "load"]


class TurnedAway:
    """All commands with all wrong settings at the same time, for each takes its time to lose patience."""

    def __init__(self, broker):
        self.desk = new_desk(broker, "turned away").create(partitions=2)
        self.desk.allow_all_but()
        self.desk.produce(every_end())
        story = self.desk.folder / "a.story"
        story.write_text("Headline\nText.")
        self.cases = wrong_settings(self.desk)
        self.commands = {}
        for case, (client, brokers, _) in self.cases.items():
            config = self.desk.config(file=f"{case}.yaml", client=client, brokers=brokers)
            for command in COMMANDS:
                more = {"run": ["--until-end", "--instance", re.sub(r"\W", "-", case)], "load": [story]}.get(command, [])
                self.commands[case, command] = subprocess.Popen(
                    [WIREDESK, command, "-c", config, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                    env={**os.environ, "STATE_DIRECTORY": str(self.desk.folder / "state")})

    def said(self, case, command):
        process = self.commands[case, command]
        if not hasattr(process, "said"):
            process.said = process.communicate(timeout=90)[0]
        return process.returncode, process.said

    def end(self):
        for process in self.commands.values():
            process.kill()
            process.wait(10)


@pytest.fixture(scope="module", autouse=True)
def turned_away(guarded):
    """Starts with the first test, and is asked by the last ones."""
    commands = TurnedAway(guarded)
    yield commands
    commands.end()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", CASES)
def test_a_command_that_is_turned_away_says_why(turned_away, case, command):
    code, said = turned_away.said(case, command)
    assert code == FAILED, said
    missing = [word for word in turned_away.cases[case][2] if word not in said]
    assert not missing, said


def test_what_was_there_while_nobody_came_in_comes_out_once(turned_away):
    with turned_away.desk.worker(args=["--until-end"]) as worker:
        assert_comes_out_once(turned_away.desk, worker)


def test_an_authority_that_is_no_file_is_a_mistake_in_the_configuration(desk):
    desk.config(client=desk.password_client(**{"ssl.ca.location": "/nowhere/ca.pem"}))
    for command in ("check", "topics", "run"):
        out = subprocess.run([WIREDESK, command, "-c", desk.folder / "wiredesk.yaml"], capture_output=True, text=True, timeout=60,
                             env={**os.environ, "STATE_DIRECTORY": str(desk.folder / "state")})
        said = out.stdout + out.stderr
        assert out.returncode == USAGE, said
        assert all(word in said for word in ("ssl.ca.location", "/nowhere/ca.pem", "No such file")), said


def test_a_worker_that_starts_before_its_broker_says_so_and_waits(desk):
    desk.create(partitions=2).allow_all_but()
    desk.produce(every_end())
    door = Door(desk.broker.sasl_port)
    with desk.worker(brokers=f"localhost:{door.port}", args=["--until-end"]) as worker:
        worker.start()
        wait_until(lambda: str(door.port) in worker.tail(), 20, worker.tail)
        door.open()
        worker.codes.append(worker.process.wait(60))
        door.close()
        assert worker.codes == [DEAD_LETTERS]
    desk.judge().assert_good()

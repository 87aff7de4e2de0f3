"""The proxy cuts streams into Kafka's frames, knows whose answer an answer is, and does to it what its rules say."""

import socket
import threading

import pytest
from proxy import API_KEYS, Frames, Proxy, Rule, Weather, answered_by, request_of


def request(api, correlation, body=b"..."):
    head = API_KEYS[api].to_bytes(2, "big") + (3).to_bytes(2, "big") + correlation.to_bytes(4, "big")
    return (len(head) + len(body)).to_bytes(4, "big") + head + body


def answer(correlation, body=b"!"):
    return (4 + len(body)).to_bytes(4, "big") + correlation.to_bytes(4, "big") + body


@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 1000])
def test_a_stream_is_cut_into_the_same_frames_whatever_its_pieces(size):
    wanted = [request("Produce", 1, b"x" * 70), request("EndTxn", 2), answer(3, b"")]
    stream, frames = b"".join(wanted), Frames()
    found = [frame for at in range(0, len(stream), size) for frame in frames.feed(stream[at:at + size])]
    assert found == wanted


def test_a_length_that_is_none_of_kafka_is_refused():
    with pytest.raises(ValueError):
        Frames().feed(b"GET / HTTP/1.1\r\n")


def test_requests_tell_their_key_and_answers_whose_they_are():
    assert request_of(request("TxnOffsetCommit", 77)) == (28, 77)
    assert answered_by(answer(77)) == 77
    for cut in (b"\0\0\0\2ab", b"\0\0\0\0"):
        with pytest.raises(ValueError):
            request_of(cut)
        with pytest.raises(ValueError):
            answered_by(cut)


class FakeBroker(threading.Thread):
    """Answers every request by its correlation id and the number of requests so far."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.seen = []

    def run(self):
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        frames = Frames()
        try:
            while data := peer.recv(1000):
                for frame in frames.feed(data):
                    self.seen.append(request_of(frame))
                    peer.sendall(answer(request_of(frame)[1], bytes([len(self.seen)])))
        except OSError:
            pass


@pytest.fixture
def through():
    broker = FakeBroker()
    broker.start()
    with Proxy() as proxy:
        proxy.inner = broker.port
        yield proxy, broker
    broker.listening.close()


def talk(proxy, *requests, seconds=2.0):
    """Sends them all; what came back until nothing more did, as correlation ids; None at the end: the connection was reset."""
    frames, found = Frames(), []
    with socket.create_connection(("127.0.0.1", proxy.port)) as one:
        one.settimeout(seconds)
        try:
            one.sendall(b"".join(requests))
            while data := one.recv(1000):
                found += [answered_by(frame) for frame in frames.feed(data)]
        except TimeoutError:
            return found
        except ConnectionResetError:
            pass
    return [*found, None]


def test_good_weather_changes_nothing(through):
    proxy, broker = through
    assert talk(proxy, request("Produce", 1), request("EndTxn", 2), seconds=0.3) == [1, 2]
    assert broker.seen == [(0, 1), (26, 2)]


def test_crumbs_arrive_as_what_they_were(through):
    proxy, broker = through
    proxy.weather = Weather(crumbs=True, latency=(0.0, 0.05))
    assert talk(proxy, *(request("Produce", i, b"y" * 50) for i in range(20)), seconds=1.5) == list(range(20))
    assert broker.seen == [(0, i) for i in range(20)]


def test_an_answer_is_dropped_after_the_broker_did_its_work(through):
    proxy, broker = through
    proxy.rules = [Rule("EndTxn", "drop")]
    assert talk(proxy, request("Heartbeat", 1), request("EndTxn", 2))[-1] is None
    assert (26, 2) in broker.seen
    assert proxy.done == {"EndTxn drop": 1}


def test_silence_keeps_the_connection(through):
    proxy, broker = through
    proxy.rules = [Rule("AddOffsetsToTxn", "silence")]
    assert talk(proxy, request("AddOffsetsToTxn", 1), request("Heartbeat", 2), seconds=0.3) == []
    assert broker.seen == [(25, 1), (12, 2)]


def test_answers_come_twice_and_requests_too(through):
    proxy, broker = through
    proxy.rules = [Rule("InitProducerId", "double"), Rule("AddPartitionsToTxn", "repeat")]
    assert talk(proxy, request("InitProducerId", 1), request("AddPartitionsToTxn", 2), request("Produce", 3), seconds=0.3) == [1, 1, 2, 2, 3]
    assert broker.seen == [(22, 1), (24, 2), (24, 2), (0, 3)]


def test_what_is_delayed_holds_up_what_is_behind_it(through):
    proxy, _ = through
    proxy.rules = [Rule("TxnOffsetCommit", "delay", seconds=(0.4, 0.4))]
    assert talk(proxy, request("TxnOffsetCommit", 1), request("Heartbeat", 2), seconds=0.2) == []
    assert talk(proxy, request("TxnOffsetCommit", 1), request("Heartbeat", 2), seconds=1.0) == [1, 2]


def test_a_cut_lets_nobody_through_and_ends_who_was(through):
    proxy, broker = through
    proxy.weather = Weather(cut=True)
    assert talk(proxy, request("Produce", 1)) == [None]
    assert broker.seen == []


def test_resets_and_half_open_connections_happen(through):
    proxy, _ = through
    proxy.weather = Weather(resets=1.0)
    assert talk(proxy, request("Produce", 1)) == [None]
    proxy.weather = Weather(half_open=1.0)
    assert talk(proxy, request("Produce", 1), seconds=0.3) == []
    assert proxy.done["reset"] >= 1 and proxy.done["half-open"] >= 1


def test_a_broker_that_is_away_ends_the_connection(through):
    proxy, broker = through
    with socket.create_server(("127.0.0.1", 0)) as gone:
        proxy.inner = gone.getsockname()[1]
    assert talk(proxy, request("Produce", 1)) == [None]

"""A network between workers and a broker that can be made bad: slow, in crumbs, cut, and with an eye for Kafka's requests.

    with Proxy(seed) as proxy:
        broker = chaos.own_broker(properties=proxy.listener(folder))   # advertises the proxy to whoever comes through it
        desk.fleet(names, brokers=proxy.bootstrap)
        proxy.weather = Weather(latency=(0.0, 2.0))
        proxy.rules = [Rule("EndTxn", "drop", share=0.2)]

What comes through a connection keeps its order, as in TCP: who waits holds up what is behind. Runs in a thread of its own; weather and rules
may be changed at any time, and count for what comes from then on.
"""

import asyncio
import random
import socket
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

API_KEYS = {"Produce": 0, "Fetch": 1, "Metadata": 3, "FindCoordinator": 10, "JoinGroup": 11, "Heartbeat": 12, "SyncGroup": 14,
            "InitProducerId": 22, "AddPartitionsToTxn": 24, "AddOffsetsToTxn": 25, "EndTxn": 26, "TxnOffsetCommit": 28}
NAMES = {key: name for name, key in API_KEYS.items()}
CHUNK = 65536
FRAME_MAX = 128 * 1024 * 1024  # a length beyond it is no Kafka

LISTENER = """\
listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CPORT@,THROUGH://127.0.0.1:{inner}
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,THROUGH://127.0.0.1:{outer}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,THROUGH:PLAINTEXT
"""


class Frames:
    """Cuts a stream into Kafka's frames: four bytes of length, big-endian, and so many more."""

    def __init__(self):
        self._left = bytearray()

    def feed(self, data):
        """Frames that are whole now, their length in front."""
        self._left += data
        whole = []
        while len(self._left) >= 4:
            end = 4 + int.from_bytes(self._left[:4], "big")
            if end > FRAME_MAX:
                raise ValueError(f"a frame of {end} bytes")
            if len(self._left) < end:
                break
            whole.append(bytes(self._left[:end]))
            del self._left[:end]
        return whole


def request_of(frame):
    """Api key and correlation id of a request: behind the length stand key (2), version (2) and id (4)."""
    if len(frame) < 12:
        raise ValueError(f"a request of {len(frame)} bytes")
    return int.from_bytes(frame[4:6], "big"), int.from_bytes(frame[8:12], "big")


def answered_by(frame):
    """Correlation id of an answer."""
    if len(frame) < 8:
        raise ValueError(f"an answer of {len(frame)} bytes")
    return int.from_bytes(frame[4:8], "big")


@dataclass(frozen=True)
class Weather:
    latency: tuple = (0.0, 0.0)  # seconds, drawn for each piece: from, to
    crumbs: bool = False  # a byte at a time
    resets: float = 0.0  # share of pieces at which the connection is reset
    half_open: float = 0.0  # share of pieces from which on nothing comes through any more, though the connection stands
    cut: bool = False  # nobody comes through at all


@dataclass(frozen=True)
class Rule:
    """What happens to answers of a request: drop (the broker has done it, the connection ends), silence (it stands, and nothing comes any
    more), delay (by seconds, from and to), double (the answer comes twice), repeat (the broker gets the request twice)."""

    api: str
    action: str
    share: float = 1.0
    seconds: tuple = (0.0, 0.0)


@dataclass(eq=False)
class Connection:
    """Both directions of one client. asked: requests on their way, by correlation id: the api key, and how many answers come."""

    ends: list
    asked: dict = field(default_factory=dict)
    silent: bool = False

    def reset(self):
        for writer in self.ends:
            if writer.transport.is_closing():
                continue
            writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.transport.abort()


class Proxy:
    def __init__(self, seed=0):
        self.weather = Weather()
        self.rules = []
        self.done = Counter()  # what happened: by words
        self.rng = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._connections = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.inner = None

    # --- the outside

    def listener(self, folder, inner):
        """A file of broker properties: one more listener on port `inner`, which names this proxy as its address."""
        self.inner = inner
        path = Path(folder) / "through.properties"
        path.write_text(LISTENER.format(inner=inner, outer=self.port))
        return path

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.cut_all()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._listening.close()

    def cut_all(self):
        """Every connection there is ends."""
        asyncio.run_coroutine_threadsafe(self._cut_all(), self._loop).result(10)

    async def _cut_all(self):
        for connection in list(self._connections):
            connection.reset()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, sock=self._listening, limit=CHUNK))
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    # --- one connection

    async def _serve(self, reader, writer):
        connection = Connection([writer])
        self._connections.add(connection)
        try:
            if self.weather.cut:
                return
            upstream, down = await asyncio.open_connection("127.0.0.1", self.inner, limit=CHUNK)
            connection.ends.append(down)
            await self._both(connection, (reader, down, self._request), (upstream, writer, self._answer))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass
        finally:
            connection.reset()
            self._connections.discard(connection)

    async def _both(self, connection, *directions):
        """Until either ends: one half alone is of no use to Kafka."""
        tasks = [asyncio.ensure_future(self._pump(connection, *direction)) for direction in directions]
        _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, connection, reader, writer, decide):
        """Reads frames, and lets another task send what becomes of them, each piece when it is due."""
        frames, pieces, wake = Frames(), deque(), asyncio.Event()
        sending = asyncio.ensure_future(self._send(connection, writer, pieces, wake))
        try:
            while data := await reader.read(CHUNK):
                if self.weather.cut:
                    connection.reset()
                    return
                for frame in frames.feed(data):
                    self._weather_on(connection, len(pieces))
                    due = self._loop.time() + self.rng.uniform(*self.weather.latency)
                    for delay, piece in decide(connection, frame):
                        pieces.append((due + delay, piece))
                wake.set()
                if sending.done():
                    return
        finally:
            sending.cancel()

    def _weather_on(self, connection, waiting):
        if self.rng.random() < self.weather.resets:
            self.done["reset"] += 1
            connection.reset()
        elif self.rng.random() < self.weather.half_open:
            self.done["half-open"] += 1
            connection.silent = True

    async def _send(self, connection, writer, pieces, wake):
        while True:
            while not pieces:
                wake.clear()
                await wake.wait()
            due, piece = pieces.popleft()
            await asyncio.sleep(max(0, due - self._loop.time()))
            if connection.silent:
                continue
            size = 1 if self.weather.crumbs else len(piece)
            for at in range(0, len(piece), size):
                writer.write(piece[at:at + size])
                await writer.drain()
                if self.weather.crumbs:
                    await asyncio.sleep(0)  # each byte goes out by itself

    # --- what becomes of a frame: pieces to send, each with a delay in seconds

    def _request(self, connection, frame):
        key, correlation = request_of(frame)
        copies = 2 if self._rule(key, "repeat") else 1
        connection.asked[correlation] = [key, copies]
        return [(0, frame)] * copies

    def _answer(self, connection, frame):
        correlation = answered_by(frame)
        asked = connection.asked.get(correlation)
        if asked is None:
            return [(0, frame)]
        asked[1] -= 1
        if asked[1] == 0:
            del connection.asked[correlation]
        return self._change_answer(connection, asked[0], frame)

    def _change_answer(self, connection, key, frame):
        if self._rule(key, "drop"):
            connection.reset()
            return []
        if self._rule(key, "silence"):
            connection.silent = True
            return []
        delay = self._rule(key, "delay")
        copies = 2 if self._rule(key, "double") else 1
        return [(self.rng.uniform(*delay.seconds) if delay else 0, frame)] * copies

    def _rule(self, key, action):
        """The rule that strikes, or None; counted."""
        for rule in self.rules:
            if rule.action == action and API_KEYS[rule.api] == key and self.rng.random() < rule.share:
                self.done[f"{rule.api} {action}"] += 1
                return rule
        return None

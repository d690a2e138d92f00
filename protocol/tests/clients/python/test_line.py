"""The connection against a scripted server: gaps, closings, silence and refusals that a sound server does not produce."""

import asyncio
import json
import unittest
from typing import Any, Awaitable, Callable, List
from unittest import mock

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

import engawa_client
from engawa_client import Client, Closed, Rejected, is_retryable, split_link
from test_fold import WELCOME, view_of

Script = Callable[["Peer"], Awaitable[None]]
NOTE = {"type": "add_note", "board": 0, "area": 0, "text": "面談", "color": "yellow"}


class Peer:
    """The server's side of one connection, after the hello."""

    def __init__(self, socket: ServerConnection, hello: dict):
        self.socket, self.hello = socket, hello

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def welcome(self, seq: int = 10, resumed: bool = False, heartbeat_ms: int = 20_000) -> None:
        start = {"from": "resumed"} if resumed else {"from": "view", "view": view_of()}
        fields = {"position": {"epoch": 1, "seq": seq}, "start": start, "heartbeat_ms": heartbeat_ms}
        await self.socket.send(json.dumps(dict(WELCOME, **fields)))

    async def frame(self, start: int, end: int, *events: dict, acks: Any = (), rejections: Any = ()) -> None:
        await self.send("frame", **{"from": start}, to=end, events=events, acks=acks, rejections=rejections)

    async def submitted(self) -> dict:
        while True:
            frame = json.loads(await self.socket.recv())
            if frame["type"] == "submit":
                return frame

    async def goodbye(self, code: str, number: int, retry_after_ms: int = 0) -> None:
        retry = number < 4500
        await self.send("goodbye", code=code, number=number, retry=retry, retry_after_ms=retry_after_ms, detail="")
        await self.socket.close(number)

    async def stay(self) -> None:
        await self.socket.wait_closed()


class Lines(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        patch = mock.patch.multiple(engawa_client, BACKOFF_FIRST_S=0.02, RETRY_S=0.02)
        patch.start()
        self.addCleanup(patch.stop)

    async def against(self, *scripts: Script) -> Client:
        """A started client; each connection is played by the next script."""
        self.hellos: List[dict] = []
        self.waiting = list(scripts)

        async def play(socket: ServerConnection) -> None:
            try:
                hello = json.loads(await socket.recv())
                self.hellos.append(hello)
                await self.waiting.pop(0)(Peer(socket, hello))
            except ConnectionClosed:
                pass

        server = await serve(play, "127.0.0.1", 0)
        self.addAsyncCleanup(self.stop, server)
        port = next(iter(server.sockets)).getsockname()[1]
        self.client = Client(f"http://127.0.0.1:{port}", "AQED", proxy=None)
        self.addAsyncCleanup(self.client.close)
        await self.client.start()
        return self.client

    async def stop(self, server: Any) -> None:
        server.close()
        await server.wait_closed()

    async def test_fr1_a_gap_is_answered_by_a_fresh_start(self) -> None:
        async def gap(peer: Peer) -> None:
            await peer.welcome(10)
            await peer.frame(10, 12)
            await peer.frame(13, 14)
            await peer.stay()

        async def fresh(peer: Peer) -> None:
            await peer.welcome(14)
            await peer.stay()

        client = await self.against(gap, fresh)
        await client.until(lambda one: one.position == {"epoch": 1, "seq": 14})
        self.assertEqual([hello["resume"] for hello in self.hellos], [None, None])

    async def test_rs1_rs2_after_a_broken_line_the_client_resumes_and_sends_again(self) -> None:
        numbers: List[Any] = []

        async def breaks(peer: Peer) -> None:
            await peer.welcome(10)
            first, second = await peer.submitted(), await peer.submitted()
            ack = {"client_seq": first["client_seq"], "seq": 11, "created": 1}
            await peer.frame(10, 11, acks=[ack])
            numbers.append((first["client_seq"], second["client_seq"]))
            peer.socket.transport.abort()

        async def resumes(peer: Peer) -> None:
            await peer.welcome(11, resumed=True)
            again = await peer.submitted()
            numbers.append(again["client_seq"])
            await peer.frame(11, 12, acks=[{"client_seq": again["client_seq"], "seq": 12, "created": 2}])
            await peer.stay()

        client = await self.against(breaks, resumes)
        acks = await asyncio.gather(client.submit(NOTE), client.submit(NOTE))
        self.assertEqual([ack["created"] for ack in acks], [1, 2])
        self.assertEqual(numbers, [(1, 2), 2])
        self.assertEqual(self.hellos[1]["resume"], {"epoch": 1, "seq": 11})
        self.assertEqual(self.hellos[0]["device"], self.hellos[1]["device"])

    async def test_rs1_a_resume_at_another_position_is_not_believed(self) -> None:
        async def breaks(peer: Peer) -> None:
            await peer.welcome(10)
            peer.socket.transport.abort()

        async def elsewhere(peer: Peer) -> None:
            await peer.welcome(12, resumed=True)
            await peer.stay()

        async def fresh(peer: Peer) -> None:
            await peer.welcome(12)
            await peer.stay()

        client = await self.against(breaks, elsewhere, fresh)
        await client.until(lambda one: one.position is not None and one.position["seq"] == 12)
        self.assertIsNone(self.hellos[2]["resume"])

    async def test_cm4_what_is_not_final_is_sent_again_with_its_number(self) -> None:
        seen: List[int] = []

        async def busy(peer: Peer) -> None:
            await peer.welcome(10)
            for code in ("too_fast", "unavailable", "text_empty"):
                frame = await peer.submitted()
                seen.append(frame["client_seq"])
                rejection = {"code": code, "field": "text"}
                await peer.send("refused", rejections=[{"client_seq": frame["client_seq"], "rejection": rejection}])
            await peer.stay()

        client = await self.against(busy)
        with self.assertRaises(Rejected) as caught:
            await client.submit(NOTE)
        self.assertEqual((seen, caught.exception.code), ([1, 1, 1], "text_empty"))
        self.assertTrue(is_retryable({"code": "too_fast"}) and not is_retryable({"code": "already_so"}))

    async def test_cl2_goodbyes(self) -> None:
        async def restarts(peer: Peer) -> None:
            await peer.welcome(10)
            await peer.goodbye("restarting", 1012, 150)

        async def unknown(peer: Peer) -> None:
            await peer.welcome(10, resumed=True)
            await peer.goodbye("tired", 4444)

        async def revokes(peer: Peer) -> None:
            await peer.welcome(10, resumed=True)
            await peer.goodbye("link_revoked", 4504)

        loop = asyncio.get_running_loop()
        began = loop.time()
        client = await self.against(restarts, unknown, revokes)
        waiting = asyncio.ensure_future(client.submit(NOTE))
        with self.assertRaises(Closed) as caught:
            await client.until(lambda one: False)
        self.assertEqual((caught.exception.code, caught.exception.number), ("link_revoked", 4504))
        self.assertGreaterEqual(loop.time() - began, 0.15)
        self.assertEqual(len(self.hellos), 3)
        with self.assertRaises(Closed):
            await waiting

    async def test_fr6_silence_is_a_broken_line(self) -> None:
        async def silent(peer: Peer) -> None:
            await peer.welcome(10, heartbeat_ms=50)
            await peer.stay()

        async def resumes(peer: Peer) -> None:
            await peer.welcome(10, resumed=True)
            await peer.stay()

        client = await self.against(silent, resumes)
        await client.until(lambda one: one.welcomes == ["view", "resumed"])

    async def test_gn2_an_unknown_event_ends_a_client_that_is_too_old(self) -> None:
        async def newer(peer: Peer) -> None:
            await peer.welcome(10)
            await peer.frame(10, 11, {"type": "flown"})
            await peer.stay()

        client = await self.against(newer)
        with self.assertRaises(Closed) as caught:
            await client.until(lambda one: False)
        self.assertEqual(caught.exception.code, "client_too_old")

    async def test_ln1_links(self) -> None:
        self.assertEqual(split_link("https://engawa.example.jp/j#AQED"), ("https://engawa.example.jp", "AQED"))
        with self.assertRaises(ValueError):
            split_link("https://engawa.example.jp/")


if __name__ == "__main__":
    unittest.main()

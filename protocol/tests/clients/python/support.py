"""What the tests stand on: a real server in a temporary folder, a meeting with people, and the comparison of views."""

import asyncio
import copy
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from typing import Any, Dict, List, Optional

from engawa_client import Client, command_over_http, http, split_link

START_TIMEOUT_S = 30
STEP_TIMEOUT_S = 10
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


def _free_ports(count: int) -> List[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Server:
    """One `engawa serve` on loopback, with its data in a folder that goes with it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"
        port, internal = _free_ports(2)
        self.address = f"http://127.0.0.1:{port}"
        self.internal = f"http://127.0.0.1:{internal}"
        self.arguments = [
            os.environ["ENGAWA_BIN"], "serve",
            "--listen", f"127.0.0.1:{port}",
            "--internal-listen", f"127.0.0.1:{internal}",
            "--data-dir", str(self.data),
        ]
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+b")
        self.process: Optional[subprocess.Popen] = None
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.arguments, stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                urllib.request.urlopen(self.internal + "/readyz", timeout=1).close()
                return
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server did not start:\n{self.log_text()}") from None
                time.sleep(0.05)

    def kill(self) -> None:
        """Ends it as a power cut would, as far as a process can."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STEP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()
        self.folder.cleanup()

    def log_text(self) -> str:
        self.log.flush()
        return pathlib.Path(self.log.name).read_text("utf-8", "replace")

    def admin_key(self) -> str:
        return (self.data / "admin-key").read_text().strip()


class Watched:
    """A client, the views it had at every position, and what a fresh connection of the same token sees."""

    def __init__(self, address: str, token: str, **options: Any):
        self.views: Dict[int, str] = {}
        self.compared = 0
        self.client = Client(address, token, on_change=self._keep, proxy=None, **options)
        self._fresh_device = str(uuid.uuid4())

    def _keep(self, client: Client) -> None:
        self.views[client.position["seq"]] = json.dumps(client.view)

    async def fresh(self) -> Any:
        """Position and view of a new connection, as the welcome brings them."""
        seen: List[Any] = []
        client = Client(
            self.client.address, self.client.token, device=self._fresh_device, proxy=None,
            on_change=lambda one: seen.append((one.position["seq"], copy.deepcopy(one.view))),
        )
        try:
            await client.start(STEP_TIMEOUT_S)
            return seen[0]
        finally:
            await client.close()

    async def compare(self, test: Any) -> None:
        """FD1: the folded view equals the fresh one at the same position."""
        deadline = time.monotonic() + STEP_TIMEOUT_S
        while True:
            seq, view = await self.fresh()
            await self.client.until(lambda one: one.position["seq"] >= seq, STEP_TIMEOUT_S)
            if seq in self.views:
                test.maxDiff = 4000
                test.assertEqual(json.loads(self.views[seq]), view, f"at position {seq}")
                self.compared += 1
                return
            if time.monotonic() > deadline:  # A frame may pass over a position (FR1); then a later one.
                raise AssertionError(f"no frame ended at {seq}")

    async def compare_resumed(self, test: Any) -> None:
        """RS1: whoever comes back from any earlier position arrives at the same view."""
        await self.compare(test)
        last = max(self.views)
        for seq in list(self.views):
            late = Client(self.client.address, self.client.token, device=self._fresh_device, proxy=None)
            late.view = json.loads(self.views[seq])
            late.position = {"epoch": self.client.position["epoch"], "seq": seq}
            try:
                await late.start()
                await late.until(lambda one: bool(one.welcomes) and one.position["seq"] >= last)
                if late.position["seq"] == last:
                    test.assertEqual(late.view, json.loads(self.views[last]), f"from {seq} to {last}")
            finally:
                await late.close()


ROSTER = [
    ("弘前市", "青森県", "弘前市 担当A", "participant"),
    ("弘前市", "青森県", "弘前市 担当B", "participant"),
    ("松本市", "長野県", "松本市 担当A", "participant"),
    ("", None, "幹事 1", "facilitator"),
    ("", None, "事務局 B", "secretariat"),
]
A, B, FACILITATOR, SECRETARIAT = "弘前市 担当A", "松本市 担当A", "幹事 1", "事務局 B"
SECOND_OF_A = "弘前市 担当B"


class Meeting:
    """A meeting with a roster; clients come by their personal links."""

    def __init__(self, server: Server, created: dict):
        self.server = server
        self.short_code: str = created["short_code"]
        self.coordinator_link: str = created["link"]
        self.coordinator: Watched = None  # type: ignore[assignment]
        self.watched: List[Watched] = []
        self.links: dict = {}

    @classmethod
    async def create(cls, server: Server) -> "Meeting":
        body = {"title": "第4回研究会", "language": "ja", "coordinator": "事務局 A"}
        created = await http("POST", server.address + "/api/meetings", server.admin_key(), body)
        meeting = cls(server, created)
        token = created["token"]
        device = str(uuid.uuid4())
        rows = [dict(zip(("team", "region", "name", "role"), row), email=None) for row in ROSTER]
        roster = {"type": "import_roster", "rows": rows}
        await command_over_http(server.address, token, device, 1, roster)
        meeting.coordinator = meeting.watch(token, device=device, next_seq=2)
        await meeting.coordinator.client.start()
        await meeting.read_links()
        return meeting

    async def read_links(self) -> None:
        self.links = await http("GET", self.server.address + "/api/links", self.coordinator.client.token)

    def watch(self, token: str, **options: Any) -> Watched:
        watched = Watched(self.server.address, token, **options)
        self.watched.append(watched)
        return watched

    def personal_token(self, name: str) -> str:
        return split_link(next(one["link"] for one in self.links["personal"] if one["name"] == name))[1]

    def shared_link(self, role: str) -> str:
        return next(one["link"] for one in self.links["shared"] if one["role"] == role)

    def person(self, name: str) -> int:
        return next(one["person"] for one in self.links["personal"] if one["name"] == name)

    async def come(self, name: str) -> Watched:
        watched = self.watch(self.personal_token(name))
        await watched.client.start()
        return watched

    async def compare(self, test: Any) -> None:
        for watched in self.watched:
            await watched.compare(test)

    async def close(self) -> None:
        await asyncio.gather(*(watched.client.close() for watched in self.watched))


def dialogue(**changes: Any) -> dict:
    plan = {
        "kind": "dialogue", "title": "対話 1", "question": "進捗・課題は？", "duration_ms": 1_200_000,
        "grouping": {"by": "manual"}, "turn_ms": 90_000, "template": "four_steps", "authors": "shown",
        "countdown_ms": 60_000,
    }
    return dict(plan, **changes)

"""A client of the Engawa protocol, version 1, written from SPEC.md alone.

    joined = await join(link, name="弘前市 担当A")
    client = Client(joined.address, joined.token, device=joined.device, next_seq=joined.next_seq)
    await client.start()                      # hello, welcome, clock
    ack = await client.submit({"type": "add_note", "board": 0, "area": 0, "text": "面談", "color": "yellow"})
    client.view["plenary"]["notes"][str(ack["created"])]
    await client.close()

`Client` keeps `view` at `position`, comes back by itself after every end from which one may
come back (CL2), resumes (RS1) and sends again what has no outcome yet (RS2). One `Client` is one
device; everything runs on the event loop that called `start`.
"""

import asyncio
import json
import random
import time
import urllib.error
import urllib.request
import uuid
from collections import OrderedDict
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, Union

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from engawa_fold import UnknownTag, View, fold

PROTOCOL = {"oldest": 1, "newest": 1}
COMMANDS_PENDING_MAX = 64
CLIENT_FRAME_BYTES_MAX = 16_384
HTTP_TIMEOUT_S = 30
# What SPEC leaves to the client.
SERVER_FRAME_BYTES_MAX = 256 * 1024 * 1024
WELCOME_TIMEOUT_S = 20
CLOCK_PINGS = 5
BACKOFF_FIRST_S, BACKOFF_MAX_S = 1.0, 30.0
RETRY_S = 1.0


class Rejected(Exception):
    """The server's final no to a command; `rejection` is as on the wire."""

    def __init__(self, rejection: Dict[str, Any]):
        super().__init__(rejection["code"])
        self.rejection = rejection
        self.code: str = rejection["code"]


class Closed(Exception):
    """The connection has ended for good: a code from which one does not come back, or `close()`."""

    def __init__(self, code: str, number: Optional[int] = None, detail: str = ""):
        super().__init__(f"{code} ({number}) {detail}".strip())
        self.code, self.number, self.detail = code, number, detail


class HttpError(Exception):
    """An answer with a status of 400 or above (HT1)."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


class _Reconnect(Exception):
    """This connection is of no use any more; `resume` says whether the view still is."""

    def __init__(self, why: str, resume: bool = True):
        super().__init__(why)
        self.resume = resume


# HTTP


def _http(method: str, url: str, token: Optional[str], body: Optional[dict]) -> Any:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=HTTP_TIMEOUT_S) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            detail = json.loads(text)["error"]
            raise HttpError(error.code, detail["code"], detail["message"]) from None
        except (ValueError, KeyError, TypeError):
            raise HttpError(error.code, "", text[:200].decode("utf-8", "replace")) from None


async def http(method: str, url: str, token: Optional[str] = None, body: Optional[dict] = None) -> Any:
    """One HTTP request with a JSON body (HT1); raises `HttpError`."""
    return await asyncio.get_running_loop().run_in_executor(None, _http, method, url, token, body)


def split_link(link: str) -> Tuple[str, str]:
    """The public address and the token of a link (LN1)."""
    address, mark, token = link.partition("/j#")
    if not mark or not token:
        raise ValueError("not an Engawa link")
    return address, token


def is_retryable(rejection: Dict[str, Any]) -> bool:
    """Whether the same number is to be sent again after a second (CM4)."""
    return rejection["code"] in ("unavailable", "too_fast")


async def command_over_http(address: str, token: str, device: str, client_seq: int, command: dict) -> dict:
    """Sends a command that is too large for a frame (HT4). Returns seq and created, or raises `Rejected`."""
    body = {"device": device, "client_seq": client_seq, "command": command}
    while True:
        reply = await http("POST", address + "/api/commands", token, body)
        if reply["outcome"] == "accepted":
            return {"seq": reply["seq"], "created": reply["created"]}
        if not is_retryable(reply["rejection"]):
            raise Rejected(reply["rejection"])
        await asyncio.sleep(RETRY_S)


class Joined(NamedTuple):
    address: str
    person: int
    token: str
    device: str
    next_seq: int


async def join_options(link: Optional[str] = None, address: str = "", short_code: str = "") -> Tuple[str, dict]:
    """What one can join as, by a shared link, or by a server's address and a short code (HT2)."""
    if link is not None:
        address, token = split_link(link)
        return address, await http("POST", address + "/api/join/options", token, {})
    body = {"short_code": short_code}
    return address, await http("POST", address + "/api/join/options", None, body)


async def join(
    link: Optional[str] = None,
    address: str = "",
    short_code: str = "",
    name: str = "",
    team: Optional[str] = None,
    listed: bool = False,
    device: Optional[str] = None,
    client_seq: int = 1,
) -> Joined:
    """Comes in by a shared link or a short code (HT3), with a new name or (`listed`) one of the roster.

    `team` is the team's name. The joining takes a number of the device: go on with `next_seq`.
    """
    device = device or str(uuid.uuid4())
    address, options = await join_options(link, address, short_code)
    team_id = next((one["id"] for one in options["teams"] if one["name"] == team), None)
    if team is not None and team_id is None:
        raise ValueError("no such team")
    if listed:
        wanted = (name, team_id)
        people = [one["person"] for one in options["people"] if (one["name"], one["team"]) == wanted]
        if len(people) != 1:
            raise ValueError("no such name, or more than one")
        choice: Dict[str, Any] = {"by": "listed", "person": people[0]}
    else:
        choice = {"by": "named", "name": name, "team": team_id}
    body = {"device": device, "client_seq": client_seq, "join": choice}
    joined = await http("POST", address + "/api/join", options["token"], body)
    return Joined(address, joined["person"], joined["token"], device, client_seq + 1)


# The connection


class _Pending:
    def __init__(self, command: dict, outcome: "asyncio.Future[dict]"):
        self.command, self.outcome = command, outcome


class Client:
    """One device in one meeting. See the head of this module."""

    def __init__(
        self,
        address: str,
        token: str,
        device: Optional[str] = None,
        next_seq: int = 1,
        on_change: Optional[Callable[["Client"], None]] = None,
        proxy: Union[str, bool, None] = True,
    ):
        """`address` is the public address (http or https). `on_change` is called after every
        welcome and every folded frame; it must not keep `view` without copying it. A device that
        was used before must be given with the number that comes after its last (CM1)."""
        self.address = address.rstrip("/")
        self.token = token
        self.device = device or str(uuid.uuid4())
        self.view: Optional[View] = None
        self.position: Optional[Dict[str, int]] = None
        self.online: set = set()
        self.protocol: Optional[int] = None
        self.meeting: Optional[str] = None
        self.offset_ms: Optional[float] = None
        self.welcomes: List[str] = []
        self.gestures: Optional[Callable[[dict], None]] = None
        self.closed: Optional[Closed] = None
        self._next_seq = next_seq
        self._on_change = on_change
        self._proxy = proxy
        self._pending: "OrderedDict[int, _Pending]" = OrderedDict()
        self._room = asyncio.Semaphore(COMMANDS_PENDING_MAX)
        self._changed = asyncio.Condition()
        self._socket: Any = None
        self._task: Optional["asyncio.Task[None]"] = None
        self._goodbye: Optional[dict] = None
        self._best_ping_ms = float("inf")
        self._heartbeat_s = 20.0
        self._retries: set = set()

    # What callers use

    async def start(self, timeout_s: float = 30) -> None:
        """Connects and waits for the first welcome; raises `Closed` when refused for good."""
        self._task = asyncio.ensure_future(self._run())
        await self.until(lambda client: client.view is not None, timeout_s)

    async def submit(self, command: dict) -> dict:
        """Sends a command. Returns its ack, after the frame that holds it is folded (FR4); raises
        `Rejected`, or `Closed` when the outcome can not be learned any more."""
        frame = self._submit_frame(self._next_seq, command)
        if len(frame.encode()) > CLIENT_FRAME_BYTES_MAX:
            raise ValueError("too large for a frame: send it by HTTP (CM10)")
        await self._room.acquire()
        try:
            if self.closed is not None:
                raise self.closed
            number, self._next_seq = self._next_seq, self._next_seq + 1
            pending = _Pending(command, asyncio.get_running_loop().create_future())
            self._pending[number] = pending
            await self._send(self._submit_frame(number, command))
            return await pending.outcome
        finally:
            self._room.release()

    async def gesture(self, board: int, doing: dict) -> None:
        """Shows what one is about to do (PR2); lost when not connected."""
        await self._send(json.dumps({"type": "gesture", "board": board, "doing": doing}))

    async def until(self, condition: Callable[["Client"], bool], timeout_s: float = 10) -> None:
        """Waits until a condition on this client holds; raises `Closed` or `asyncio.TimeoutError`."""

        def over() -> bool:
            return self.closed is not None or condition(self)

        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(over), timeout_s)
        if not condition(self) and self.closed is not None:
            raise self.closed

    def server_now_ms(self) -> int:
        """The server's clock (FR7)."""
        return round(time.time() * 1000 + (self.offset_ms or 0))

    def break_line(self) -> None:
        """Tears the connection, as a bad line would; the client comes back by itself. For tests."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def close(self) -> None:
        """Ends the connection for good."""
        await self._end(Closed("closed_by_client"))
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # Coming and going

    async def _run(self) -> None:
        failures = 0
        while self.closed is None:
            self._goodbye = None
            welcomes = len(self.welcomes)
            number: Optional[int] = None
            try:
                await self._connection()
            except ConnectionClosed as error:
                number = error.rcvd.code if error.rcvd is not None else None
            except InvalidStatus as error:
                if error.response.status_code == 403:  # HS1
                    await self._end(Closed("origin_refused", 403))
            except _Reconnect as reason:
                if not reason.resume:
                    self.view = self.position = None
            except UnknownTag as error:  # GN2
                await self._end(Closed("client_too_old", None, str(error)))
            except (OSError, WebSocketException, asyncio.TimeoutError):
                pass
            finally:
                self._socket = None
            failures = 0 if len(self.welcomes) > welcomes else failures + 1
            await self._pause(number, failures)

    async def _pause(self, number: Optional[int], failures: int) -> None:
        """Waits as CL2 says before coming back, or ends for good."""
        goodbye = self._goodbye or {}
        number = goodbye.get("number", number)
        if number is not None and 4500 <= number <= 4999:
            await self._end(Closed(goodbye.get("code", ""), number, goodbye.get("detail", "")))
        if self.closed is None:
            grown = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2**failures)
            delay_s = grown * random.uniform(0.5, 1)
            if "retry_after_ms" in goodbye and failures == 0:
                delay_s = goodbye["retry_after_ms"] / 1000
            elif "retry_after_ms" in goodbye:
                delay_s = max(delay_s, goodbye["retry_after_ms"] / 1000)
            await asyncio.sleep(delay_s)

    async def _end(self, why: Closed) -> None:
        if self.closed is None:
            self.closed = why
        if self._socket is not None:
            await self._socket.close()
        for pending in self._pending.values():
            if not pending.outcome.done():
                pending.outcome.set_exception(self.closed)
        self._pending.clear()
        await self._tell()

    async def _connection(self) -> None:
        url = "ws" + self.address[len("http") :] + "/ws"
        options = {"max_size": SERVER_FRAME_BYTES_MAX, "ping_interval": None, "proxy": self._proxy}
        async with connect(url, **options) as socket:
            hello = {
                "type": "hello",
                "protocol": PROTOCOL,
                "token": self.token,
                "device": self.device,
                "resume": self.position if self.view is not None else None,
            }
            await socket.send(json.dumps(hello))
            welcome = False
            pings: Optional["asyncio.Task[None]"] = None
            try:
                while True:
                    patience_s = 2 * self._heartbeat_s if welcome else WELCOME_TIMEOUT_S  # FR6
                    text = await asyncio.wait_for(socket.recv(), patience_s)
                    frame = json.loads(text)
                    if frame["type"] == "welcome":
                        self._welcomed(frame)
                        welcome = True
                        self._socket = socket  # not before: `HELLO_BYTES_MAX` binds until the welcome
                        await self._resend()
                        pings = asyncio.ensure_future(self._ping())
                    else:
                        self._heard(frame)
                    await self._tell()
            finally:
                if pings is not None:
                    pings.cancel()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _send(self, text: str) -> None:
        """Sends when there is a line; what must arrive is sent again after the next welcome."""
        if self._socket is not None:
            try:
                await self._socket.send(text)
            except (ConnectionClosed, OSError):
                pass

    @staticmethod
    def _submit_frame(number: int, command: dict) -> str:
        return json.dumps({"type": "submit", "client_seq": number, "command": command}, ensure_ascii=False)

    async def _resend(self) -> None:
        """RS2: everything without an outcome, in order and with its old number."""
        for number, pending in list(self._pending.items()):
            await self._send(self._submit_frame(number, pending.command))

    async def _ping(self) -> None:
        """Learns the server's clock by a few pings, then keeps the line from falling silent (FR6, FR7)."""
        self._best_ping_ms = float("inf")
        sent = 0
        while True:
            await self._send(json.dumps({"type": "ping", "client_time": round(time.time() * 1000)}))
            sent += 1
            await asyncio.sleep(0.2 if sent < CLOCK_PINGS else self._heartbeat_s)

    # What the server says

    def _welcomed(self, frame: dict) -> None:
        if not PROTOCOL["oldest"] <= frame["protocol"] <= PROTOCOL["newest"]:
            raise UnknownTag(f"protocol {frame['protocol']}")
        self.protocol = frame["protocol"]
        self.meeting = frame["meeting"]
        self._heartbeat_s = frame["heartbeat_ms"] / 1000
        start = frame["start"]
        if start["from"] == "view":
            self.view = start["view"]
        elif start["from"] != "resumed":
            raise UnknownTag(start["from"])
        elif self.view is None or frame["position"] != self.position:
            raise _Reconnect("resumed at another position than named", resume=False)
        self.position = frame["position"]
        self.welcomes.append(start["from"])
        self.online = set()
        self._announce_change()

    def _heard(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "frame":
            self._frame(frame)
        elif kind == "refused":
            self._outcomes([], frame["rejections"])
        elif kind == "presence":
            base = set() if frame["full"] else self.online
            self.online = (base | set(frame["online"])) - set(frame["offline"])
        elif kind == "gestured":
            if self.gestures is not None:
                self.gestures(frame)
        elif kind == "pong":
            self._pong(frame)
        elif kind == "goodbye":
            self._goodbye = frame
        else:
            raise UnknownTag(kind)

    def _frame(self, frame: dict) -> None:
        if self.view is None or self.position is None or frame["from"] != self.position["seq"]:
            raise _Reconnect("gap", resume=False)  # FR1
        self.view = fold(self.view, frame["events"])
        self.position = {"epoch": self.position["epoch"], "seq": frame["to"]}
        self._outcomes(frame["acks"], frame["rejections"])
        self._announce_change()

    def _outcomes(self, acks: List[dict], rejections: List[dict]) -> None:
        for ack in acks:
            pending = self._pending.pop(ack["client_seq"], None)
            if pending is not None and not pending.outcome.done():
                pending.outcome.set_result(ack)
        for rejected in rejections:
            number, rejection = rejected["client_seq"], rejected["rejection"]
            if is_retryable(rejection):
                self._retry_later(number)
                continue
            pending = self._pending.pop(number, None)
            if pending is not None and not pending.outcome.done():
                pending.outcome.set_exception(Rejected(rejection))

    def _retry_later(self, number: int) -> None:
        async def retry() -> None:
            await asyncio.sleep(RETRY_S)
            if number in self._pending:
                await self._send(self._submit_frame(number, self._pending[number].command))

        task = asyncio.ensure_future(retry())
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)

    def _pong(self, frame: dict) -> None:
        if frame["client_time"] is None:
            return
        now = time.time() * 1000
        way_ms = now - frame["client_time"]
        if 0 <= way_ms < self._best_ping_ms:
            self._best_ping_ms = way_ms
            self.offset_ms = frame["server_time"] - (frame["client_time"] + now) / 2

    def _announce_change(self) -> None:
        if self._on_change is not None:
            self._on_change(self)

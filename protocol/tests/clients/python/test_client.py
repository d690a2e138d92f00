"""Three clients and a real server: what SPEC.md promises, seen from another language.

After every step the folded view of every client is compared with what a new connection of the
same token is given (FD1). Needs ENGAWA_BIN; see README.md.
"""

import asyncio
import json
import os
import time
import unittest
import uuid
from typing import Any, List

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from engawa_client import Client, Closed, HttpError, Rejected, command_over_http, http, join, join_options, split_link
from engawa_ledger import check_ledger, header_hash, line_hash, tally
from support import A, B, FACILITATOR, SECOND_OF_A, SECRETARIAT, STEP_TIMEOUT_S, Meeting, Server, Watched, dialogue

SERVER: Server


def setUpModule() -> None:
    global SERVER
    if "ENGAWA_BIN" not in os.environ:
        raise unittest.SkipTest("ENGAWA_BIN names no server binary")
    SERVER = Server()


def tearDownModule() -> None:
    SERVER.stop()


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.meeting = await Meeting.create(SERVER)
        self.coordinator = self.meeting.coordinator

    async def asyncTearDown(self) -> None:
        await self.meeting.close()

    async def do(self, who: Watched, kind: str, **fields: Any) -> dict:
        """Submits, then compares everybody's view."""
        ack = await asyncio.wait_for(who.client.submit({"type": kind, **fields}), STEP_TIMEOUT_S)
        self.assertGreaterEqual(who.client.position["seq"], ack["seq"], "FR4")
        await self.meeting.compare(self)
        return ack

    async def refuse(self, who: Watched, kind: str, **fields: Any) -> dict:
        """Submits what must be rejected, and sees that nothing has changed by it (CM4)."""
        before = json.dumps(who.client.view)
        with self.assertRaises(Rejected) as caught:
            await asyncio.wait_for(who.client.submit({"type": kind, **fields}), STEP_TIMEOUT_S)
        self.assertEqual(json.dumps(who.client.view), before)
        return caught.exception.rejection

    async def open_dialogue(self, **plan: Any) -> int:
        """A round with one room of A and B; returns the room."""
        self.a, self.b = await self.meeting.come(A), await self.meeting.come(B)
        self.facilitator = self.meeting.person(FACILITATOR)
        members = [self.meeting.person(A), self.meeting.person(B)]
        ack = await self.do(self.coordinator, "add_round", plan=dialogue(**plan), before=None)
        self.round = ack["created"]
        rooms = [{"name": "", "facilitator": self.facilitator, "members": members}]
        await self.do(self.coordinator, "set_grouping", round=self.round, rooms=rooms)
        await self.do(self.coordinator, "open_round", round=self.round)
        seat = self.a.client.view["seat"]
        self.assertEqual(seat["room"]["members"], members)
        return seat["room"]["id"]

    async def note(self, who: Watched, board: int, text: str, area: int = 0) -> int:
        ack = await self.do(who, "add_note", board=board, area=area, text=text, color="yellow")
        return ack["created"]


def notes(who: Watched) -> dict:
    return who.client.view["seat"]["board"]["notes"]


class Dialogue(Case):
    async def test_notes_marks_conflicts_and_clusters(self) -> None:
        observer = await join(self.meeting.shared_link("observer"), name="見学 1")
        screen = split_link(self.meeting.shared_link("screen"))[1]
        watching = self.meeting.watch(observer.token, device=observer.device, next_seq=observer.next_seq)
        for watched in (watching, self.meeting.watch(screen), await self.meeting.come(FACILITATOR)):
            if watched.client.view is None:
                await watched.client.start()
        room = await self.open_dialogue()
        await self.do(self.coordinator, "visit_room", room=room)
        first = await self.note(self.a, room, "評価の面談が\n形だけになっている")
        second = await self.note(self.b, room, "👨‍👩‍👧‍👦 が参加")
        self.assertEqual(notes(self.b)[str(first)]["author"]["is"], "shown")
        self.assertEqual(notes(self.a)[str(first)]["author"]["author"]["person"], self.meeting.person(A))
        edit = {"board": room, "note": first, "base_version": 1, "color": "blue"}
        await self.do(self.a, "edit_note", text="面談が形だけ", **edit)
        conflict = await self.refuse(self.a, "edit_note", text="面談の時間が短い", **edit)
        self.assertEqual(conflict["code"], "note_conflict")
        self.assertEqual(conflict["current_text"], "面談が形だけ")
        self.assertEqual(conflict["your_text"], "面談の時間が短い")
        await self.do(
            self.a, "edit_note", board=room, note=first, text="面談の時間が短い", color="blue",
            base_version=conflict["current_version"],
        )
        await self.do(self.b, "mark_note", board=room, note=first)
        self.assertTrue(notes(self.b)[str(first)]["marked"])
        self.assertFalse(notes(self.a)[str(first)]["marked"])
        self.assertEqual(notes(self.a)[str(first)]["marks"], 1)
        await self.do(self.b, "unmark_note", board=room, note=first)
        await self.do(self.b, "mark_note", board=room, note=first)
        await self.do(self.a, "move_note", board=room, note=second, area=0, before=first)
        await self.do(self.a, "move_note", board=room, note=second, area=2, before=None)
        cluster = await self.do(self.a, "create_cluster", board=room, name="面談", notes=[first, second])
        await self.do(self.b, "rename_cluster", board=room, cluster=cluster["created"], name="面談のあり方")
        await self.do(self.b, "set_cluster", board=room, note=first, cluster=None)
        await self.do(self.b, "delete_note", board=room, note=second)
        self.assertEqual(self.a.client.view["seat"]["board"]["clusters"], {})
        await self.do(self.b, "restore_note", board=room, note=second)
        await self.do(self.coordinator, "harvest_note", board=room, note=first, area=None)
        await self.do(self.coordinator, "rename_room", room=room, name="幹事 1 の部屋")
        plenary = self.b.client.view["plenary"]["notes"]
        self.assertEqual([note["source"]["name"] for note in plenary.values()], ["幹事 1 の部屋"])
        person = self.meeting.person(A)
        team = self.a.client.view["me"]["team"]
        await self.do(
            self.coordinator, "edit_person", person=person, name="弘前市 担当C", team=team,
            role="participant", email=None,
        )
        self.assertEqual(notes(self.b)[str(first)]["author"]["author"]["name"], "弘前市 担当C")
        await self.do(self.coordinator, "visit_room", room=None)
        for watched in self.meeting.watched:
            await watched.compare_resumed(self)

    async def test_silent_writing_and_reveal(self) -> None:
        for authors in ("shown", "hidden"):
            with self.subTest(authors=authors):
                await self.meeting.close()
                self.meeting = await Meeting.create(SERVER)
                self.coordinator = self.meeting.coordinator
                room = await self.open_dialogue(authors=authors)
                before = await self.note(self.a, room, "沈黙の前")
                await self.do(self.a, "create_cluster", board=room, name="", notes=[before])
                await self.do(self.coordinator, "start_silent_writing", boards=[])
                mine = await self.note(self.a, room, "A が書く")
                theirs = await self.note(self.b, room, "B が書く")
                self.assertEqual(set(notes(self.a)), {str(before), str(mine)})
                self.assertEqual(set(notes(self.b)), {str(theirs)})
                await self.do(self.coordinator, "reveal_board", boards=[room])
                self.assertEqual(set(notes(self.b)), {str(before), str(mine), str(theirs)})
                self.assertEqual(notes(self.b)[str(mine)]["author"]["is"], authors)
                own = notes(self.a)[str(mine)]["author"]["is"]
                self.assertEqual(own, "me" if authors == "hidden" else "shown")

    async def test_turns_help_people_and_the_rounds_clock(self) -> None:
        room = await self.open_dialogue()
        a, b = self.meeting.person(A), self.meeting.person(B)
        await self.do(self.a, "start_turns", room=room, first=None)
        state = self.b.client.view["seat"]["turns"]["state"]
        self.assertEqual((state["state"], state["person"]), ("speaking", a))
        await self.do(self.a, "pass_turn", room=room, **{"from": a}, to=None)
        late = await self.refuse(self.b, "pass_turn", room=room, **{"from": a}, to=None)
        self.assertEqual(late["code"], "turn_already_passed")
        self.assertEqual(self.a.client.view["seat"]["turns"]["state"]["person"], b)
        await self.do(self.coordinator, "pause_round", round=self.round)
        self.assertEqual(self.a.client.view["seat"]["turns"]["state"]["state"], "paused")
        await self.do(self.coordinator, "resume_round", round=self.round)
        await self.do(self.a, "stop_turns", room=room)
        await self.do(self.a, "call_help", room=room)
        await self.do(self.coordinator, "claim_help", room=room)
        self.assertEqual(self.b.client.view["seat"]["room"]["help"]["state"], "claimed")
        await self.do(self.coordinator, "clear_help", room=room)
        other = await self.do(self.coordinator, "add_room", round=self.round, name="二つ目")
        await self.do(self.coordinator, "move_people", people=[b], to=other["created"])
        self.assertEqual(self.b.client.view["seat"]["room"]["id"], other["created"])
        self.assertNotIn(str(b), self.a.client.view["seat"]["people"])
        await self.do(self.coordinator, "set_facilitator", room=room, person=None)
        await self.do(self.coordinator, "move_people", people=[b], to=room)
        await self.do(self.coordinator, "remove_room", room=other["created"])
        await self.do(self.coordinator, "add_time", round=self.round, delta_ms=60_000)
        await self.do(self.coordinator, "close_round", round=self.round, countdown_ms=30_000)
        await self.do(self.coordinator, "end_round", round=self.round)
        self.assertEqual(self.a.client.view["rounds"][0]["phase"]["phase"], "ended")
        await self.do(self.coordinator, "reopen_round", round=self.round)
        self.assertEqual(self.a.client.view["rounds"][0]["phase"]["phase"], "open")
        for watched in self.meeting.watched:
            await watched.compare_resumed(self)

    async def test_fd8_areas_by_template(self) -> None:
        areas = {"free": 1, "four_steps": 4, "kpt": 3, "now_ideal_step": 3, "nine_squares": 81, "affinity": 1}
        for template, count in areas.items():
            with self.subTest(template=template):
                plan = dialogue(template=template, grouping={"by": "team"})
                number = (await self.do(self.coordinator, "add_round", plan=plan, before=None))["created"]
                await self.do(self.coordinator, "open_round", round=number)
                rooms = self.coordinator.client.view["rooms"].values()
                room = next(room["id"] for room in rooms if room["round"] == number)
                await self.do(self.coordinator, "visit_room", room=room)
                note = {"board": room, "text": "端", "color": "white"}
                await self.do(self.coordinator, "add_note", area=count - 1, **note)
                beyond = await self.refuse(self.coordinator, "add_note", area=count, **note)
                self.assertEqual(beyond, {"code": "not_found", "entity": "area"})
                await self.do(self.coordinator, "end_round", round=number)

    async def test_voices(self) -> None:
        await self.open_dialogue()
        made = await self.do(self.coordinator, "announce", text="あと5分で全体に戻ります")
        await self.do(self.a, "read_announcement", announcement=made["created"])
        self.assertEqual(self.coordinator.client.view["announcements"][str(made["created"])]["readers"], 1)
        await self.do(self.coordinator, "withdraw_announcement", announcement=made["created"])
        await self.do(self.a, "give_pulse", value=60, word="霧の中")
        await self.do(self.b, "give_pulse", value=5, word="霧の中")
        await self.do(self.a, "give_pulse", value=40, word=None)
        pulse = self.coordinator.client.view["pulses"][str(self.round)]
        self.assertEqual((pulse["count"], pulse["sum"], pulse["words"]), (2, 45, {"霧の中": 1}))
        questions = [
            {"text": "満足度", "kind": {"kind": "scale", "steps": 5}},
            {"text": "形式", "kind": {"kind": "choice", "options": ["対面", "オンライン"]}},
            {"text": "次に話したいこと", "kind": {"kind": "text"}},
        ]
        await self.do(self.coordinator, "set_questionnaire", questions=questions)
        self.assertEqual(self.a.client.view["questionnaire"]["questions"], [])
        await self.do(self.coordinator, "open_questionnaire")
        ids = [str(one["id"]) for one in self.a.client.view["questionnaire"]["questions"]]
        answers = {ids[0]: {"kind": "scale", "value": 4}, ids[2]: {"kind": "text", "text": "任用のこと"}}
        await self.do(self.a, "answer_questionnaire", answers=answers)
        self.assertEqual(self.coordinator.client.view["questionnaire"]["results"]["people"], 1)
        await self.do(self.coordinator, "close_questionnaire")
        team = await self.do(self.coordinator, "add_team", name="別府市", region=None)
        person = await self.do(
            self.coordinator, "add_person", name="別府市 担当A", team=team["created"], role="participant", email=None
        )
        await self.do(self.coordinator, "remove_person", person=person["created"])
        await self.do(self.coordinator, "remove_team", team=team["created"])
        await self.do(self.coordinator, "edit_meeting", title="第5回研究会", language=None)
        for watched in self.meeting.watched:
            await watched.compare_resumed(self)


class Vote(Case):
    async def test_a_vote_from_posters_to_the_reveal(self) -> None:
        a, b = await self.meeting.come(A), await self.meeting.come(B)
        secretariat = await self.meeting.come(SECRETARIAT)
        posters = {}
        for who in (a, b):
            team = who.client.view["me"]["team"]
            ack = await self.do(
                self.coordinator, "add_poster", team=team, title="対話でつくる人事方針", summary="", file=None
            )
            posters[who] = ack["created"]
        await self.do(a, "set_interest", poster=posters[b], interested=True)
        await self.do(a, "add_comment", poster=posters[b], text="面談の記録の仕方を持ち帰ります")
        await self.do(self.coordinator, "share_feedback")
        self.assertEqual(len(b.client.view["posters"][str(posters[b])]["comments"]), 1)
        await self.do(self.coordinator, "withdraw_poster", poster=posters[b])
        self.assertNotIn(str(posters[b]), a.client.view["posters"])
        await self.do(self.coordinator, "restore_poster", poster=posters[b])
        rules = {
            "voters": "persons", "choices_max": 1, "own_team_allowed": False,
            "tally_display": "secretariat", "opens_at": None, "closes_at": None,
        }
        await self.do(secretariat, "set_vote_rules", rules=rules)
        await self.do(secretariat, "open_vote")
        own = await self.refuse(a, "cast_ballot", choices=[posters[a]])
        self.assertEqual(own["code"], "own_team_chosen")
        await self.do(a, "cast_ballot", choices=[posters[b]])
        await self.do(b, "cast_ballot", choices=[posters[a]])
        await self.do(a, "withdraw_ballot")
        await self.do(a, "cast_ballot", choices=[posters[b]])
        self.assertIsNone(a.client.view["vote"]["tally"])
        self.assertEqual(a.client.view["vote"]["turnout"]["persons_voted"], 2)
        self.assertEqual(secretariat.client.view["vote"]["tally"][str(posters[b])], 1)
        ballots = sorted((who.client.view["vote"]["ballot"] for who in (a, b)), key=lambda one: one["receipt"])
        await self.do(secretariat, "close_vote")
        self.assertTrue(a.client.view["vote"]["voted"])
        await self.do(secretariat, "recount_vote")
        self.assertTrue(secretariat.client.view["vote"]["recount"]["matches"])
        standings = secretariat.client.view["vote"]["standings"]
        self.assertEqual([(one["place"], one["tied"], one["votes"]) for one in standings], [(1, True, 1)] * 2)
        await self.do(secretariat, "start_reveal", order={"order": "top_three_last"})
        while a.client.view["vote"]["reveal"]["next_place"] is not None:
            await self.do(secretariat, "reveal_next")
        self.assertEqual(len(a.client.view["vote"]["reveal"]["revealed"]), 2)
        await self.do(secretariat, "publish_standings", scope="own_place")
        await self.do(secretariat, "publish_standings", scope="everyone")
        for watched in self.meeting.watched:
            await watched.compare_resumed(self)
        await self.check_ledger(secretariat, [ballot["receipt"] for ballot in ballots])

    async def test_vt9_whoever_knows_the_ballots_can_make_the_ledgers_hash(self) -> None:
        a, b = await self.meeting.come(A), await self.meeting.come(B)
        posters = []
        for who in (a, b):
            team = who.client.view["me"]["team"]
            ack = await self.do(self.coordinator, "add_poster", team=team, title="対話", summary="", file=None)
            posters.append(ack["created"])
        secretariat = await self.meeting.come(SECRETARIAT)
        await self.do(secretariat, "open_vote")
        await self.do(a, "cast_ballot", choices=[posters[1]])
        await self.do(b, "cast_ballot", choices=[posters[0]])
        ballots = sorted((who.client.view["vote"]["ballot"] for who in (a, b)), key=lambda one: one["receipt"])
        await self.do(secretariat, "close_vote")
        vote = a.client.view["vote"]
        chained = header_hash(vote["rules"], vote["candidates"], vote["phase"]["closed_at"])
        for number, ballot in enumerate(ballots, start=1):
            chained = line_hash(chained, number, ballot["receipt"], ballot["choices"])
        self.assertEqual(chained, vote["phase"]["ledger_hash"])

    async def check_ledger(self, secretariat: Watched, receipts: List[str]) -> None:
        """VT9, if the server hands the ledger out."""
        client = secretariat.client
        try:
            ledger = await http("GET", client.address + "/api/ledger", client.token)
        except HttpError as error:
            if error.status == 404:
                self.skipTest("this server hands out no ledger")
            raise
        self.assertEqual(check_ledger(ledger, client.view["vote"]["phase"]["ledger_hash"]), [])
        shown = {standing["poster"]: standing["votes"] for standing in client.view["vote"]["standings"]}
        self.assertEqual(tally(ledger), shown)
        self.assertEqual(sorted(receipts), [line["receipt"] for line in ledger["lines"]])


class Lines(Case):
    async def test_rs1_rs2_a_broken_line_is_resumed_and_nothing_is_lost_or_done_twice(self) -> None:
        room = await self.open_dialogue()
        for round_number in range(3):
            self.a.client.break_line()
            texts = [f"切れた線 {round_number}-{n}" for n in range(5)]
            command = {"type": "add_note", "board": room, "area": 0, "color": "pink"}
            sent = [asyncio.ensure_future(self.a.client.submit(dict(command, text=text))) for text in texts]
            await self.note(self.b, room, f"その間に {round_number}") if round_number == 0 else None
            acks = await asyncio.wait_for(asyncio.gather(*sent), 30)
            self.assertEqual([ack["seq"] for ack in acks], sorted(ack["seq"] for ack in acks))
            await self.meeting.compare(self)
        self.assertEqual(self.a.client.welcomes, ["view", "resumed", "resumed", "resumed"])
        written = sorted(note["text"] for note in notes(self.b).values())
        self.assertEqual(len(written), len(set(written)))
        self.assertEqual(len(written), 16)

    async def test_cm2_the_same_number_gets_the_same_outcome_on_every_way(self) -> None:
        room = await self.open_dialogue()
        command = {"type": "add_note", "board": room, "area": 0, "text": "一度だけ", "color": "yellow"}
        number = self.a.client._next_seq
        ack = await self.a.client.submit(command)
        again = await command_over_http(SERVER.address, self.a.client.token, self.a.client.device, number, command)
        self.assertEqual(again, {"seq": ack["seq"], "created": ack["created"]})
        wrong = {"type": "edit_note", "board": room, "note": 999, "base_version": 1, "text": "x", "color": "blue"}
        number = self.a.client._next_seq
        self.assertEqual((await self.refuse(self.a, **{"kind": "edit_note", **without_type(wrong)}))["code"], "not_found")
        with self.assertRaises(Rejected) as caught:
            await command_over_http(SERVER.address, self.a.client.token, self.a.client.device, number, wrong)
        self.assertEqual(caught.exception.code, "not_found")
        self.assertEqual([note["text"] for note in notes(self.b).values()], ["一度だけ"])

    async def test_cm7_a_burst_is_taken_in_order(self) -> None:
        room = await self.open_dialogue()
        command = {"type": "add_note", "board": room, "area": 0, "color": "pink"}
        sent = [self.a.client.submit(dict(command, text=str(n))) for n in range(60)]
        acks = await asyncio.wait_for(asyncio.gather(*sent), 60)
        self.assertEqual([ack["seq"] for ack in acks], sorted(ack["seq"] for ack in acks))
        await self.meeting.compare(self)

    async def test_fr7_the_servers_clock(self) -> None:
        await self.coordinator.client.until(lambda client: client.offset_ms is not None)
        self.assertLess(abs(self.coordinator.client.offset_ms), 1000)

    async def test_pr_presence_and_gestures(self) -> None:
        room = await self.open_dialogue()
        a, b = self.meeting.person(A), self.meeting.person(B)
        await self.coordinator.client.until(lambda client: {a, b} <= client.online)
        seen: List[dict] = []
        self.b.client.gestures = seen.append
        deadline = time.monotonic() + STEP_TIMEOUT_S
        while not seen and time.monotonic() < deadline:  # A gesture is without a promise (PR2).
            await self.a.client.gesture(room, {"is": "typing"})
            await asyncio.sleep(0.2)
        self.assertEqual((seen[0]["person"], seen[0]["board"], seen[0]["doing"]), (a, room, {"is": "typing"}))
        await self.a.client.close()
        await self.coordinator.client.until(lambda client: a not in client.online)

    async def test_a_killed_server_comes_back_with_all_it_acknowledged(self) -> None:
        room = await self.open_dialogue()
        number = await self.note(self.a, room, "残る")
        SERVER.kill()
        later = asyncio.ensure_future(self.note_only(room, "止まっている間に"))
        SERVER.start()
        await asyncio.wait_for(later, 60)
        await self.b.client.until(lambda client: len(client.welcomes) > 1, 60)
        await self.coordinator.client.until(lambda client: len(client.welcomes) > 1, 60)
        await self.meeting.compare(self)
        self.assertIn(str(number), notes(self.b))
        self.assertEqual(len(notes(self.b)), 2)

    async def note_only(self, room: int, text: str) -> dict:
        command = {"type": "add_note", "board": room, "area": 0, "text": text, "color": "yellow"}
        return await self.a.client.submit(command)


def without_type(command: dict) -> dict:
    return {key: value for key, value in command.items() if key != "type"}


class ComingIn(Case):
    async def test_ht2_ht3_by_shared_link_and_short_code(self) -> None:
        link = self.meeting.shared_link("participant")
        listed = await join(link, name=A, team="弘前市", listed=True)
        self.assertEqual(listed.person, self.meeting.person(A))
        again = await join(link, name=A, team="弘前市", listed=True, device=listed.device)
        self.assertEqual((again.person, again.token), (listed.person, listed.token))
        with self.assertRaises(HttpError) as caught:
            await join(link, name=A, team="弘前市", listed=True)
        self.assertEqual((caught.exception.status, caught.exception.code), (409, "name_taken"))
        await self.do(self.coordinator, "release_person", person=listed.person)
        other = await join(link, name=A, team="弘前市", listed=True)
        self.assertEqual(other.person, listed.person)
        _, options = await join_options(address=SERVER.address, short_code=self.meeting.short_code)
        self.assertEqual((options["role"], options["title"]), ("participant", "第4回研究会"))
        named = await join(address=SERVER.address, short_code=self.meeting.short_code, name="飛び入り", team="松本市")
        watched = self.meeting.watch(named.token, device=named.device, next_seq=named.next_seq)
        await watched.client.start()
        self.assertEqual(watched.client.view["me"]["person"], named.person)
        await self.do(watched, "add_comment", poster=1, text="x") if watched.client.view["posters"] else None
        await self.meeting.compare(self)

    async def test_ln_links_that_open_nothing(self) -> None:
        shared = split_link(self.meeting.shared_link("participant"))[1]
        self.assertEqual(await self.closed_with(shared), ("join_first", 4506))
        self.assertEqual(await self.closed_with("AQED"), ("link_invalid", 4503))
        a = await self.meeting.come(A)
        await self.coordinator.client.submit(
            {"type": "revoke_links", "target": {"of": "person", "person": self.meeting.person(A)}}
        )
        with self.assertRaises(Closed) as caught:
            await a.client.until(lambda client: False)
        self.assertEqual((caught.exception.code, caught.exception.number), ("link_revoked", 4504))
        self.meeting.watched.remove(a)
        self.assertEqual(await self.closed_with(a.client.token), ("link_revoked", 4504))

    async def closed_with(self, token: str) -> Any:
        client = Client(SERVER.address, token, proxy=None)
        try:
            with self.assertRaises(Closed) as caught:
                await client.start()
            return caught.exception.code, caught.exception.number
        finally:
            await client.close()

    async def talk(self, *frames: str) -> Any:
        """Sends frames over a bare socket until it closes; returns what came and the close code."""
        heard = []
        async with connect("ws" + SERVER.address[4:] + "/ws", proxy=None) as socket:
            try:
                for frame in frames:
                    await socket.send(frame)
                while True:
                    heard.append(json.loads(await asyncio.wait_for(socket.recv(), STEP_TIMEOUT_S)))
            except ConnectionClosed as error:
                return heard, error.rcvd.code if error.rcvd else None

    def hello(self, **changes: Any) -> str:
        hello = {
            "type": "hello", "protocol": {"oldest": 1, "newest": 1}, "device": str(uuid.uuid4()),
            "token": self.coordinator.client.token,
        }
        return json.dumps(dict(hello, **changes))

    async def test_hs_handshakes_that_end_the_connection(self) -> None:
        cases = [
            ("version_unsupported", 4502, [self.hello(protocol={"oldest": 7, "newest": 9})]),
            ("bad_frame", 4500, [json.dumps({"type": "ping", "client_time": 1})]),
            ("bad_frame", 4500, ["{"]),
            ("bad_frame", 4500, [self.hello(), self.hello()]),
            ("bad_frame", 4500, [self.hello(), json.dumps({"type": "flown"})]),
            ("frame_too_large", 4501, [self.hello(detail="x" * 5000)]),
            ("frame_too_large", 4501, [self.hello(), json.dumps({"type": "ping", "client_time": 1, "x": "x" * 17000})]),
        ]
        for code, number, frames in cases:
            with self.subTest(code=code, frames=[frame[:80] for frame in frames]):
                heard, closed = await self.talk(*frames)
                self.assertEqual(closed, number)
                self.assertEqual((heard[-1]["type"], heard[-1]["code"], heard[-1]["number"]), ("goodbye", code, number))

    async def test_gn2_gn3_fields_unknown_or_left_out(self) -> None:
        ack = await self.coordinator.client.submit({"type": "add_team", "name": "別府市", "mood": "good"})
        self.assertEqual(self.coordinator.client.view["teams"][str(ack["created"])]["region"], None)
        malformed = await self.refuse(self.coordinator, "fly", to="moon")
        self.assertEqual(malformed["code"], "malformed")
        malformed = await self.refuse(self.coordinator, "add_team", name=7)
        self.assertEqual(malformed["code"], "malformed")
        long = await self.refuse(self.coordinator, "add_team", name="あ" * 61)
        self.assertEqual(long, {"code": "text_too_long", "field": "name", "max": 60, "actual": 61})
        joined = await self.refuse(self.coordinator, "join_meeting", join={"by": "named", "name": "x", "team": None})
        self.assertEqual(joined["code"], "not_permitted")

    async def test_ht1_errors_have_a_body(self) -> None:
        for token in (None, "AQED"):
            with self.assertRaises(HttpError) as caught:
                await http("GET", SERVER.address + "/api/links", token)
            self.assertEqual(caught.exception.status, 401)
            self.assertTrue(caught.exception.code)


if __name__ == "__main__":
    unittest.main()

"""The fold against the examples in SPEC.md: every listed event, and what SPEC says it does."""

import copy
import hashlib
import json
import pathlib
import re
import unittest

import engawa_fold
from engawa_fold import UnknownTag, fold, gallery_key, notes_in_order, posters_in_order
from engawa_ledger import check_ledger, tally

SPEC = (pathlib.Path(__file__).resolve().parents[3] / "SPEC.md").read_text("utf-8")


def examples(title):
    block = re.search(r"^#### " + title + r"\n+```json\n(.*?)^```", SPEC, re.S | re.M)
    return [json.loads(line) for line in block.group(1).splitlines() if line]


EVENTS = {event["type"]: event for event in examples("Events")}
WELCOME = next(f for f in examples("Server frames") if f.get("start", {}).get("from") == "view")
PARTICIPANT = WELCOME["start"]["view"]


def view_of(role="participant"):
    view = copy.deepcopy(PARTICIPANT)
    view["me"]["role"] = role
    if role in ("coordinator", "facilitator"):
        view["rooms"] = {"4": copy.deepcopy(view["seat"]["room"])}
        view["vote"]["team_turnout"] = {}
        view["questionnaire"]["results"] = {"people": 0, "counts": {}}
        view["pulses"]["2"]["words"] = {"もや": 1}
        for announcement in view["announcements"].values():
            announcement["readers"] = 0
    return view


def folded(name, role="participant", **changes):
    return fold(view_of(role), [dict(copy.deepcopy(EVENTS[name]), **changes)])


class TheList(unittest.TestCase):
    def test_gn2_every_listed_event_can_be_folded_and_no_other(self):
        union = re.search(r"^type Event = (.*)$", SPEC, re.M).group(1)
        listed = set(re.findall(r'"type": "(\w+)"', union))
        self.assertEqual(listed, set(EVENTS))
        self.assertEqual(listed - {"view_replaced"}, set(engawa_fold._HANDLERS))
        with self.assertRaises(UnknownTag):
            fold(view_of(), [{"type": "flown"}])

    def test_fd_every_example_says_all_of_its_effect(self):
        """Folding an event a second time changes nothing more, for each role.

        All but a sample of the turnout, which goes to the end of a list; frames bring each event once (FR)."""
        for role in ("coordinator", "facilitator", "secretariat", "participant", "observer", "screen"):
            for name, event in EVENTS.items():
                if name == "turnout_sampled":
                    continue
                with self.subTest(role=role, event=name):
                    once = fold(view_of(role), [copy.deepcopy(event)])
                    twice = fold(copy.deepcopy(once), [copy.deepcopy(event)])
                    self.assertEqual(once, twice)

    def test_fd2_events_about_what_is_not_in_the_view_change_nothing(self):
        elsewhere = {"board": 99, "room": 99, "poster": 99, "announcement": 99, "round": 99}
        kept = {"seat_left", "view_replaced", "grouping_proposed", "room_choice_changed"}
        for name, event in EVENTS.items():
            keys = [key for key in elsewhere if isinstance(event.get(key), int)]
            if not keys or name in kept or name.startswith("pulse_"):
                continue
            with self.subTest(event=name):
                changes = {key: elsewhere[key] for key in keys}
                self.assertEqual(folded(name, **changes), view_of())


class Boards(unittest.TestCase):
    def note(self, view, number=31):
        return view["seat"]["board"]["notes"].get(str(number))

    def test_notes(self):
        self.assertEqual(self.note(folded("note_edited"))["text"], "評価の面談")
        self.assertEqual(self.note(folded("note_edited"))["version"], 2)
        self.assertEqual(self.note(folded("note_moved"))["rank"], 524288)
        self.assertEqual(self.note(folded("notes_ranked"))["rank"], 2097152)
        self.assertIsNone(self.note(folded("note_deleted")))
        self.assertEqual(self.note(folded("note_marks_changed"))["marks"], 2)
        self.assertTrue(self.note(folded("note_mark_set"))["marked"])
        self.assertTrue(self.note(folded("note_harvested"))["harvested"])
        self.assertEqual(folded("note_added", board=0)["plenary"]["notes"]["31"]["id"], 31)

    def test_clusters(self):
        self.assertEqual(self.note(folded("note_clustered"))["cluster"], 5)
        self.assertEqual(self.note(folded("cluster_created"))["cluster"], 5)
        view = fold(folded("cluster_created"), [copy.deepcopy(EVENTS["cluster_dissolved"])])
        self.assertIsNone(self.note(view)["cluster"])
        self.assertEqual(view["seat"]["board"]["clusters"], {})
        self.assertEqual(folded("cluster_renamed")["seat"]["board"]["clusters"]["5"]["name"], "面談のあり方")

    def test_fd7_silent_writing_hides_all_but_ones_own_until_the_reveal(self):
        for mine_is in ({"is": "me"}, {"is": "shown", "author": {"person": 12, "name": "弘前市 担当A"}}):
            with self.subTest(mine_is=mine_is):
                self.silent_writing_with(mine_is)

    def silent_writing_with(self, mine_is):
        view = folded("note_clustered")
        self.note(view)["author"] = {"is": "shown", "author": {"person": 15, "name": "松本市 担当A"}}
        mine = dict(copy.deepcopy(self.note(view)), id=32, author=mine_is)
        view["seat"]["board"]["notes"]["32"] = mine
        view = fold(view, [EVENTS["silent_writing_started"]])
        board = view["seat"]["board"]
        self.assertEqual((list(board["notes"]), board["clusters"], board["silent"]), (["32"], {}, True))
        self.assertIsNone(self.note(view, 32)["cluster"])
        revealed = copy.deepcopy(EVENTS["board_revealed"])
        revealed["revealed"]["notes"].append(dict(mine, text="as it was", cluster=5))
        view = fold(view, [revealed])
        self.assertEqual(set(view["seat"]["board"]["notes"]), {"31", "32"})
        self.assertEqual(self.note(view, 32)["text"], mine["text"])
        self.assertEqual(self.note(view, 32)["cluster"], 5)
        self.assertFalse(view["seat"]["board"]["silent"])

    def test_fd4_notes_stand_by_rank_then_id(self):
        board = {"notes": {}}
        for number, rank, area in ((3, 10, 0), (2, 20, 0), (1, 20, 0), (4, 1, 1)):
            board["notes"][str(number)] = {"id": number, "rank": rank, "area": area}
        self.assertEqual([note["id"] for note in notes_in_order(board, 0)], [3, 1, 2])


class Rooms(unittest.TestCase):
    def both(self, view):
        return view["rooms"]["4"], view["seat"]["room"]

    def test_members_and_visitors(self):
        person = dict(EVENTS["member_added"]["person"], id=40)
        view = folded("member_added", "coordinator", person=person)
        for room in self.both(view):
            self.assertEqual(room["members"], [12, 15, 40])
        self.assertIn("40", view["seat"]["people"])
        view = fold(view, [{"type": "member_removed", "room": 4, "person": 40}])
        self.assertNotIn("40", view["seat"]["people"])

    def test_whoever_is_in_the_room_in_another_way_stays_among_its_people(self):
        view = folded("visitor_left", "coordinator")
        self.assertEqual(view["seat"]["room"]["visitors"], [])
        self.assertIn("2", view["seat"]["people"])
        view = fold(view, [{"type": "facilitator_set", "room": 4, "person": None}])
        self.assertNotIn("2", view["seat"]["people"])
        for room in self.both(view):
            self.assertIsNone(room["facilitator"])

    def test_renaming_reaches_the_source_of_harvested_notes(self):
        view = view_of()
        note = dict(self.any_note(), source={"room": 4, "number": 4, "name": "", "note": 31})
        view["plenary"]["notes"]["50"] = note
        view = fold(view, [EVENTS["room_renamed"]])
        self.assertEqual(view["plenary"]["notes"]["50"]["source"]["name"], "幹事 1 の部屋")
        self.assertEqual(view["seat"]["room"]["name"], "幹事 1 の部屋")

    def any_note(self):
        return copy.deepcopy(PARTICIPANT["seat"]["board"]["notes"]["31"])

    def test_a_persons_new_name_reaches_everything_that_names_them(self):
        view = fold(view_of(), [EVENTS["comment_added"], dict(EVENTS["person_renamed"], person=15, name="新")])
        self.assertEqual(view["posters"]["1"]["comments"]["2"]["author"]["name"], "新")
        self.assertEqual(view["seat"]["people"]["15"]["name"], "新")
        view = folded("person_renamed")
        self.assertEqual(view["people"]["12"]["name"], "弘前市 担当C")
        self.assertEqual(view["seat"]["board"]["notes"]["31"]["author"]["author"]["name"], "弘前市 担当C")

    def test_seat_turns_help_and_activity(self):
        self.assertIsNone(folded("seat_left")["seat"])
        self.assertEqual(folded("turns_changed")["seat"]["turns"], EVENTS["turns_changed"]["turns"])
        for room in self.both(folded("help_changed", "coordinator")):
            self.assertEqual(room["help"]["by"], 1)
        for room in self.both(folded("room_activity_changed", "facilitator")):
            self.assertEqual(room["activity"]["notes"], 7)

    def test_rounds_keep_the_order_of_the_agenda(self):
        view = view_of()
        for number in (3, 4):
            one = dict(copy.deepcopy(view["rounds"][0]), id=number)
            view = fold(view, [{"type": "round_added", "round": one, "before": None}])
        view = fold(view, [{"type": "round_moved", "round": 4, "before": 3}])
        self.assertEqual([one["id"] for one in view["rounds"]], [2, 4, 3])
        view = fold(view, [{"type": "round_moved", "round": 2, "before": None}])
        self.assertEqual([one["id"] for one in view["rounds"]], [4, 3, 2])
        view = fold(view, [{"type": "round_removed", "round": 3}])
        self.assertEqual([one["id"] for one in view["rounds"]], [4, 2])


class VoteAndPosters(unittest.TestCase):
    def test_a_ballot_comes_and_goes_and_voted_outlives_the_close(self):
        view = folded("ballot_taken")
        self.assertTrue(view["vote"]["voted"])
        closed = fold(copy.deepcopy(view), [EVENTS["vote_closed"]])
        self.assertIsNone(closed["vote"]["ballot"])
        self.assertTrue(closed["vote"]["voted"])
        self.assertEqual(set(closed["vote"]["phase"]), {"phase", "opened_at", "closed_at", "ledger_hash"})
        view = fold(view, [EVENTS["ballot_withdrawn"]])
        self.assertEqual((view["vote"]["ballot"], view["vote"]["voted"]), (None, False))

    def test_who_may_vote_follows_the_rules(self):
        self.assertTrue(folded("vote_rules_set")["vote"]["may_vote"])
        self.assertFalse(folded("vote_rules_set", "observer")["vote"]["may_vote"])
        view = view_of()
        view["me"]["team"] = None
        rules = dict(EVENTS["vote_rules_set"]["rules"], voters="teams")
        view = fold(view, [{"type": "vote_rules_set", "rules": rules}])
        self.assertFalse(view["vote"]["may_vote"])

    def test_a_withdrawn_poster_stays_for_those_who_can_put_it_back(self):
        self.assertEqual(folded("poster_withdrawn")["posters"], {})
        self.assertTrue(folded("poster_withdrawn", "coordinator")["posters"]["1"]["withdrawn"])

    def test_fd5_each_person_has_an_order_of_their_own(self):
        keys = [gallery_key(12, poster) for poster in range(1, 200)]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertTrue(all(0 <= key < 2**32 for key in keys))
        view = view_of()
        view["posters"] = {str(n): {"id": n} for n in range(1, 30)}
        mine = [poster["id"] for poster in posters_in_order(view)]
        view["me"]["person"] = 13
        self.assertNotEqual(mine, [poster["id"] for poster in posters_in_order(view)])
        view["me"]["person"] = None
        self.assertEqual([poster["id"] for poster in posters_in_order(view)], list(range(1, 30)))

    def test_pulse_words_are_for_staff_and_zero_takes_them_out(self):
        new = dict(EVENTS["pulse_counted"], round=9)
        self.assertEqual(fold(view_of("facilitator"), [new])["pulses"]["9"]["words"], {})
        self.assertIsNone(fold(view_of(), [new])["pulses"]["9"]["words"])
        gone = {"type": "pulse_word_counted", "round": 2, "word": "もや", "count": 0}
        self.assertEqual(fold(view_of("coordinator"), [gone])["pulses"]["2"]["words"], {})


class Ledger(unittest.TestCase):
    def ledger(self):
        rules = EVENTS["vote_rules_set"]["rules"]
        text = json.dumps(rules, ensure_ascii=False, separators=(",", ":"))
        sha = lambda given: hashlib.sha256(given.encode()).hexdigest()
        header = sha(f"engawa ledger 1\n{text}\n3,14\n1790000600000")
        first = sha(f"{header}\n1\nAAAA\n3,14")
        second = sha(f"{first}\n2\nBBBB\n14")
        lines = [
            {"number": 1, "receipt": "AAAA", "choices": [3, 14], "hash": first},
            {"number": 2, "receipt": "BBBB", "choices": [14], "hash": second},
        ]
        return {
            "header_hash": header, "rules": rules, "candidates": [3, 14],
            "closed_at": 1790000600000, "lines": lines,
        }, second

    def test_vt9_a_sound_ledger_passes_and_every_change_is_found(self):
        ledger, ledger_hash = self.ledger()
        self.assertEqual(check_ledger(ledger, ledger_hash), [])
        self.assertEqual(tally(ledger), {3: 1, 14: 2})
        changes = [
            lambda one: one["lines"][0]["choices"].pop(),
            lambda one: one["lines"].pop(),
            lambda one: one["lines"].reverse(),
            lambda one: one["lines"][1].update(receipt="CCCC"),
            lambda one: one["candidates"].append(59),
            lambda one: one["rules"].update(choices_max=4),
            lambda one: one.update(closed_at=1),
        ]
        for number, change in enumerate(changes):
            with self.subTest(change=number):
                forged = copy.deepcopy(ledger)
                change(forged)
                self.assertNotEqual(check_ledger(forged, ledger_hash), [])


if __name__ == "__main__":
    unittest.main()

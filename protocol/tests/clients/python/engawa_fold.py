"""Folding of events into a view (SPEC FD), in Python and from SPEC.md alone.

A view is the parsed JSON of `MeetingView`; an event the parsed JSON of `Event`. This module
knows nothing of connections, positions or commands: that is `engawa_client`.
"""

from typing import Any, Callable, Dict, Iterator, List, Optional

View = Dict[str, Any]
Event = Dict[str, Any]

PLENARY_BOARD = 0


class UnknownTag(Exception):
    """An event of a type that SPEC does not list: this client is older than the server (GN2)."""


def fold(view: View, events: List[Event]) -> View:
    """Folds events in order (FD1) and returns the view at the later position.

    The view given is changed or, by `view_replaced`, dropped: use only what is returned. When an
    event is of an unknown type, nothing is promised about the view any more.
    """
    for event in events:
        if event["type"] == "view_replaced":
            view = event["view"]
            continue
        handler = _HANDLERS.get(event["type"])
        if handler is None:
            raise UnknownTag(event["type"])
        handler(view, event)
    return view


def notes_in_order(board: Dict[str, Any], area: int) -> List[Dict[str, Any]]:
    """The notes of an area as they are shown (FD4)."""
    notes = [note for note in board["notes"].values() if note["area"] == area]
    return sorted(notes, key=lambda note: (note["rank"], note["id"]))


def gallery_key(person: int, poster: int) -> int:
    """Where a poster stands for a person (FD5), in unsigned 32-bit arithmetic."""
    bits = 0xFFFFFFFF
    h = (person * 0x9E3779B1 & bits) ^ (poster * 0x85EBCA77 & bits)
    h ^= h >> 16
    h = h * 0x85EBCA6B & bits
    h ^= h >> 13
    h = h * 0xC2B2AE35 & bits
    return h ^ (h >> 16)


def posters_in_order(view: View) -> List[Dict[str, Any]]:
    """The posters as the viewer sees them (FD5)."""
    person = view["me"]["person"]
    posters = list(view["posters"].values())
    if person is None:
        return sorted(posters, key=lambda poster: poster["id"])
    return sorted(posters, key=lambda poster: (gallery_key(person, poster["id"]), poster["id"]))


# What follows is one function per event, found by its `type`.

Handler = Callable[[View, Event], None]
_HANDLERS: Dict[str, Handler] = {}


def _on(*types: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for name in types:
            _HANDLERS[name] = handler
        return handler

    return register


def _role_is(view: View, *roles: str) -> bool:
    return view["me"]["role"] in roles


def _take(target: Optional[Dict[str, Any]], event: Event, *fields: str) -> None:
    """Copies fields of the event into what it speaks of, when that is in the view (FD2)."""
    if target is not None:
        for field in fields:
            target[field] = event[field]


def _put(target: Dict[str, Any], thing: Dict[str, Any]) -> None:
    """Adds or replaces a thing under its id (FD3, GN6)."""
    target[str(thing["id"])] = thing


# Meeting, teams, people


@_on("meeting_edited")
def _(view: View, event: Event) -> None:
    view["meeting"] = event["meeting"]


@_on("team_added", "team_edited")
def _(view: View, event: Event) -> None:
    _put(view["teams"], event["team"])


@_on("team_removed")
def _(view: View, event: Event) -> None:
    view["teams"].pop(str(event["team"]), None)


@_on("person_added")
def _(view: View, event: Event) -> None:
    _put(view["people"], event["person"])


def _people(view: View, person: int) -> Iterator[Dict[str, Any]]:
    places = [view["people"]] + ([view["seat"]["people"]] if view["seat"] else [])
    for place in places:
        if str(person) in place:
            yield place[str(person)]


def _author_names(view: View) -> Iterator[Dict[str, Any]]:
    """Every `AuthorName` in the view."""
    for board in [view["plenary"]] + ([view["seat"]["board"]] if view["seat"] else []):
        for note in board["notes"].values():
            if note["author"]["is"] == "shown":
                yield note["author"]["author"]
            if note["edited_by"] is not None:
                yield note["edited_by"]
    for poster in view["posters"].values():
        for comment in poster["comments"].values():
            yield comment["author"]


@_on("person_renamed")
def _(view: View, event: Event) -> None:
    for person in _people(view, event["person"]):
        person["name"] = event["name"]
    for author in _author_names(view):
        if author["person"] == event["person"]:
            author["name"] = event["name"]


@_on("attendance_changed")
def _(view: View, event: Event) -> None:
    for person in _people(view, event["person"]):
        person["attendance"] = event["attendance"]


@_on("action_taken")
def _(view: View, event: Event) -> None:
    view["last_action"] = event["action"]


# The agenda


def _round(view: View, number: int) -> Optional[Dict[str, Any]]:
    return next((one for one in view["rounds"] if one["id"] == number), None)


def _insert_round(view: View, one: Dict[str, Any], before: Optional[int]) -> None:
    rounds = [other for other in view["rounds"] if other["id"] != one["id"]]
    ids = [other["id"] for other in rounds]
    rounds.insert(ids.index(before) if before in ids else len(rounds), one)
    view["rounds"] = rounds


@_on("round_added")
def _(view: View, event: Event) -> None:
    _insert_round(view, event["round"], event["before"])


@_on("round_moved")
def _(view: View, event: Event) -> None:
    one = _round(view, event["round"])
    if one is not None:
        _insert_round(view, one, event["before"])


@_on("round_edited")
def _(view: View, event: Event) -> None:
    _take(_round(view, event["round"]), event, "plan")


@_on("round_phase_changed")
def _(view: View, event: Event) -> None:
    _take(_round(view, event["round"]), event, "phase")


@_on("round_removed")
def _(view: View, event: Event) -> None:
    view["rounds"] = [one for one in view["rounds"] if one["id"] != event["round"]]


@_on("grouping_proposed")
def _(view: View, event: Event) -> None:
    view["groupings"][str(event["grouping"]["round"])] = event["grouping"]


@_on("grouping_discarded")
def _(view: View, event: Event) -> None:
    view["groupings"].pop(str(event["round"]), None)


# Rooms and the seat


def _seat_in(view: View, room: int) -> Optional[Dict[str, Any]]:
    seat = view["seat"]
    return seat if seat is not None and seat["room"]["id"] == room else None


def _rooms(view: View, room: int) -> Iterator[Dict[str, Any]]:
    """A room in `rooms` and as `seat.room`."""
    if str(room) in view["rooms"]:
        yield view["rooms"][str(room)]
    seat = _seat_in(view, room)
    if seat is not None:
        yield seat["room"]


def _belongs(room: Dict[str, Any], person: int) -> bool:
    return person in room["members"] or person in room["visitors"] or person == room["facilitator"]


def _enter(view: View, event: Event, place: str) -> None:
    person = event["person"]
    for room in _rooms(view, event["room"]):
        room[place] = [one for one in room[place] if one != person["id"]] + [person["id"]]
    seat = _seat_in(view, event["room"])
    if seat is not None:
        _put(seat["people"], person)


def _leave(view: View, event: Event, place: str) -> None:
    for room in _rooms(view, event["room"]):
        room[place] = [one for one in room[place] if one != event["person"]]
    seat = _seat_in(view, event["room"])
    if seat is not None and not _belongs(seat["room"], event["person"]):
        seat["people"].pop(str(event["person"]), None)


@_on("rooms_opened")
def _(view: View, event: Event) -> None:
    for room in event["rooms"]:
        _put(view["rooms"], room)


@_on("room_added")
def _(view: View, event: Event) -> None:
    _put(view["rooms"], event["room"])


@_on("room_renamed")
def _(view: View, event: Event) -> None:
    for room in _rooms(view, event["room"]):
        room["name"] = event["name"]
    for note in view["plenary"]["notes"].values():
        if note["source"] is not None and note["source"]["room"] == event["room"]:
            note["source"]["name"] = event["name"]


@_on("room_removed")
def _(view: View, event: Event) -> None:
    view["rooms"].pop(str(event["room"]), None)


@_on("facilitator_set")
def _(view: View, event: Event) -> None:
    person = event["person"]
    seat = _seat_in(view, event["room"])
    former = seat["room"]["facilitator"] if seat is not None else None
    for room in _rooms(view, event["room"]):
        room["facilitator"] = person["id"] if person is not None else None
    if seat is None:
        return
    if person is not None:
        _put(seat["people"], person)
    if former is not None and not _belongs(seat["room"], former):
        seat["people"].pop(str(former), None)


@_on("member_added")
def _(view: View, event: Event) -> None:
    _enter(view, event, "members")


@_on("member_removed")
def _(view: View, event: Event) -> None:
    _leave(view, event, "members")


@_on("visitor_entered")
def _(view: View, event: Event) -> None:
    _enter(view, event, "visitors")


@_on("visitor_left")
def _(view: View, event: Event) -> None:
    _leave(view, event, "visitors")


@_on("seat_taken")
def _(view: View, event: Event) -> None:
    view["seat"] = event["seat"]


@_on("seat_left")
def _(view: View, event: Event) -> None:
    view["seat"] = None


@_on("room_choices_offered")
def _(view: View, event: Event) -> None:
    view["room_choices"] = {str(choice["id"]): choice for choice in event["choices"]}


@_on("room_choice_changed")
def _(view: View, event: Event) -> None:
    _put(view["room_choices"], event["choice"])


@_on("room_activity_changed")
def _(view: View, event: Event) -> None:
    for room in _rooms(view, event["room"]):
        room["activity"] = event["activity"]


@_on("help_changed")
def _(view: View, event: Event) -> None:
    for room in _rooms(view, event["room"]):
        room["help"] = event["help"]


@_on("turns_changed")
def _(view: View, event: Event) -> None:
    _take(_seat_in(view, event["room"]), event, "turns")


# Boards


def _board(view: View, board: int) -> Optional[Dict[str, Any]]:
    if board == PLENARY_BOARD:
        return view["plenary"]
    seat = view["seat"]
    return seat["board"] if seat is not None and seat["board"]["id"] == board else None


def _note(view: View, event: Event) -> Optional[Dict[str, Any]]:
    board = _board(view, event["board"])
    return board["notes"].get(str(event["note"])) if board is not None else None


@_on("note_added")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is not None:
        _put(board["notes"], event["note"])


@_on("note_edited")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "text", "color", "version", "edited_by")


@_on("note_moved")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "area", "rank")


@_on("notes_ranked")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    for rank in event["ranks"] if board is not None else []:
        _take(board["notes"].get(str(rank["note"])), rank, "rank")


@_on("note_deleted")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is not None:
        board["notes"].pop(str(event["note"]), None)


@_on("note_marks_changed")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "marks")


@_on("note_mark_set")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "marked")


@_on("note_harvested")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "harvested")


@_on("note_clustered")
def _(view: View, event: Event) -> None:
    _take(_note(view, event), event, "cluster")


@_on("cluster_created")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is None:
        return
    _put(board["clusters"], event["cluster"])
    for note in event["notes"]:
        if str(note) in board["notes"]:
            board["notes"][str(note)]["cluster"] = event["cluster"]["id"]


@_on("cluster_renamed")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is not None:
        _take(board["clusters"].get(str(event["cluster"])), event, "name")


@_on("cluster_dissolved")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is None:
        return
    board["clusters"].pop(str(event["cluster"]), None)
    for note in board["notes"].values():
        if note["cluster"] == event["cluster"]:
            note["cluster"] = None


def _is_own(view: View, note: Dict[str, Any]) -> bool:
    """Whether the viewer wrote a note: `me` where authors are hidden, the viewer's name where they are shown."""
    author = note["author"]
    if author["is"] == "shown":
        return author["author"]["person"] == view["me"]["person"]
    return author["is"] == "me"


@_on("silent_writing_started")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is None:
        return
    board["silent"] = True
    board["clusters"] = {}
    board["notes"] = {
        key: dict(note, cluster=None)
        for key, note in board["notes"].items()
        if _is_own(view, note)
    }


@_on("board_revealed")
def _(view: View, event: Event) -> None:
    board = _board(view, event["board"])
    if board is None:
        return
    board["silent"] = False
    for cluster in event["revealed"]["clusters"]:
        _put(board["clusters"], cluster)
    for note in event["revealed"]["notes"]:
        own = board["notes"].get(str(note["id"]))
        if own is None:
            _put(board["notes"], note)
        else:
            own["cluster"] = note["cluster"]


# Posters


def _poster(view: View, event: Event) -> Optional[Dict[str, Any]]:
    return view["posters"].get(str(event["poster"]))


@_on("poster_added")
def _(view: View, event: Event) -> None:
    _put(view["posters"], event["poster"])


@_on("poster_edited")
def _(view: View, event: Event) -> None:
    _take(_poster(view, event), event, "title", "summary", "file")


@_on("poster_withdrawn")
def _(view: View, event: Event) -> None:
    poster = _poster(view, event)
    if poster is None:
        return
    if _role_is(view, "coordinator", "secretariat"):
        poster["withdrawn"] = True
    else:
        del view["posters"][str(event["poster"])]


@_on("interest_set")
def _(view: View, event: Event) -> None:
    _take(_poster(view, event), event, "interested")


@_on("interest_counted")
def _(view: View, event: Event) -> None:
    poster = _poster(view, event)
    if poster is not None:
        poster["interested_count"] = event["count"]


@_on("comment_added")
def _(view: View, event: Event) -> None:
    poster = _poster(view, event)
    if poster is not None:
        _put(poster["comments"], event["comment"])


@_on("comment_deleted")
def _(view: View, event: Event) -> None:
    poster = _poster(view, event)
    if poster is not None:
        poster["comments"].pop(str(event["comment"]), None)


@_on("feedback_shared")
def _(view: View, event: Event) -> None:
    poster = _poster(view, event)
    if poster is not None:
        poster["comments"] = {str(comment["id"]): comment for comment in event["comments"]}
        poster["interested_count"] = event["interested_count"]


# The vote


@_on("vote_rules_set")
def _(view: View, event: Event) -> None:
    vote = view["vote"]
    vote["rules"] = event["rules"]
    has_ballot = event["rules"]["voters"] == "persons" or view["me"]["team"] is not None
    vote["may_vote"] = _role_is(view, "participant") and has_ballot


@_on("vote_opened")
def _(view: View, event: Event) -> None:
    view["vote"]["phase"] = {"phase": "open", "opened_at": event["opened_at"]}
    view["vote"]["candidates"] = event["candidates"]


@_on("vote_closed")
def _(view: View, event: Event) -> None:
    phase = {key: event[key] for key in ("opened_at", "closed_at", "ledger_hash")}
    view["vote"]["phase"] = dict(phase, phase="closed")
    view["vote"]["ballot"] = None


@_on("ballot_taken")
def _(view: View, event: Event) -> None:
    view["vote"]["ballot"] = event["ballot"]
    view["vote"]["voted"] = True


@_on("ballot_withdrawn")
def _(view: View, event: Event) -> None:
    view["vote"]["ballot"] = None
    view["vote"]["voted"] = False


@_on("turnout_changed")
def _(view: View, event: Event) -> None:
    view["vote"]["turnout"] = event["turnout"]


@_on("team_turnout_changed")
def _(view: View, event: Event) -> None:
    if view["vote"]["team_turnout"] is None:
        view["vote"]["team_turnout"] = {}
    if event["turnout"]["eligible"] == 0:
        view["vote"]["team_turnout"].pop(str(event["team"]), None)
    else:
        view["vote"]["team_turnout"][str(event["team"])] = event["turnout"]


@_on("turnout_sampled")
def _(view: View, event: Event) -> None:
    if view["vote"]["turnout_samples"] is None:
        view["vote"]["turnout_samples"] = []
    view["vote"]["turnout_samples"].append(event["sample"])


@_on("tally_changed")
def _(view: View, event: Event) -> None:
    view["vote"]["tally"] = event["tally"]


@_on("vote_recounted")
def _(view: View, event: Event) -> None:
    view["vote"]["recount"] = event["recount"]


@_on("standings_counted")
def _(view: View, event: Event) -> None:
    view["vote"]["standings"] = event["standings"]


@_on("own_standing_told")
def _(view: View, event: Event) -> None:
    view["vote"]["own_standing"] = event["own"]


@_on("reveal_changed")
def _(view: View, event: Event) -> None:
    view["vote"]["reveal"] = event["reveal"]


# Announcements, pulse, questionnaire


def _announcement(view: View, event: Event) -> Optional[Dict[str, Any]]:
    return view["announcements"].get(str(event["announcement"]))


@_on("announcement_made")
def _(view: View, event: Event) -> None:
    _put(view["announcements"], event["announcement"])


@_on("announcement_withdrawn")
def _(view: View, event: Event) -> None:
    view["announcements"].pop(str(event["announcement"]), None)


@_on("announcement_read")
def _(view: View, event: Event) -> None:
    announcement = _announcement(view, event)
    if announcement is not None:
        announcement["read"] = True


@_on("announcement_readers_counted")
def _(view: View, event: Event) -> None:
    _take(_announcement(view, event), event, "readers")


def _pulse(view: View, event: Event) -> Dict[str, Any]:
    staff = _role_is(view, "coordinator", "facilitator")
    empty = {"distribution": [0] * 11, "count": 0, "sum": 0, "own": None, "words": {} if staff else None}
    return view["pulses"].setdefault(str(event["round"]), empty)


@_on("pulse_given")
def _(view: View, event: Event) -> None:
    _take(_pulse(view, event), event, "own")


@_on("pulse_counted")
def _(view: View, event: Event) -> None:
    _take(_pulse(view, event), event, "distribution", "count", "sum")


@_on("pulse_word_counted")
def _(view: View, event: Event) -> None:
    words = _pulse(view, event)["words"]
    if words is None:
        return
    if event["count"] == 0:
        words.pop(event["word"], None)
    else:
        words[event["word"]] = event["count"]


@_on("questionnaire_changed")
def _(view: View, event: Event) -> None:
    _take(view["questionnaire"], event, "questions", "phase")


@_on("answers_given")
def _(view: View, event: Event) -> None:
    view["questionnaire"]["own"] = event["answers"]


@_on("answers_counted")
def _(view: View, event: Event) -> None:
    view["questionnaire"]["results"] = event["results"]

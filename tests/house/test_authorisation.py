"""Every address × every role × every scope, by request, against the table in authorisation.py."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.kit.authorisation import ACTIONS, SEPARATED_ROLES, SIGNED_IN
from tests.house.authorisation import REFUSED_BY_RULE, RIGHTS, ROLES, Right
from tests.house.conftest import Answer, House
from tests.house.objects import Thing, nowhere
from tests.world import USERS

GRANTED = frozenset({200, 302, 303, 409, 422})
AREA_OF = {login: area for login, _role, area, _person in USERS}
PERSON_OF = {login: person for login, _role, _area, person in USERS}
CHANGING = re.compile(rb'[0-9a-f]{16}|<meta name="csrf-token"[^>]*>|name="(csrf_token|_once)"[^>]*>')


def routes(house: House) -> set[tuple[str, str, bool]]:
    """(endpoint, method, whether the address names an object) of everything the application answers."""
    return {
        (rule.endpoint, method, bool(rule.arguments))
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def reaches(house: House, right: Right, role: str, thing: Thing | None) -> bool:
    """Whether the table lets this role at this object."""
    word, login = right.words[role], ROLES[role]
    if word in {"all", "*"} or thing is None:
        return word not in {"-", "none"}
    if word == "own":
        person = PERSON_OF[login]
        return login in thing.users or (person is not None and house.world.persons[person] in thing.persons)
    if word not in {"area", "seen"}:
        return False
    assert thing.area is not None, f"{right.object} is kept in no area"
    grant = AREA_OF[login]
    shown = word == "seen" and any(grant.startswith(code) for code in thing.seen_from)
    return thing.area.startswith(grant) or shown


def targets(house: House, right: Right, role: str) -> list[Thing | None]:
    """Objects to try; of other people's jobs and sessions, which are all alike, one."""
    if right.object == "-":
        return [None]
    things = house.things[right.object]
    if right.words[role] == "-":
        # Refused before anything is looked for: one object is as good as all.
        return [things[0]]
    if right.words[role] != "own" or not things[0].users:
        return list(things)
    mine = [thing for thing in things if ROLES[role] in thing.users]
    return [*mine, next(thing for thing in things if thing not in mine)]


def send(house: House, login: str | None, right: Right, args: dict[str, Any], **request: Any) -> Answer:
    """The row's request; arguments named ``form:…`` and ``query:…`` go there, the others into the path."""
    parts: dict[str, dict[str, Any]] = {"": {}, "form": {}, "query": {}}
    for key, value in args.items():
        where, _colon, name = key.rpartition(":")
        parts[where][name] = value
    url = house.url(right.endpoint, parts[""], right.method)
    return house.ask(
        login, right.method, url, data=parts["form"] or None, query_string=parts["query"] or None, **request
    )


def told(answer: Answer) -> bytes:
    """The page without what differs from request to request."""
    return CHANGING.sub(b"", answer.body)


def assert_denied(answer: Answer, status: int, case: str) -> None:
    assert answer.status == status, f"{case}: {answer.status} {answer.location}, not {status}"
    assert not answer.committed, f"{case}: refused, but committed"
    if status != 404:
        assert answer.writes == [], f"{case}: refused, but wrote {answer.writes[0]}"


def check(house: House, right: Right) -> None:
    """One row: every role on every object, then on numbers nothing has."""
    for role, login in ROLES.items():
        unknown: bytes | None = None
        for thing in targets(house, right, role):
            case = f"{role} on {right} ({thing.label if thing else '-'})"
            answer = send(house, login, right, thing.args if thing else {})
            if right.words[role] == "-":
                assert_denied(answer, 403, case)
            elif reaches(house, right, role, thing):
                if answer.status == 403 and (right.endpoint, role) in REFUSED_BY_RULE:
                    assert_denied(answer, 403, case)
                    continue
                assert answer.status in GRANTED, f"{case}: {answer.status}, though it is theirs"
                assert "/login" not in answer.location or right.words[role] == "*", case
            else:
                assert_denied(answer, 404, case)
                if unknown is None:
                    assert thing is not None
                    unknown = told(send(house, login, right, nowhere(thing)))
                assert told(answer) == unknown, f"{case}: tells that the object exists"
            if right.method == "GET":
                assert answer.writes == [], f"{case}: a GET wrote {answer.writes[0]}"


def test_the_table_has_every_address_once(house: House) -> None:
    rows = {(right.endpoint, right.method, right.in_path) for right in RIGHTS}
    assert sorted(routes(house) - rows) == [], "addresses nobody has decided about"
    assert sorted(rows - routes(house)) == [], "rows about addresses that do not exist"
    assert len({str(right) for right in RIGHTS}) == len(RIGHTS)


@pytest.mark.parametrize("right", RIGHTS, ids=str)
def test_rights(house: House, right: Right) -> None:
    check(house, right)


@pytest.mark.parametrize("right", [r for r in RIGHTS if "*" not in r.words.values()], ids=str)
def test_nobody_signed_in_is_sent_to_the_log_in_page(house: House, right: Right) -> None:
    args = house.things[right.object][0].args if right.object != "-" else {}
    answer = send(house, None, right, args)
    assert_denied(answer, 302, str(right))
    assert answer.location.startswith("/login?next=")
    from_script = send(house, None, right, args, headers={"HX-Request": "true"})
    assert_denied(from_script, 401, str(right))


@pytest.mark.parametrize("right", RIGHTS, ids=str)
def test_numbers_nothing_has_are_not_found(house: House, right: Right) -> None:
    """Neither an unused number nor one no database could hold is an accident."""
    if not right.in_path:
        return
    thing = house.things[right.object][0]
    role = next(role for role, word in right.words.items() if word != "-")
    args = nowhere(thing)
    for number in (0, 2**63 - 1, 10**40):
        tried = {key: number if isinstance(value, int) else value for key, value in args.items()}
        answer = send(house, ROLES[role], right, tried)
        assert answer.status == 404, f"{role} on {right} number {number}: {answer.status}"


def test_every_tenth_row_on_postgresql(house_on_postgresql: House) -> None:
    for right in RIGHTS[::10]:
        check(house_on_postgresql, right)


@pytest.mark.parametrize("right", [r for r in RIGHTS if r.object in {"activity", "entry"}], ids=str)
def test_an_object_inside_another_must_belong_to_it(house: House, right: Right) -> None:
    """The outer number in one's own area, the inner one from elsewhere: nothing is changed."""
    own, foreign = (next(t for t in house.things[right.object] if t.label == p) for p in ("here", "away"))
    inner = {key: value for key, value in foreign.args.items() if key in {"attendance_id", "attachment_id"}}
    crossed = house.url(right.endpoint, {**own.args, **inner}, right.method)
    if right.words["township"] == "area" and crossed != house.url(right.endpoint, own.args, right.method):
        answer = house.ask("township", right.method, crossed)
        assert answer.status in {303, 404, 422}
        assert answer.writes == []


def test_rights_of_the_three_administrators_do_not_meet() -> None:
    """三员分立: nothing one of them may do may be done by another, signing in apart."""
    for action in ACTIONS.values():
        if action is not SIGNED_IN:
            assert len(SEPARATED_ROLES & set(action.reaches)) <= 1, action.name
    three = ("system", "security", "auditor")
    everyone = {"home.index", "home.search", "home.area"}
    for right in RIGHTS:
        held = [role for role in three if right.words[role] not in {"-", "none"}]
        shared = len(held) == 3 and (
            right.endpoint.startswith(("accounts.", "notices.")) or right.endpoint in everyone
        )
        assert len(held) <= 1 or shared or "*" in right.words.values(), str(right)


def test_every_action_is_somebody_s_and_every_route_s_action_is_declared(house: House) -> None:
    used = {getattr(house.app.view_functions[endpoint], "action", None) for endpoint, _m, _o in routes(house)}
    assert {action.name for action in used if action is not None} <= set(ACTIONS)
    assert [action.name for action in ACTIONS.values() if not action.reaches] == []

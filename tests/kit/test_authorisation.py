"""Grants on areas that nest, reach by role, and what a refusal says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.authorisation import (
    ACTIONS,
    SEPARATED_ROLES,
    Action,
    Actor,
    Grant,
    Reach,
    Role,
    action,
    authorise,
    operator,
)
from app.kit.errors import Forbidden, NotFound

READ = Action("read", "看", {Role.COUNTY_STAFF: Reach.AREA, Role.DEPUTY: Reach.OWN, Role.AUDITOR: Reach.ALL})
codes = st.from_regex(r"\A(|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})\Z")


def actor(*grants: tuple[Role, str], person_id: int | None = None) -> Actor:
    return Actor(7, "某人", tuple(Grant(role, code) for role, code in grants), person_id=person_id)


@given(granted=codes, asked=codes)
def test_a_grant_covers_everything_that_begins_with_its_code(granted: str, asked: str) -> None:
    staff = actor((Role.COUNTY_STAFF, granted))
    assert staff.may_in(READ, asked) is asked.startswith(granted)
    assert staff.areas(READ) == (granted,)


@given(grants=st.lists(codes, min_size=1, max_size=6), asked=codes)
def test_several_grants_add_up(grants: list[str], asked: str) -> None:
    staff = actor(*((Role.COUNTY_STAFF, code) for code in grants))
    assert staff.may_in(READ, asked) is any(asked.startswith(code) for code in grants)
    areas = staff.areas(READ)
    assert not any(a != b and a.startswith(b) for a in areas for b in areas), "no area inside another"


def test_a_role_without_the_action_reaches_nothing() -> None:
    leader = actor((Role.LEADER, ""))
    assert not leader.may(READ)
    assert leader.areas(READ) == ()
    with pytest.raises(Forbidden, match="看"):
        authorise(leader, READ, "430623")


def test_another_area_looks_like_nothing_at_all() -> None:
    staff = actor((Role.COUNTY_STAFF, "430623"))
    authorise(staff, READ, "430623120")
    with pytest.raises(NotFound):
        authorise(staff, READ, "430624")
    with pytest.raises(NotFound):
        authorise(staff, READ, "4306")


def test_a_deputy_reaches_what_is_their_own() -> None:
    deputy = actor((Role.DEPUTY, "430623"), person_id=3)
    authorise(deputy, READ, "430623", person_id=3)
    assert deputy.owns(READ) and deputy.areas(READ) == ()
    for person_id in (4, None):
        with pytest.raises(NotFound):
            authorise(deputy, READ, "430623", person_id=person_id)


def test_an_account_bound_to_nobody_owns_nothing() -> None:
    assert not actor((Role.DEPUTY, "430623")).may_in(READ, "430623", person_id=None)


def test_a_person_bound_to_a_staff_account_gains_nothing_by_it() -> None:
    staff = actor((Role.COUNTY_STAFF, "430623"), person_id=3)
    assert not staff.owns(READ)
    assert not staff.may_in(READ, "430624", person_id=3)


def test_rights_without_an_area_reach_everywhere() -> None:
    assert actor((Role.AUDITOR, "430623")).may_in(READ, "11")


def test_the_operator_at_the_command_line_may_do_everything() -> None:
    someone = operator()
    assert someone.may(READ) and someone.areas(READ) == ("",)
    assert someone.user_id is None and someone.source == "cli"


def test_nobody_may_do_anything() -> None:
    nobody = Actor(None, "")
    assert not any(nobody.may(declared) for declared in ACTIONS.values())


def test_an_action_is_declared_once_and_in_words() -> None:
    declared = action("test.only", "只为测试", {Role.DEPUTY: Reach.OWN})
    try:
        assert ACTIONS["test.only"] is declared
        with pytest.raises(ValueError, match="twice"):
            action("test.only", "再来一次", {})
    finally:
        del ACTIONS["test.only"]
    assert all(str(found.label) for found in ACTIONS.values())


def test_no_role_holds_the_rights_of_two_administrators() -> None:
    held = {
        role: {name for name, found in ACTIONS.items() if role in found.reaches and name != "signed_in"}
        for role in SEPARATED_ROLES
    }
    assert all(held.values()), "an administrator without any right"
    for one in SEPARATED_ROLES:
        for other in SEPARATED_ROLES - {one}:
            assert not held[one] & held[other]

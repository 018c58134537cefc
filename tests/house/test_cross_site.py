"""No address takes a form without its token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house.authorisation import RIGHTS, ROLES, Right
from tests.house.conftest import House
from tests.house.test_authorisation import assert_denied, reaches, send, targets

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def guarded(house: House) -> Iterator[House]:
    house.app.config["WTF_CSRF_ENABLED"] = True
    yield house
    house.app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize("right", [right for right in RIGHTS if right.method == "POST"], ids=str)
def test_a_form_without_its_token_is_refused(guarded: House, right: Right) -> None:
    role = next(role for role, word in right.words.items() if word not in {"-", "none"})
    thing = next(t for t in targets(guarded, right, role) if reaches(guarded, right, role, t))
    answer = send(guarded, ROLES[role], right, thing.args if thing else {})
    assert_denied(answer, 400, str(right))
    from_script = send(
        guarded, ROLES[role], right, thing.args if thing else {}, headers={"X-CSRFToken": "nonsense"}
    )
    assert_denied(from_script, 400, str(right))

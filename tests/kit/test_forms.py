"""Forms: what people type, messages at their field, refusals that lose nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from app.kit.errors import DomainError
from app.kit.forms import (
    BaseForm,
    DateField,
    IdField,
    IdsField,
    NumberField,
    TextField,
    at_most,
    enum_field,
    required,
)
from app.kit.i18n import _l
from app.registry.states import Sex

pytestmark = pytest.mark.sqlite_only


class PersonForm(BaseForm):
    name = TextField(_l("姓名"), validators=[required(), at_most(5)])
    day = DateField(_l("日期"))
    number = NumberField(_l("人数"))
    person = IdField(_l("代表"))
    people = IdsField(_l("名单"))
    sex = enum_field(_l("性别"), Sex)
    other_sex = enum_field(_l("另一性别"), Sex, optional=True)


@pytest.fixture
def request_context(app: Flask) -> Iterator[Flask]:
    with app.test_request_context("/", method="POST"):
        yield app


def form(**typed: Any) -> PersonForm:
    pairs = [
        (key, value)
        for key, values in typed.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return PersonForm(MultiDict(pairs))


def refused(filled: PersonForm, field: str) -> str:
    """The messages at a field, as one text."""
    filled.validate()
    return "".join(filled[field].errors)


@pytest.mark.parametrize(
    "typed",
    ["2024-03-05", "2024.3.5", "2024/3/5", "2024年3月5日", "20240305", " 2024-3-5 ", "２０２４－３－５"],
)
def test_days_as_people_type_them(request_context: Flask, typed: str) -> None:
    filled = form(day=typed)
    assert filled.day.data == date(2024, 3, 5)
    assert filled.day._value() == typed, "what was typed comes back as it was typed"


@pytest.mark.parametrize("typed", ["2024-02-30", "昨天", "2024", "3/5", "0000-00-00", "x" * 500])
def test_a_day_that_is_none_is_asked_about(request_context: Flask, typed: str) -> None:
    filled = form(day=typed)
    message = refused(filled, "day")
    assert message
    assert filled.day.data is None
    assert filled.day._value() == typed


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (" 7 ", 7), ("１２", 12), ("-3", -3), ("", None)])
def test_whole_numbers(request_context: Flask, typed: str, number: int | None) -> None:
    assert form(number=typed).number.data == number


@pytest.mark.parametrize("typed", ["一", "1.5", "1e3", "99999999999", "9" * 6000, "0x10", "NaN"])
def test_what_is_no_number_is_asked_about(request_context: Flask, typed: str) -> None:
    assert refused(form(number=typed), "number")


@pytest.mark.parametrize("typed", ["x", "-1", "1.0", "９", str(2**63), "1" * 40, "1 OR 1=1"])
def test_a_chosen_record_is_a_number_the_database_holds(request_context: Flask, typed: str) -> None:
    single, several = form(person=typed), form(people=["3", typed])
    assert refused(single, "person") and single.person.data is None
    assert refused(several, "people") and several.people.data == []


def test_chosen_records(request_context: Flask) -> None:
    filled = form(person="12", people=["3", "", "4"])
    assert (filled.person.data, filled.people.data) == (12, [3, 4])
    assert form(person="").person.data is None


def test_text_is_trimmed_and_loses_what_no_database_takes(request_context: Flask) -> None:
    assert form(name="  龑\x00小满 ").name.data == "龑小满"
    assert "请填写" in refused(form(name="   "), "name")
    assert "不能超过 5 个字" in refused(form(name="一二三四五六"), "name")
    rare = form(name="𠮷𬭎䶮")
    assert rare.name.data == "𠮷𬭎䶮" and not refused(rare, "name")


def test_choices_of_an_enum(request_context: Flask) -> None:
    assert form(sex="female").sex.data is Sex.FEMALE
    assert refused(form(sex="unknown"), "sex")
    assert form(other_sex="").other_sex.data is None
    assert form(other_sex="").validate() is False
    assert "other_sex" not in form(other_sex="", name="甲", sex="male").errors


def test_messages_are_text(request_context: Flask) -> None:
    filled = form(day="昨天", number="一", sex="x")
    assert not filled.validate()
    assert all(type(message) is str for messages in filled.errors.values() for message in messages)


def test_a_refusal_stands_at_its_field(request_context: Flask) -> None:
    def refuse(field: str | None) -> None:
        raise DomainError("不能这样填。", field)

    filled = form(name="甲")
    filled.validate()
    assert filled.attempt(refuse, "name") is None
    assert filled.name.errors == ["不能这样填。"]
    assert filled.attempt(refuse, "no such field") is None
    assert filled.attempt(refuse, None) is None
    assert filled.form_errors[-2:] == ["不能这样填。", "不能这样填。"]


def test_somebody_else_was_faster(request_context: Flask) -> None:
    def save() -> None:
        raise StaleDataError

    filled = form(name="甲")
    assert filled.attempt(save) is None
    assert "刚刚被别人修改过" in str(filled.form_errors[0])
    assert filled.name.data == "甲"


def test_what_is_carried_out_gives_its_result(request_context: Flask) -> None:
    assert form().attempt(lambda a, b: a + b, 1, b=2) == 3


def test_values_are_what_was_filled_in(request_context: Flask) -> None:
    assert set(form().values()) == {"name", "day", "number", "person", "people", "sex", "other_sex"}


@pytest.mark.parametrize(
    ("sent", "version"), [("3", 3), ("", None), ("x", None), ("²", None), ("-1", None), ("9" * 30, None)]
)
def test_the_version_a_form_was_opened_on(request_context: Flask, sent: str, version: int | None) -> None:
    found = form(version=sent).sent_version
    assert found == version or (version is None and isinstance(found, int) and found > 10**18)


def test_every_form_has_a_token_of_its_own_and_keeps_it(request_context: Flask) -> None:
    first, second = form(), form()
    assert first.once.data and first.once.data != second.once.data
    assert form(_once="abc").once.data == "abc"


anything = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["\x00", "𬭎", "-1", "1" * 50, "=1+1", "<script>", "'", "%s", "{{7*7}}", "\u202e", "٣"]
)


@given(
    typed=st.dictionaries(
        st.sampled_from([*["name", "day", "number", "person", "people", "sex", "version", "_once"]]), anything
    )
)
def test_whatever_is_typed_is_no_accident(request_context: Flask, typed: dict[str, str]) -> None:
    filled = form(**typed)
    filled.validate()
    _ = (filled.values(), filled.sent_version, [str(field()) for field in filled])

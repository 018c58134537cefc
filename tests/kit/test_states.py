"""Enums with labels, transition tables, and errors that know their status."""

from __future__ import annotations

import importlib
import inspect as inspection
import pkgutil
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

import app as house
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class Light(LabelledEnum):
    RED = "red", _l("红")
    GREEN = "green", _l("绿")
    OUT = "out"


class Push(LabelledEnum):
    ON = "on", _l("继续")
    OFF = "off", _l("停止")


TABLE = Transitions(
    (Light.RED, Push.ON, Light.GREEN),
    (Light.GREEN, Push.ON, Light.RED),
    (Light.GREEN, Push.OFF, Light.OUT),
)


def test_a_key_is_english_and_a_label_is_read(app: Flask) -> None:
    assert Light("red") is Light.RED and str(Light.RED) == "red"
    with app.test_request_context():
        assert Light.RED.label == "红"
        assert Light.choices() == [("red", "红"), ("green", "绿"), ("out", "out")]
    with pytest.raises(ValueError, match="blue"):
        Light("blue")


def test_what_is_not_in_the_table_is_refused() -> None:
    assert TABLE.after(Light.RED, Push.ON) is Light.GREEN
    assert TABLE.after(Light.RED, Push.OFF) is None
    assert TABLE.after(Light.OUT, Push.ON) is None
    assert TABLE.actions(Light.GREEN) == [Push.ON, Push.OFF]
    assert TABLE.actions(Light.OUT) == []
    assert [(row.before, row.action, row.after) for row in TABLE] == [
        (Light.RED, Push.ON, Light.GREEN),
        (Light.GREEN, Push.ON, Light.RED),
        (Light.GREEN, Push.OFF, Light.OUT),
    ]


def modules() -> list[Any]:
    names = [found.name for found in pkgutil.walk_packages(house.__path__, "app.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def every(kind: type) -> dict[str, Any]:
    """Everything of this kind that a module of the house defines."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            is_one = isinstance(value, kind) and not isinstance(value, LabelledEnum)
            is_kind = inspection.isclass(value) and issubclass(value, kind) and value is not kind
            if is_one or (is_kind and value.__module__ == module.__name__):
                found[f"{module.__name__}.{name}"] = value
    return found


def test_keys_of_all_states_are_english_words_and_labels_are_given(app: Flask) -> None:
    enums = every(LabelledEnum)
    assert len(enums) > 25
    with app.test_request_context(), force_locale("zh_Hans_CN"):
        for name, enum in enums.items():
            for member in enum:
                assert member.value == member.value.lower() and member.value.isascii(), f"{name}.{member}"
                assert len(member.value) <= 40, f"{name}.{member} does not fit its column"
                assert member.label and member.label != member.value, f"{name}.{member} has no label"


def test_every_state_of_a_table_is_reached_and_left_or_final() -> None:
    tables = {name: table for name, table in every(Transitions).items() if isinstance(table, Transitions)}
    assert len(tables) >= 4
    for name, table in tables.items():
        rows = list(table)
        assert len({(row.before, row.action) for row in rows}) == len(rows), name
        states = type(rows[0].before)
        mentioned = {row.before for row in rows} | {row.after for row in rows}
        unknown = {state for state in states if state not in mentioned}
        assert unknown == set(), f"{name}: {unknown} can neither be reached nor left"


@pytest.mark.parametrize(
    ("error", "status"), [(DomainError, 422), (NotFound, 404), (Forbidden, 403), (Conflict, 409)]
)
def test_an_error_is_a_sentence_with_a_status(error: type[DomainError], status: int) -> None:
    raised = error("请先填写日期。", "held_on")
    assert (raised.status, str(raised), raised.field) == (status, "请先填写日期。", "held_on")
    assert error("请先填写日期。").field is None

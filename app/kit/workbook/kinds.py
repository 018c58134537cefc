"""What importers declare: the columns they understand and the headings each column goes by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from app.kit.i18n import in_every_language
from app.kit.workbook.reading import Cell

REASON_HEADING = "错误原因"
"""Heading of the column that marked copies carry; when such a copy is uploaded again it says nothing."""

SERIAL_HEADINGS = frozenset({"序号", "序", "顺序号", "顺序", "行号", "项次", "no", "no."})
"""Normalised headings of columns that only number the rows."""

MAX_HEADING = 300

_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff*＊★☆▲△●※:：_﹡]+")
_CIRCLED = re.compile(r"^[①-⑳⑴-⒛㈠-㈩➀-➉]+")
_ENUMERATION = re.compile(r"^(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)、.,](?!\d))+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|《[^《》]*》|\{[^{}]*\}")


def normalise_heading(text: str) -> str:
    """The heading without white space, stars, colons, enumerations and differences of width or case.

    Nothing remains of a text too long to be a heading.
    """
    return _normalised(text) if len(text) <= MAX_HEADING else ""


def bare_heading(text: str) -> str:
    """:func:`normalise_heading` without what stands in brackets: 选区（选举单位） becomes 选区."""
    return _bare(text) if len(text) <= MAX_HEADING else ""


@lru_cache(maxsize=8192)
def _normalised(text: str) -> str:
    while True:
        plain = _CIRCLED.sub("", _NOISE.sub("", text))
        plain = _NOISE.sub("", unicodedata.normalize("NFKC", plain).casefold())
        plain = _ENUMERATION.sub("", plain)
        if plain == text:
            return plain
        text = plain


@lru_cache(maxsize=8192)
def _bare(text: str) -> str:
    plain = _normalised(text)
    while (shorter := _BRACKETS.sub("", plain)) != plain:
        plain = _normalised(shorter)
    return plain


@dataclass(frozen=True)
class Field:
    """One column an importer understands: the label it prints, the headings it knows, how cells are read.

    ``parse`` takes a cell (None for an empty one) and raises :class:`CellError`. ``required``: the column
    must be there and no row may leave it empty. ``text``: templates format the column as text.
    """

    key: str
    label: str
    headings: tuple[str, ...]
    parse: Callable[[Cell], object]
    required: bool = False
    choices: tuple[str, ...] = ()
    text: bool = False
    example: str = ""
    note: str = ""


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet. ``recognised_by``: keys whose columns must be there; ``order``: of dependence."""

    key: str
    label: str
    fields: tuple[Field, ...]
    recognised_by: tuple[str, ...]
    order: int = 0

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields by their keys."""
        return {each.key: each for each in self.fields}

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Keys of the columns without which the sheet cannot be read, in the order of the fields."""
        return tuple(each.key for each in self.fields if each.required or each.key in self.recognised_by)

    @cached_property
    def exact(self) -> Mapping[str, str]:
        """Normalised heading to field key."""
        known: dict[str, str] = {}
        for each in self.fields:
            for label in in_every_language(each.label):
                known.setdefault(normalise_heading(label), each.key)
        for each in self.fields:
            for heading in each.headings:
                known.setdefault(normalise_heading(heading), each.key)
        return known

    @cached_property
    def bare(self) -> Mapping[str, str]:
        """Heading without brackets to field key, where only one field could be meant."""
        keys: dict[str, set[str]] = {}
        for each in self.fields:
            for heading in (*in_every_language(each.label), *each.headings):
                keys.setdefault(bare_heading(heading), set()).add(each.key)
        return {heading: found.pop() for heading, found in keys.items() if heading and len(found) == 1}

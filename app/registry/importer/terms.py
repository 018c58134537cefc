"""Finding the term of office a row names, in any spelling."""

from __future__ import annotations

import re

from sqlalchemy import or_, select

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Wrong
from app.kit.workbook.cells import CellError, ordinal
from app.registry.directory import Places
from app.registry.models import Term
from app.registry.states import Level

_BEFORE = re.compile(r"第?[0-9零〇一二两三四五六七八九十百]+届.*")
_OWN_LENGTH = {Level.NATIONAL: 0, Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9}
_MADE_HERE = (Level.NATIONAL, Level.PROVINCE)


class Terms:
    """Terms of the congresses of the office's areas and of those above. Those of the nation and the provinces
    are made where they are missing; the others must have been set up, because dates hang on them."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.places = intake.share(Places)
        above = [intake.office[:n] for n in (0, 2, 4) if n < len(intake.office)]
        wanted = select(Term.id, Term.level, Term.area_code, Term.ordinal, Term.name, Term.started_on)
        wanted = wanted.where(or_(within(Term.area_code, [intake.office]), Term.area_code.in_(above)))
        self.ids: dict[tuple[Level, str, int], int] = {}
        self.names: dict[int, str] = {}
        self.started: dict[int, object] = {}
        for term_id, level, area, number, name, started in intake.session.execute(wanted):
            self.ids[level, area, number] = term_id
            self.names[term_id] = name
            self.started[term_id] = started
        self._found: dict[tuple[Level, str, str | None], int] = {}

    def area_of(self, level: Level, township: str | None) -> str:
        """Area whose congress a deputy of this level sits in."""
        return (township or "") if level is Level.TOWNSHIP else self.intake.office[: _OWN_LENGTH[level]]

    def find(self, level: Level, township: str | None, words: str | None, *, has_column: bool) -> int:
        """The term's id. Without a column the only term of that congress is meant."""
        area = self.area_of(level, township)
        key = (level, area, words)
        if key not in self._found:
            self._found[key] = self._find(level, area, words, has_column)
        return self._found[key]

    def _find(self, level: Level, area: str, words: str | None, has_column: bool) -> int:
        known = [
            (number, term_id)
            for (lv, code, number), term_id in self.ids.items()
            if (lv, code) == (level, area)
        ]
        if words is None:
            if has_column or len(known) != 1:
                raise Wrong("term", _l("请填写届次，如“%(example)s”。", example=self._example(level, area)))
            return known[0][1]
        try:
            number = ordinal(words)
        except CellError as error:
            raise Wrong("term", error.message) from error
        self._check_congress(area, words)
        for each, term_id in known:
            if each == number:
                return term_id
        if level in _MADE_HERE and number is not None:
            return self._make(level, area, number)
        listed = "、".join(self.names[term_id] for _number, term_id in sorted(known)) or _l("（无）")
        raise Wrong(
            "term",
            _l(
                "系统里没有%(place)s的“%(words)s”；已建立的届次：%(known)s。请核对，或先在设置里建立这一届。",
                place=self.places.name_of(area),
                words=words,
                known=listed,
            ),
        )

    def _check_congress(self, area: str, words: str) -> None:
        named = _BEFORE.sub("", "".join(words.split()))
        found = self.places.area_in(named)
        if found is not None and found != area and named.endswith(self.places.name_of(found)):
            raise Wrong(
                "term",
                _l(
                    "届次“%(words)s”与代表层级不符，这一层级应是%(place)s的届次；请核对层级和届次。",
                    words=words,
                    place=self.places.name_of(area),
                ),
            )

    def _example(self, level: Level, area: str) -> str:
        names = [self.names[i] for (lv, code, _n), i in self.ids.items() if (lv, code) == (level, area)]
        return names[-1] if names else str(_l("第十八届"))

    def _make(self, level: Level, area: str, number: int) -> int:
        name = self.places.names.get(area)
        if name is None:
            raise Wrong("level", _l("区划表里还没有这一层级的区域；请先用 lvzhi setup 建立本县的上级区划。"))
        label = f"第{number}届全国人大" if level is Level.NATIONAL else f"{name}第{number}届"
        values = {"level": level, "area_code": area, "ordinal": number, "name": label}
        term_id = self.intake.writer.insert(Term.__table__, values, remember=True)  # type: ignore[arg-type]
        self.ids[level, area, number] = term_id
        self.names[term_id] = label
        self.started[term_id] = None
        self.intake.made("term", term_id, area, label, values)
        return term_id

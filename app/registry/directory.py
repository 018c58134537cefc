"""Who and where a workbook means: areas by name, deputies by card number or name; no query per row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Wrong
from app.registry.models import Area, Mandate, Person
from app.registry.states import AreaKind, Level

_KIND_ENDINGS = ("民族乡", "街道办事处", "街道", "镇", "乡", "县", "市", "区", "省")


class Places:
    """Areas of the office and those above it, by code and by every way their names are written."""

    def __init__(self, intake: Intake) -> None:
        self.office = intake.office
        above = [self.office[:n] for n in (0, 2, 4) if n < len(self.office)]
        wanted = select(Area.code, Area.name, Area.kind).where(
            or_(within(Area.code, [self.office]), Area.code.in_(above))
        )
        self.names: dict[str, str] = {}
        self.kinds: dict[str, AreaKind] = {}
        for code, name, kind in intake.session.execute(wanted.order_by(Area.code)):
            self.names[code] = name
            self.kinds[code] = kind
        self.townships = {code: name for code, name in self.names.items() if len(code) == 9}
        self._township_codes = self._spellings(self.townships)
        self._all_codes = {name: code for code, name in self.names.items()}
        self._in_text: dict[tuple[bool, str], str | None] = {}
        self._township_pattern = _any_of(self._township_codes)
        self._area_pattern = _any_of(self._all_codes)

    def _spellings(self, areas: dict[str, str]) -> dict[str, str]:
        """Every name that means one township only: 章华镇, 华容县章华镇, 章华."""
        short: dict[str, set[str]] = {}
        for code, name in areas.items():
            bare = next((name.removesuffix(end) for end in _KIND_ENDINGS if name.endswith(end)), name)
            for spelling in {name, self.names.get(code[:6], "") + name, name + "人民政府"} | (
                {bare} if len(bare) > 1 else set()
            ):
                short.setdefault(spelling, set()).add(code)
        return {spelling: codes.pop() for spelling, codes in short.items() if len(codes) == 1}

    def township(self, text: str) -> str | None:
        """Code of the township written exactly like this."""
        return self._township_codes.get("".join(text.split()))

    def township_in(self, text: str | None) -> str | None:
        """Code of the township named at the beginning of, or else somewhere in, a text (万庾镇第3联络站)."""
        return self._found_in(text, townships=True)

    def area_in(self, text: str | None) -> str | None:
        """Code of the area a text begins with or contains: 岳阳市人民代表大会 is 4306's."""
        return self._found_in(text, townships=False)

    def name_of(self, code: str) -> str:
        """Name of an area, the code itself where it is not known."""
        return self.names.get(code, code)

    def _found_in(self, text: str | None, *, townships: bool) -> str | None:
        if not text:
            return None
        key = (townships, text)
        if key not in self._in_text:
            pattern = self._township_pattern if townships else self._area_pattern
            codes = self._township_codes if townships else self._all_codes
            match = pattern.search("".join(text.split())) if codes else None
            self._in_text[key] = codes[match[0]] if match else None
        return self._in_text[key]


def _any_of(names: dict[str, str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


class Entry(NamedTuple):
    """A mandate as far as it must be known to find it."""

    mandate_id: int
    person_id: int
    card: str | None
    name: str
    level: Level
    area_code: str
    scope_code: str
    began_on: date
    ended_on: date | None


class Deputies:
    """Mandates kept by the office, found by card number or by name, level and township."""

    def __init__(self, intake: Intake) -> None:
        self.places = intake.share(Places)
        self.by_id: dict[int, Entry] = {}
        self._by_card: dict[str, int] = {}  # without leading zeros
        self._alike: dict[str, int] = {}  # cards that differ from another only in leading zeros
        self._by_name: dict[str, list[int]] = {}
        wanted = (
            select(
                Mandate.id,
                Mandate.person_id,
                Mandate.card_no,
                Person.name,
                Mandate.level,
                Mandate.area_code,
                Mandate.scope_code,
                Mandate.began_on,
                Mandate.ended_on,
            )
            .join(Person, Person.id == Mandate.person_id)
            .where(Mandate.office_code == intake.office)
            .execution_options(yield_per=5000)
        )
        areas: dict[str, str] = {}
        for row in intake.session.execute(wanted):
            entry = Entry(*row)
            area, scope = (areas.setdefault(code, code) for code in (entry.area_code, entry.scope_code))
            self.put(entry._replace(area_code=area, scope_code=scope))

    def put(self, entry: Entry) -> None:
        """Adds a mandate, or replaces what was known of it."""
        known = self.by_id.get(entry.mandate_id)
        self.by_id[entry.mandate_id] = entry
        if entry.card:
            first = self._by_card.setdefault(entry.card.lstrip("0"), entry.mandate_id)
            if first != entry.mandate_id:
                self._alike[entry.card] = entry.mandate_id
        if known is None or known.name != entry.name:
            if known is not None:
                self._by_name[known.name].remove(entry.mandate_id)
            self._by_name.setdefault(entry.name, []).append(entry.mandate_id)

    def with_card(self, card: str) -> Entry | None:
        """The mandate with this card number; leading zeros may have been lost in a numeric cell."""
        found = self._alike.get(card) or self._by_card.get(card.lstrip("0"))
        if found is None:
            return None
        entry = self.by_id[found]
        return entry if entry.card == card or card.isdigit() else None

    def resolve(
        self,
        card: str | None,
        name: str | None,
        *,
        level: Level | None = None,
        township: str | None = None,
        on: date | None = None,
        keys: tuple[str, str] = ("card", "name"),
    ) -> Entry:
        """The mandate that a row means; :class:`Wrong` on the field at fault (``keys``: card, name)."""
        if card:
            return self._resolve_card(card, name, keys)
        if not name:
            raise Wrong(keys[0], _l("请填写代表证号；没有证号的填写姓名和代表层级。"))
        found = [self.by_id[i] for i in self._by_name.get(name, ())]
        if not found:
            raise Wrong(keys[1], _l("名册里没有“%(name)s”；请核对姓名，或先导入代表名册。", name=name))
        for fits in (
            lambda e: level is None or e.level is level,
            lambda e: township is None or e.area_code.startswith(township),
            lambda e: on is None or (e.began_on <= on and (e.ended_on is None or e.ended_on > on)),
        ):
            found = [entry for entry in found if fits(entry)] or found
        if len(found) > 1:
            listed = "；".join(self.describe(entry) for entry in found[:4])
            raise Wrong(
                keys[1],
                _l(
                    "“%(name)s”有 %(count)d 位：%(listed)s；请填写代表证号。",
                    name=name,
                    count=len(found),
                    listed=listed,
                ),
            )
        entry = found[0]
        elsewhere = township is not None and len(entry.area_code) == 9 and entry.area_code != township
        if elsewhere or (level is not None and entry.level is not level):
            raise Wrong(
                keys[1],
                _l(
                    "名册里的“%(name)s”是%(known)s；请核对姓名、层级和乡镇，或填写代表证号。",
                    name=name,
                    known=self.describe(entry),
                ),
            )
        return entry

    def _resolve_card(self, card: str, name: str | None, keys: tuple[str, str]) -> Entry:
        entry = self.with_card(card)
        if entry is None:
            raise Wrong(
                keys[0], _l("名册里没有代表证号“%(card)s”；请核对证号，或先导入代表名册。", card=card)
            )
        if name and name != entry.name:
            raise Wrong(
                keys[1],
                _l(
                    "证号“%(card)s”登记的姓名是“%(known)s”，这里写的是“%(name)s”；请核对证号和姓名。",
                    card=card,
                    known=entry.name,
                    name=name,
                ),
            )
        return entry

    def resolve_all(
        self, cards: Sequence[str], names: Sequence[str], *, keys: tuple[str, str], **narrowing: Any
    ) -> list[Entry]:
        """The mandates of a cell with several card numbers, checked against the names beside them if any."""
        if not cards:
            return [self.resolve(None, name, keys=keys, **narrowing) for name in names]
        found = [self.resolve(card, None, keys=keys) for card in cards]
        strangers = [name for name in names if name not in {entry.name for entry in found}]
        if strangers:
            entries = "、".join(f"{entry.card} {entry.name}" for entry in found)
            raise Wrong(
                keys[1],
                _l(
                    "“%(name)s”与证号登记的姓名不符（%(entries)s）；请核对证号和姓名。",
                    name=strangers[0],
                    entries=entries,
                ),
            )
        return found

    def describe(self, entry: Entry) -> str:
        """Name, card number and place, enough to tell two people apart."""
        place = self.places.name_of(entry.area_code)
        return f"{entry.name}（{entry.card or '无证号'}，{entry.level.label}，{place}）"


def office_codes(session: Any) -> list[str]:
    """Offices of this database: the counties, or the highest area there is below a province."""
    wanted = select(Area.code).where(func.length(Area.code) == 6).order_by(Area.code)
    return list(session.scalars(wanted))

"""Finding the person a roster row means. What is doubtful is asked, never guessed."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import or_, select

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Asked, Question, SheetRow
from app.kit.intake.shelf import Shelf
from app.registry.models import Mandate, Person
from app.registry.names import name_columns

COLUMNS = (
    "name",
    "sex",
    "nation",
    "born",
    "party",
    "education",
    "degree",
    "phone",
    "email",
    "work_unit_post",
    "address",
    "has_fixed_income",
)
OTHER = "different"
_FULL = len("1975-03-12")
_PHONE = COLUMNS.index("phone")
_BORN = COLUMNS.index("born")
_SEX = COLUMNS.index("sex")


class Persons:
    """Persons kept by the office, or deputies of it whom another office registered. One named in several rows is recognised by name and phone, or by name and
    full birth date."""

    def __init__(self, intake: Intake) -> None:
        self.office = intake.office
        self.shelf = Shelf(intake.writer, Person, COLUMNS)
        self.by_name: dict[str, list[int]] = {}
        self._told: set[int] = set()
        deputies = select(Mandate.person_id).where(Mandate.office_code == intake.office)
        kept = or_(within(Person.area_code, [intake.office]), Person.id.in_(deputies))
        for person_id, values in self.shelf.load(kept):
            self._index(values[0], person_id)

    def _index(self, name: str, person_id: int) -> None:
        self.by_name.setdefault(name, []).append(person_id)

    def find(self, row: SheetRow) -> int | None:
        """The person, None for somebody new; :class:`Asked` where it may be either."""
        doubtful = []
        for person_id in self.by_name.get(row.get("name"), ()):
            same = self._same(self.shelf.rows[person_id], row)
            if same:
                return person_id
            if same is None:
                doubtful.append(person_id)
        if not doubtful or row.answer == OTHER:
            return None
        by_answer = {self._mark(person_id): person_id for person_id in doubtful}
        if row.answer in by_answer:
            return by_answer[row.answer]
        raise self._ask(row, by_answer)

    def _same(self, known: list[Any], row: SheetRow) -> bool | None:
        """Whether a person of the same name is the one meant; None where it cannot be told."""
        phone, born, sex = row.get("phone"), row.get("born"), row.get("sex")
        agree = _births_agree(known[_BORN], born)
        exact = agree and len(born or "") == _FULL and known[_BORN] == born
        other_sex = sex is not None and known[_SEX] is not None and sex is not known[_SEX]
        if phone and known[_PHONE]:
            if phone == known[_PHONE]:
                return None if agree is False or other_sex else True
            return None if exact and not other_sex else False
        if exact and not other_sex:
            return True
        return False if agree is False or other_sex else None

    def _mark(self, person_id: int) -> str:
        """What an answer calls this person: the same before and after the person has been written."""
        known = self.shelf.rows[person_id]
        told = f"{known[0]}|{known[_PHONE]}|{known[_BORN]}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def _ask(self, row: SheetRow, by_answer: dict[str, int]) -> Asked:
        known = {mark: self._describe(person_id) for mark, person_id in by_answer.items()}
        answers: dict[str, Any] = {
            mark: _l("就是已登记的%(person)s", person=words) for mark, words in known.items()
        }
        answers[OTHER] = _l("不是同一人，另行登记")
        first = next(iter(known.values()))
        return Asked(
            "name",
            _l(
                "不能确定这一行的“%(name)s”与%(person)s是否同一人；请核对两处的手机号码和出生年月后改为一致，"
                "或在网页上导入时逐行选择。",
                name=row.get("name"),
                person=first,
            ),
            Question(
                _l("这一行的“%(name)s”与%(person)s是同一人吗？", name=row.get("name"), person=first), answers
            ),
        )

    def _describe(self, person_id: int) -> str:
        known = self.shelf.rows[person_id]
        return f"{known[0]}（{known[_BORN] or '—'}，{known[_PHONE] or '—'}）"

    def put(
        self, person_id: int | None, values: dict[str, Any]
    ) -> tuple[int, dict[str, Any], dict[str, Any]]:
        """Makes or completes the person: (id, before, after).

        Where several rows of one import tell about a person, the first one holds and later ones add what is
        missing; a less exact birth date never replaces a more exact one.
        """
        if person_id is None:
            row = {**values, **name_columns(values["name"]), "area_code": self.office}
            person_id = self.shelf.add(row)
            self._index(values["name"], person_id)
            self._told.add(person_id)
            return person_id, {}, {}
        known = self.shelf.rows[person_id]
        wanted = dict(values)
        if person_id in self._told:
            wanted = {key: value for key, value in wanted.items() if known[self.shelf.position[key]] is None}
        self._told.add(person_id)
        born = values.get("born")
        if born and known[_BORN] and _births_agree(known[_BORN], born):
            wanted["born"] = max(born, known[_BORN], key=len)
        renamed = wanted.get("name") not in (None, known[0])
        before, after = self.shelf.change(person_id, wanted)
        if renamed:
            self._rename(person_id, before["name"], after["name"])
        return person_id, before, after

    def _rename(self, person_id: int, old: str, new: str) -> None:
        self.by_name[old].remove(person_id)
        self._index(new, person_id)
        before, after = name_columns(old), name_columns(new)
        self.shelf.writer.update(
            self.shelf.table, person_id, before, after, fresh=self.shelf.fresh(person_id)
        )


def _births_agree(one: str | None, other: str | None) -> bool | None:
    """Whether both may be the same day; None where one is not known."""
    if not one or not other:
        return None
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]

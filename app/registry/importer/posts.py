"""A plain list of who holds which post in the organs of the congress."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import date_, text
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Deputies, Places
from app.registry.importer.fields import REFERENCE
from app.registry.models import Post
from app.registry.states import PostKind

COLUMNS = ("area_code", "person_id", "kind", "title", "began_on", "ended_on")
_KINDS = (
    (PostKind.TOWNSHIP_VICE_CHAIR, ("人大副主席", "主席团副主席")),
    (PostKind.TOWNSHIP_CHAIR, ("人大主席", "主席团主席")),
    (PostKind.CLERK, ("专干", "干事")),
    (PostKind.SPECIAL_COMMITTEE_CHAIR, ("主任委员", "委员会主任")),
    (PostKind.CHAIRPERSONS_MEETING_MEMBER, ("主任会议", "常委会主任", "常委会副主任", "党组")),
    (PostKind.STANDING_COMMITTEE_MEMBER, ("常委会委员", "常委会组成人员")),
)


def kind_of(title: str) -> PostKind:
    """The kind of post a title names."""
    for kind, marks in _KINDS:
        if any(mark in title for mark in marks):
            return kind
    return PostKind.OTHER


class PostImporter(Importer):
    """Posts; one per person, title and first day."""

    kind = SheetKind(
        "posts",
        _l("人大职务名单"),
        (
            *REFERENCE,
            Field(
                "title",
                _l("人大职务"),
                ("所任人大职务", "职务名称", "人大任职", "担任人大职务"),
                text(80),
                required=True,
                example="主任会议成员",
            ),
            Field(
                "began_on",
                _l("任职日期"),
                ("任职时间", "起任日期"),
                date_,
                required=True,
                example="2021-12-28",
            ),
            Field("ended_on", _l("免职日期"), ("免职时间", "离任日期"), date_),
        ),
        ("name", "title"),
        order=40,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.deputies = intake.share(Deputies)
        # Posts bear no batch number: undo must be told of each.
        self.shelf = Shelf(intake.writer, Post, COLUMNS, remember=True)
        self.ids: dict[tuple[int, str, date], int] = {}
        for row_id, values in self.shelf.load(within(Post.area_code, [intake.office])):
            self.ids[values[1], values[3], values[4]] = row_id

    def take(self, row: SheetRow) -> Decision:
        """One post."""
        title, began_on, ended_on = row.get("title"), row.get("began_on"), row.get("ended_on")
        if ended_on is not None and ended_on < began_on:
            raise Wrong("ended_on", _l("免职日期早于任职日期；请核对这两个日期。"))
        township = self.places.township(row.get("township") or "")
        entry = self.deputies.resolve(
            row.get("card"), row.get("name"), level=row.get("level"), township=township, on=began_on
        )
        kind = kind_of(title)
        local = kind in (PostKind.TOWNSHIP_CHAIR, PostKind.TOWNSHIP_VICE_CHAIR, PostKind.CLERK)
        area = self.places.township_in(title) or (entry.scope_code if local else self.intake.office)
        self.within_scope(area, "title")
        key = (entry.person_id, title, began_on)
        self.once(key, row, "title")
        known = self.ids.get(key)
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is None:
            values = {"area_code": area, "person_id": entry.person_id, "kind": kind, "title": title}
            self.ids[key] = self.shelf.add({**values, "began_on": began_on, "ended_on": ended_on})
        else:
            before, after = self.shelf.change(known, {"ended_on": ended_on})
        return Decision(
            outcome_of(known is None, after),
            "person",
            entry.person_id,
            f"{entry.name} {title}",
            area,
            changes_of(before, after),
            before,
            after,
            noun="post",
        )

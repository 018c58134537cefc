"""Undoing an import as a whole: what it made goes, what it changed is as before; nothing may rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Table, and_, delete, func, insert, or_, select, update

from app.activities.models import Activity, Attendance
from app.duty_reports.models import DutyReport
from app.exchange.models import ImportBatch, ImportChange
from app.extensions import db
from app.kit.attachments import Attachment
from app.kit.audit import Audited, Happening, plain_values
from app.kit.authorisation import Actor
from app.kit.database import Base, UtcDateTime, chunks, work_alone
from app.kit.errors import Conflict
from app.kit.i18n import _l
from app.kit.intake.follow_ups import follow_up
from app.kit.intake.spool import Spool
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.operations import post
from app.registry.models import Mandate
from app.stations.models import Reception, ReceptionDeputy
from app.suggestions.models import Cosigner, Suggestion, SuggestionUnit

_NAMES = ("name", "title", "number", "card_no")
_EVENTS = 2000
_SOURCES: dict[str, Any] = {
    "entry": DutyEntry,
    "activity": Activity,
    "reception": Reception,
    "suggestion": Suggestion,
    "duty_report": DutyReport,
}
# Rows whose making or removal changes what a source says.
_PARTS: tuple[tuple[str, Any, Any], ...] = (
    ("activity", Attendance, Attendance.activity_id),
    ("reception", ReceptionDeputy, ReceptionDeputy.reception_id),
    ("suggestion", Cosigner, Cosigner.suggestion_id),
    ("suggestion", SuggestionUnit, SuggestionUnit.suggestion_id),
)
# Details that an import removes: the record in whose history they show.
_OWNERS: dict[str, tuple[str, str, Any]] = {
    Cosigner.__tablename__: ("suggestion", "suggestion_id", Suggestion),
    SuggestionUnit.__tablename__: ("suggestion", "suggestion_id", Suggestion),
    ReceptionDeputy.__tablename__: ("reception", "reception_id", Reception),
}
_NOUNS = {
    "person": _l("代表基本情况"),
    "mandate": _l("代表"),
    "activity": _l("活动"),
    "attendance": _l("考勤"),
    "reception": _l("接待"),
    "opinion": _l("群众意见"),
    "suggestion": _l("建议"),
    "duty_report": _l("述职"),
    "duty_entry": _l("履职登记"),
    "station": _l("联络站"),
    "deputy_group": _l("代表小组"),
    "user": _l("账号"),
    "attachment": _l("照片或文件"),
}


def undo_batch(actor: Actor, batch: ImportBatch) -> None:
    """Takes the batch back; Conflict names what rests on it. The ledger follows, the trail tells of every row.

    The files stay until the caller has committed.
    """
    work_alone(db.session(), batch.area_code[:6])
    _check_nothing_changed_since(batch)
    _check_nothing_refers_to_it(batch)
    _check_no_files_hang_on_it(batch)
    touched = _touched(batch)
    _withdraw_from_ledger(batch)
    changes = list(
        db.session.scalars(
            select(ImportChange).where(ImportChange.batch_id == batch.id).order_by(ImportChange.id.desc())
        )
    )
    events = _Events(actor, batch)
    _restore(changes, events)
    _remove(batch, changes, events)
    db.session.execute(delete(ImportChange).where(ImportChange.batch_id == batch.id))
    for kind, ids in touched.items():
        follow_up(kind, ids)
        post(kind, sorted(ids))
    events.record()


def _made_tables() -> list[Table]:
    """Tables whose rows bear the number of the batch that made them, children first."""
    return [table for table in reversed(Base.metadata.sorted_tables) if "import_batch_id" in table.c]


def _of(batch: ImportBatch, table: Table) -> Any:
    return table.c.import_batch_id == batch.id


# --- what rests on the batch -----------------------------------------------------------------------------


def _check_nothing_changed_since(batch: ImportBatch) -> None:
    for table in _made_tables():
        if "updated_at" not in table.c:
            continue
        later = and_(_of(batch, table), table.c.updated_at > batch.finished_at)
        count = db.session.scalar(select(func.count()).select_from(table).where(later)) or 0
        if count:
            raise _changed(table, count, select(*_label(table)).where(later).limit(3))
    changed = (
        select(ImportChange.table_name, ImportChange.row_id)
        .where(ImportChange.batch_id == batch.id)
        .order_by(ImportChange.table_name)
    )
    by_table: dict[str, set[int]] = {}
    for name, row_id in db.session.execute(changed):
        by_table.setdefault(name, set()).add(row_id)
    for name, ids in by_table.items():
        table = Base.metadata.tables[name]
        if "updated_at" in table.c:
            for chunk in chunks(sorted(ids)):
                later = and_(table.c.id.in_(chunk), table.c.updated_at > batch.finished_at)
                count = db.session.scalar(select(func.count()).select_from(table).where(later)) or 0
                if count:
                    raise _changed(table, count, select(*_label(table)).where(later).limit(3))


def _check_nothing_refers_to_it(batch: ImportBatch) -> None:
    for table in _made_tables():
        made = select(table.c.id).where(_of(batch, table))
        for child in Base.metadata.sorted_tables:
            if child is DutyRecord.__table__:
                continue
            for key in child.foreign_keys:
                # What the database itself lets go with the row (a deadline derived from it) rests on nothing.
                if key.column.table is not table or key.ondelete is not None:
                    continue
                own = "import_batch_id" in child.c
                foreign: ColumnElement[bool] = key.parent.in_(made)
                if own:
                    others = or_(child.c.import_batch_id.is_(None), child.c.import_batch_id != batch.id)
                    foreign = and_(foreign, others)
                count = db.session.scalar(select(func.count()).select_from(child).where(foreign)) or 0
                if count and not _restored_away(batch, child, foreign):
                    raise _referred(table, child, count)


def _check_no_files_hang_on_it(batch: ImportBatch) -> None:
    """Photographs and files name their record by kind and number, not by a foreign key."""
    for mapper in Base.registry.mappers:
        table = cast(Table, mapper.local_table)
        if "import_batch_id" not in table.c or not issubclass(mapper.class_, Audited):
            continue
        made = select(table.c.id).where(_of(batch, table))
        hanging = select(func.count()).where(
            Attachment.subject_kind == mapper.class_.audit_kind, Attachment.subject_id.in_(made)
        )
        if count := db.session.scalar(hanging.select_from(Attachment)):
            raise _referred(table, cast(Table, Attachment.__table__), count)


def _restored_away(batch: ImportBatch, child: Table, foreign: Any) -> bool:
    """Whether all these references come from rows that the batch itself changed and undo will change back."""
    if "id" not in child.c:
        return False
    changed = select(ImportChange.row_id).where(
        ImportChange.batch_id == batch.id, ImportChange.table_name == child.name
    )
    rest = select(func.count()).select_from(child).where(foreign, child.c.id.not_in(changed))
    return not db.session.scalar(rest)


def _changed(table: Table, count: int, examples: Any) -> Conflict:
    named = "、".join(" ".join(str(part) for part in row if part) for row in db.session.execute(examples))
    return Conflict(
        _l(
            "不能撤销：导入之后又有 %(count)d 条%(noun)s被改动过（%(examples)s）。请先核对这些记录，需要时逐条修改。",
            count=count,
            noun=_noun(table),
            examples=named or "…",
        )
    )


def _referred(table: Table, child: Table, count: int) -> Conflict:
    return Conflict(
        _l(
            "不能撤销：有 %(count)d 条%(child)s用到了这批导入的%(noun)s。请先撤销或删除那些记录，再撤销这一批。",
            count=count,
            child=_noun(child),
            noun=_noun(table),
        )
    )


def _noun(table: Table) -> Any:
    return _NOUNS.get(table.name, _l("记录"))


def _label(table: Table) -> list[Any]:
    found = [table.c[name] for name in _NAMES if name in table.c]
    return found[:2] or [table.c.id]


# --- taking back -----------------------------------------------------------------------------------------


def _touched(batch: ImportBatch) -> dict[str, set[int]]:
    """Sources of the ledger that stay but say something else afterwards."""
    touched: dict[str, set[int]] = {}
    for kind, part, source_id in _PARTS:
        table = cast(Table, part.__table__)
        found = db.session.scalars(select(source_id).where(_of(batch, table)).distinct())
        touched.setdefault(kind, set()).update(found)
    names = {model.__tablename__: kind for kind, model in _SOURCES.items()}
    parts = {part.__tablename__: (kind, source_id.key) for kind, part, source_id in _PARTS}
    wanted = select(ImportChange).where(
        ImportChange.batch_id == batch.id, ImportChange.table_name.in_([*names, *parts])
    )
    for change in db.session.scalars(wanted):
        if change.table_name in names:
            touched.setdefault(names[change.table_name], set()).add(change.row_id)
            continue
        kind, column = parts[change.table_name]
        if column in change.before:  # a part that the import removed
            touched.setdefault(kind, set()).add(change.before[column])
            continue
        table = Base.metadata.tables[change.table_name]
        source = db.session.scalar(select(table.c[column]).where(table.c.id == change.row_id))
        touched.setdefault(kind, set()).update([source] if source is not None else [])
    return touched


def _withdraw_from_ledger(batch: ImportBatch) -> None:
    mandates = select(Mandate.id).where(Mandate.import_batch_id == batch.id)
    db.session.execute(delete(DutyRecord).where(DutyRecord.mandate_id.in_(mandates)))
    for kind, model in _SOURCES.items():
        made = select(model.id).where(model.import_batch_id == batch.id)
        db.session.execute(
            delete(DutyRecord).where(DutyRecord.source_kind == kind, DutyRecord.source_id.in_(made))
        )


def _restore(changes: Sequence[ImportChange], events: _Events) -> None:
    """Rows as they were, the latest change first; rows the import removed are put back."""
    for change in changes:
        table = Base.metadata.tables[change.table_name]
        before = {name: _value(table, name, value) for name, value in change.before.items()}
        if change.before and not change.after:
            db.session.execute(insert(table).values(before))
            events.put_back(table, change)
        elif change.before:
            if "version" in table.c:
                before["version"] = table.c.version + 1
            db.session.execute(update(table).where(table.c.id == change.row_id).values(before))
            told = {name: value for name, value in change.before.items() if name != "updated_at"}
            events.add(table, change.row_id, "update", change.after, told)


def _value(table: Table, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(table.c[name].type, Date):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(table.c[name].type, UtcDateTime) else value


def _remove(batch: ImportBatch, changes: Sequence[ImportChange], events: _Events) -> None:
    """Rows the import made, children first."""
    remembered: dict[str, list[int]] = {}
    for change in changes:
        if not change.before and not change.after:
            remembered.setdefault(change.table_name, []).append(change.row_id)
    for table in reversed(Base.metadata.sorted_tables):
        if "import_batch_id" in table.c:
            events.removed(table, batch)
            db.session.execute(delete(table).where(_of(batch, table)))
        for chunk in chunks(remembered.get(table.name, [])):
            db.session.execute(delete(table).where(table.c.id.in_(chunk)))


class _Events:
    """Tells the trail of every record that undo removes or changes back."""

    def __init__(self, actor: Actor, batch: ImportBatch) -> None:
        self.actor = actor
        self.batch = batch
        self.kinds = {
            cast(Table, mapper.local_table).name: mapper.class_.audit_kind
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, Audited) and hasattr(mapper.class_, "audit_kind")
        }
        self.hidden = {
            cast(Table, mapper.local_table).name: mapper.class_.audit_hidden
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, Audited)
        }
        self.spool = Spool()

    def add(
        self,
        table: Table,
        row_id: int,
        verb: str,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        """One event; nothing for tables the trail does not follow."""
        kind = self.kinds.get(table.name)
        if kind is None:
            return
        known = before or {}
        area = known.get("scope_code") or known.get("area_code") or self.batch.area_code
        label = next((str(known[key]) for key in _NAMES if known.get(key)), "")
        hidden = self.hidden.get(table.name, frozenset())
        kept = [
            None
            if values is None
            else plain_values({k: "***" if k in hidden and v else v for k, v in values.items()})
            for values in (before, after)
        ]
        self.spool.add([Happening(f"undo:{kind}:{verb}", area, kind, row_id, label, kept[0], kept[1])])

    def removed(self, table: Table, batch: ImportBatch) -> None:
        """An event for each row that is about to go."""
        if table.name not in self.kinds:
            return
        wanted = select(table).where(_of(batch, table)).execution_options(yield_per=_EVENTS)
        for row in db.session.execute(wanted).mappings():
            values = {
                key: value for key, value in row.items() if key not in ("created_at", "updated_at", "version")
            }
            self.add(table, row["id"], "delete", values, None)

    def put_back(self, table: Table, change: ImportChange) -> None:
        """An event for a row that is there again; it shows at the record it is a detail of."""
        if table.name in self.kinds:
            self.add(table, change.row_id, "create", None, change.before)
            return
        owner = _OWNERS.get(table.name)
        if owner is None:
            return
        kind, column, model = owner
        told = {key: value for key, value in change.before.items() if value is not None}
        about = db.session.get_one(model, told[column])
        happening = Happening(
            f"undo:{kind}:update", about.audit_area, kind, told[column], about.audit_label, None, told
        )
        self.spool.add([happening])

    def record(self) -> None:
        """Writes the events, last of all: until then others of the office can save."""
        self.spool.record(db.session(), self.actor)

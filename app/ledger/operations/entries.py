"""Facts recorded directly: by staff (confirmed at once), or reported by the deputy (pending)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Action, Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.ledger.models import DutyEntry
from app.ledger.operations.posting import post
from app.ledger.policy import RECORD_ENTRIES, SELF_REPORT
from app.ledger.postings import SOURCE
from app.ledger.queries import find_mandate, is_in_office, list_open, list_same_day
from app.ledger.rules import MAX_FEN, MAX_QUANTITY
from app.ledger.states import (
    ENTRY_KINDS,
    ENTRY_TRANSITIONS,
    OPEN_STATES,
    DutyKind,
    DutyState,
    EntryAction,
    EntryOrigin,
)
from app.registry.models import Mandate
from app.registry.operations import WHEN_MOVED, check_version
from app.registry.queries import MISSING

DETAILS = frozenset({"unit", "place", "description", "persons_helped", "money_fen"})


def create_entry(
    actor: Actor,
    *,
    mandate_id: int | None,
    kind: DutyKind,
    happened_on: date,
    quantity: int = 1,
    allow_same: bool = False,
    **details: Any,
) -> DutyEntry:
    """Staff register a visit, a deed, a problem settled …: it counts at once.

    ``details``: unit, place, description, persons_helped, money_fen. ``allow_same`` says that another fact
    of the same kind on the same day is known and this is not the same one (3-49).
    """
    mandate = _mandate(actor, RECORD_ENTRIES, mandate_id)
    _check(mandate, kind, happened_on, quantity, details)
    _refuse_double(mandate.id, kind, happened_on, allow_same)
    return _add(
        mandate,
        origin=EntryOrigin.STAFF,
        state=DutyState.CONFIRMED,
        recorded_by=actor.user_id,
        kind=kind,
        happened_on=happened_on,
        quantity=quantity,
        **_filled(kind, details),
    )


def report_entry(
    actor: Actor,
    *,
    mandate_id: int | None,
    kind: DutyKind,
    happened_on: date,
    quantity: int = 1,
    allow_same: bool = False,
    **details: Any,
) -> DutyEntry:
    """A deputy reports a fact of their own; it waits for staff to confirm it."""
    mandate = _mandate(actor, SELF_REPORT, mandate_id)
    _check(mandate, kind, happened_on, quantity, details)
    _refuse_double(mandate.id, kind, happened_on, allow_same)
    return _add(
        mandate,
        origin=EntryOrigin.SELF,
        state=DutyState.PENDING,
        recorded_by=actor.user_id,
        kind=kind,
        happened_on=happened_on,
        quantity=quantity,
        **_filled(kind, details),
    )


def update_entry(
    actor: Actor,
    entry: DutyEntry,
    *,
    version: int | None,
    mandate_id: int | None,
    kind: DutyKind,
    happened_on: date,
    quantity: int = 1,
    allow_same: bool = False,
    **details: Any,
) -> DutyEntry:
    """Staff correct an entry; its state stays as it is. Conflict when somebody changed it meanwhile."""
    authorise(actor, RECORD_ENTRIES, entry.scope_code)
    check_version(entry, version)
    mandate = _mandate(actor, RECORD_ENTRIES, mandate_id)
    _check(mandate, kind, happened_on, quantity, details)
    if (mandate.id, kind, happened_on) != (entry.mandate_id, entry.kind, entry.happened_on):
        _refuse_double(mandate.id, kind, happened_on, allow_same, entry.id)
    entry.mandate_id, entry.scope_code = mandate.id, mandate.scope_code
    _assign(entry, kind=kind, happened_on=happened_on, quantity=quantity, **_filled(kind, details))
    return _posted(entry)


def update_report(
    actor: Actor,
    entry: DutyEntry,
    *,
    version: int | None,
    mandate_id: int | None,
    kind: DutyKind,
    happened_on: date,
    quantity: int = 1,
    allow_same: bool = False,
    **details: Any,
) -> DutyEntry:
    """The deputy changes a report nobody has confirmed; a returned one is handed in again by this."""
    _refuse_closed(actor, entry)
    check_version(entry, version)
    mandate = _mandate(actor, SELF_REPORT, mandate_id)
    _check(mandate, kind, happened_on, quantity, details)
    if (mandate.id, kind, happened_on) != (entry.mandate_id, entry.kind, entry.happened_on):
        _refuse_double(mandate.id, kind, happened_on, allow_same, entry.id)
    entry.mandate_id, entry.scope_code = mandate.id, mandate.scope_code
    _assign(entry, kind=kind, happened_on=happened_on, quantity=quantity, **_filled(kind, details))
    if entry.state is DutyState.REJECTED:
        move(entry, EntryAction.RESUBMIT)
        entry.return_reason, entry.reviewed_by, entry.reviewed_at = "", None, None
    return _posted(entry)


def withdraw_report(actor: Actor, entry: DutyEntry) -> None:
    """The deputy takes back a report nobody has confirmed; the trail keeps what it said."""
    _refuse_closed(actor, entry)
    _delete(entry)


def delete_entry(actor: Actor, entry: DutyEntry, *, version: int | None = None) -> None:
    """Staff delete an entry made by mistake; its row leaves the ledger with it."""
    authorise(actor, RECORD_ENTRIES, entry.scope_code)
    check_version(entry, version)
    _delete(entry)


def move(entry: DutyEntry, action: EntryAction) -> None:
    """Follows the table of states; Conflict where it has no such step."""
    after = ENTRY_TRANSITIONS.after(entry.state, action)
    if after is None:
        raise Conflict(
            _l(
                "这条履职现在是“%(state)s”，不能%(action)s。请刷新页面看最新情况。",
                state=entry.state.label,
                action=action.label,
            )
        )
    entry.state = after


def _mandate(actor: Actor, action: Action, mandate_id: int | None) -> Mandate:
    if mandate_id is None:
        raise DomainError(_l("请选择代表。"), "mandate_id")
    mandate = find_mandate(actor, action, mandate_id)
    if mandate is None:
        raise DomainError(MISSING, "mandate_id")
    return mandate


def _check(
    mandate: Mandate, kind: DutyKind, happened_on: date, quantity: int, details: Mapping[str, Any]
) -> None:
    unknown = set(details) - DETAILS
    if unknown:
        raise TypeError(f"unknown details: {', '.join(sorted(unknown))}")
    if kind not in ENTRY_KINDS:
        sentence = _l("“%(kind)s”有专门的登记簿，请到那里登记，以免重复计数。", kind=kind.label)
        raise DomainError(sentence, "kind")
    if happened_on > clock.today():
        raise DomainError(_l("日期不能晚于今天。"), "happened_on")
    if not is_in_office(mandate, happened_on):
        sentence = _l("这一天该代表不在任（未开始、已终止或暂停执行职务），请核对日期。")
        raise DomainError(sentence, "happened_on")
    if not 1 <= quantity <= MAX_QUANTITY:
        raise DomainError(_l("数量应在 1 到 %(most)s 之间。", most=MAX_QUANTITY), "quantity")
    if not 0 <= (details.get("persons_helped") or 0) <= MAX_QUANTITY * 100:
        raise DomainError(_l("受益人数不对，请检查。"), "persons_helped")
    if not 0 <= (details.get("money_fen") or 0) <= MAX_FEN:
        raise DomainError(_l("金额不对，请检查。"), "money_fen")


def _refuse_double(
    mandate_id: int, kind: DutyKind, happened_on: date, allow_same: bool, entry_id: int | None = None
) -> None:
    if allow_same or not list_same_day(mandate_id, kind, happened_on, entry_id):
        return
    raise DomainError(
        _l(
            "这一天已经有一条“%(kind)s”。如果不是同一件事，请勾选后再提交；如果是，就不必重复登记。",
            kind=kind.label,
        ),
        "allow_same",
    )


def _follow(mandate: Mandate) -> None:
    """Reports nobody has confirmed are reviewed where the deputy now is."""
    for entry in list_open(mandate.id):
        entry.scope_code = mandate.scope_code
    db.session.flush()


WHEN_MOVED.append(_follow)


def _filled(kind: DutyKind, details: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: (details.get(name) or "").strip() for name in ("place", "description")}
    return {
        **texts,
        "unit": (details.get("unit") or "").strip() or kind.unit,
        "persons_helped": details.get("persons_helped"),
        "money_fen": details.get("money_fen"),
    }


def _assign(entry: DutyEntry, **values: Any) -> None:
    for name, value in values.items():
        if getattr(entry, name) != value:
            setattr(entry, name, value)


def _add(mandate: Mandate, **values: Any) -> DutyEntry:
    entry = DutyEntry(mandate_id=mandate.id, scope_code=mandate.scope_code, return_reason="", **values)
    db.session.add(entry)
    return _posted(entry)


def _posted(entry: DutyEntry) -> DutyEntry:
    db.session.flush()
    post(SOURCE, [entry.id])
    return entry


def _delete(entry: DutyEntry) -> None:
    identity = entry.id
    for attachment in attachments.list_for(entry.audit_kind, identity):
        attachments.remove(attachment)
    db.session.delete(entry)
    db.session.flush()
    post(SOURCE, [identity])


def _refuse_closed(actor: Actor, entry: DutyEntry) -> None:
    authorise(actor, SELF_REPORT, "", entry.mandate.person_id)
    if entry.origin is not EntryOrigin.SELF:
        raise DomainError(_l("这条履职是工作人员登记的，有出入请联系乡镇人大或代表工委更正。"))
    if entry.state not in OPEN_STATES:
        raise Conflict(_l("这条履职已经确认，不能再改。有出入请联系乡镇人大或代表工委更正。"))


def attach_files(actor: Actor, entry: DutyEntry, files: Iterable[attachments.Upload]) -> None:
    """Keeps photographs and files with an entry, by whoever may still change it."""
    _refuse_unless_editable(actor, entry)
    attachments.store_all(
        files, subject_kind=entry.audit_kind, subject_id=entry.id, scope_code=entry.scope_code, actor=actor
    )


def remove_file(actor: Actor, entry: DutyEntry, attachment_id: int) -> None:
    """Takes a photograph or file away from an entry."""
    _refuse_unless_editable(actor, entry)
    for attachment in attachments.list_for(entry.audit_kind, entry.id):
        if attachment.id == attachment_id:
            attachments.remove(attachment)


def _refuse_unless_editable(actor: Actor, entry: DutyEntry) -> None:
    if not actor.may_in(RECORD_ENTRIES, entry.scope_code):
        _refuse_closed(actor, entry)

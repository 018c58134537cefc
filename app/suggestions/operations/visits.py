"""Supervision on site: who of the five parties came, with photographs (0-10, 4-28)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.registry.queries import MISSING
from app.suggestions.models import Supervision, SupervisionVisit
from app.suggestions.operations.supervision import keep_in_log
from app.suggestions.policy import EDIT_SUPERVISION, RECORD_VISITS
from app.suggestions.queries.supervision import (
    get_visible_supervision,
    get_visible_visit,
)
from app.suggestions.states import VisitKind

PHOTOS = "supervision_visit"
PARTIES = ("leader", "proposers", "units", "congress", "media")


def record_visit(
    actor: Actor,
    supervision_id: int,
    *,
    on: date,
    kind: VisitKind,
    files: Iterable[attachments.Upload] = (),
    **details: str,
) -> SupervisionVisit:
    """What was done on site: place, the five parties by name, what was found. An empty party was not there."""
    supervision = get_visible_supervision(actor, supervision_id, RECORD_VISITS)
    _check_day(supervision, on)
    visit = SupervisionVisit(supervision=supervision, on=on, kind=kind, **_texts(details))
    db.session.add(visit)
    db.session.flush()
    attachments.store_all(
        files, subject_kind=PHOTOS, subject_id=visit.id, scope_code=supervision.area_code, actor=actor
    )
    note = f"{in_chinese(supervision.kind)}（{supervision.supervisor}）{in_chinese(kind)} {visit.place} {visit.note}"
    keep_in_log(actor, supervision, " ".join(note.split()), on)
    return visit


def update_visit(
    actor: Actor,
    visit_id: int,
    *,
    version: int | None,
    on: date,
    kind: VisitKind,
    files: Iterable[attachments.Upload] = (),
    **details: str,
) -> SupervisionVisit:
    """Corrects a visit, or adds photographs to it."""
    visit = get_visible_visit(actor, visit_id, RECORD_VISITS)
    check_version(visit, version)
    _check_day(visit.supervision, on)
    for name, value in {"on": on, "kind": kind, **_texts(details)}.items():
        if getattr(visit, name) != value:
            setattr(visit, name, value)
    db.session.flush()
    attachments.store_all(
        files, subject_kind=PHOTOS, subject_id=visit.id, scope_code=visit.supervision.area_code, actor=actor
    )
    return visit


def delete_visit(actor: Actor, visit_id: int, *, version: int | None = None) -> int:
    """Takes back a visit entered by mistake, with its photographs; the supervision it belonged to."""
    visit = get_visible_visit(actor, visit_id, EDIT_SUPERVISION)
    check_version(visit, version)
    supervision_id = visit.supervision_id
    for file in attachments.list_for(PHOTOS, visit.id):
        attachments.remove(file)
    db.session.delete(visit)
    db.session.flush()
    return supervision_id


def remove_photo(actor: Actor, visit_id: int, attachment_id: int) -> int:
    """Takes one photograph away; the supervision the visit belongs to."""
    visit = get_visible_visit(actor, visit_id, RECORD_VISITS)
    file = next((one for one in attachments.list_for(PHOTOS, visit.id) if one.id == attachment_id), None)
    if file is None:
        raise NotFound(MISSING)
    attachments.remove(file)
    return visit.supervision_id


def _texts(details: dict[str, str]) -> dict[str, Any]:
    texts = {name: (value or "").strip() for name, value in details.items()}
    if not any(texts.get(name) for name in PARTIES):
        raise DomainError(_l("请至少填写一方到场人员。"), "congress")
    return texts


def _check_day(supervision: Supervision, on: date) -> None:
    if not supervision.began_on <= on <= clock.today():
        raise DomainError(_l("活动日期应在督办开始之日到今天之间，请核对。"), "on")
    if supervision.ended_on is not None and on > supervision.ended_on:
        raise DomainError(_l("督办已于%(day)s结束，活动日期不能晚于这一天。", day=supervision.ended_on), "on")

"""A deputy drafts, hands in, takes back: nothing of it is a fact of duty before the office has accepted it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError, NotFound
from app.kit.i18n import _l
from app.ledger.operations.posting import post
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.models import Mandate
from app.registry.operations import check_version
from app.stations.models import Opinion
from app.stations.queries import find_opinion
from app.suggestions.clocks.running import end_clocks, start_clock
from app.suggestions.drafting_rules import missing
from app.suggestions.life import take_step, take_unit_step
from app.suggestions.models import Suggestion, SuggestionStep
from app.suggestions.operations.cosigning import ask_again, invite, leave_out
from app.suggestions.operations.proposing import let_opinion_go
from app.suggestions.operations.telling import tell_proposers
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.postings import SOURCE
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.drafting import FILES, find_by_key, get_own, own_mandates, was_handed_in
from app.suggestions.states import ClockKind, HandlingState, Occasion, Step, SuggestionState

MOST_FILES = 10
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Saved:
    """The draft as it is kept now; ``again`` where this very draft had been handed in already."""

    suggestion: Suggestion
    again: bool = False


def save_draft(
    actor: Actor,
    suggestion_id: int | None = None,
    *,
    draft_key: str = "",
    version: int | None = None,
    mandate_id: int | None = None,
    by_delegation: bool = False,
    opinion_number: str | None = "",
    cosigner_ids: Sequence[int] | None = None,
    files: Iterable[attachments.Upload] = (),
    **details: Any,
) -> Saved:
    """Keeps a deputy's draft; one ``draft_key`` is one suggestion, however often a phone sends it (4-18).

    ``details``: title, body, proposals, category, occasion, source, source_note, public_choice, wants_talk,
    reference_only, open_to_cosigners, proposed_units. ``opinion_number``: what it grew from (3-34 ①, 3-36); None
    leaves that as it is, as None for ``cosigner_ids`` leaves the invitations.
    """
    lead = _own_mandate(actor, mandate_id)
    draft = (
        get_own(actor, suggestion_id, SuggestionState.DRAFT) if suggestion_id else _known(actor, draft_key)
    )
    if draft is not None and draft.state is not SuggestionState.DRAFT:
        return Saved(draft, again=True)
    if draft is None:
        draft = _begin(actor, lead, draft_key, details)
    check_version(draft, version)
    before = _text(draft)
    _write(draft, lead, by_delegation, details)
    if opinion_number is not None:
        draft.source_opinion = _opinion(actor, lead, opinion_number)
    draft.updated_at = clock.now()
    db.session.flush()
    if cosigner_ids is not None:
        invite(actor, draft, cosigner_ids)
    if _text(draft) != before:
        ask_again(draft)
    _keep_files(actor, draft, list(files))
    return Saved(draft)


def _text(draft: Suggestion) -> tuple[str, ...]:
    return draft.title, draft.body or "", draft.proposals or ""


def submit_suggestion(actor: Actor, suggestion_id: int, *, version: int | None = None) -> Suggestion:
    """Hands a draft in to the office: concrete, with facts and a proposal (代表法 art. 24; 4-18).

    Colleagues who have left office since they were asked do not sign it; the step names them.
    """
    draft = get_own(actor, suggestion_id)
    check_version(draft, version)
    lacking = missing(draft.title, draft.body, draft.proposals)
    if lacking and draft.state is SuggestionState.DRAFT:
        raise DomainError(
            _l("还不能提交：%(what)s。", what="；".join(str(each.words) for each in lacking)),
            lacking[0].field,
        )
    _own_mandate(actor, draft.lead_mandate_id)
    left = leave_out(draft, clock.today())
    note = _l("已不在任，不列入附议：%(names)s", names="、".join(left)) if left else ""
    step = take_step(actor, draft, Step.SUBMIT, note=in_chinese(note)[:1000])
    draft.submitted_on = draft.raised_on = step.on
    db.session.flush()
    start_clock(draft, ClockKind.SCREEN, step.on)
    tell(
        key=f"suggestion:{draft.id}:step:{step.id}",
        kind=NoticeKind.SUGGESTION,
        area_code=draft.area_code,
        user_ids=list_staff(draft.area_code),
        title=_l("%(name)s代表提交了建议", name=draft.lead_mandate.person.name),
        body=_l("《%(title)s》，请审查。", title=draft.title),
        url=f"/suggestions/{draft.id}",
    )
    return draft


def withdraw_suggestion(
    actor: Actor, suggestion_id: int, *, note: str = "", version: int | None = None
) -> Suggestion:
    """Takes a suggestion back before it is assigned: its proposer, or staff on a request in writing (law.md 1.5)."""
    found = get_withdrawable(actor, suggestion_id)
    check_version(found, version)
    if found.assigned_on is not None:
        raise DomainError(_l("这件建议已经交办过，不能撤回。"))
    if not note.strip():
        raise DomainError(_l("请写明撤回的原因；代表书面申请撤回的，写明申请日期。"), "note")
    step = take_step(actor, found, Step.WITHDRAW, note=note)
    for part in found.units:
        if part.state is HandlingState.PRE_ASSIGNED:
            take_unit_step(actor, part, Step.RECALL)
    found.class_id = None
    db.session.flush()
    end_clocks(found, *ClockKind, on=step.on)
    let_opinion_go(_desk(actor), found.source_opinion, found)
    post(SOURCE, [found.id])
    tell_proposers(found, step, _l("建议已撤回"), _l("《%(title)s》", title=found.title))
    return found


def discard_draft(actor: Actor, suggestion_id: int, *, version: int | None = None) -> None:
    """Throws away a draft that was never handed in, with its files and invitations."""
    draft = get_own(actor, suggestion_id, SuggestionState.DRAFT)
    check_version(draft, version)
    if was_handed_in(draft.id):
        raise DomainError(_l("这件建议提交过，办理记录要保留，不能删除；可以修改后再提交。"))
    for file in attachments.list_for(FILES, draft.id):
        attachments.remove(file)
    db.session.execute(delete(SuggestionStep).where(SuggestionStep.suggestion_id == draft.id))
    db.session.delete(draft)
    db.session.flush()


def remove_file(actor: Actor, suggestion_id: int, attachment_id: int) -> None:
    """Takes a file away from a draft."""
    draft = get_own(actor, suggestion_id, SuggestionState.DRAFT)
    found = next((file for file in attachments.list_for(FILES, draft.id) if file.id == attachment_id), None)
    if found is None:
        raise NotFound(_l("没有找到这个文件，或者它不在您的管理范围内。"))
    attachments.remove(found)


def _own_mandate(actor: Actor, mandate_id: int | None) -> Mandate:
    mandates = own_mandates(actor, clock.today())
    if not mandates:
        raise DomainError(_l("您现在没有在任的代表职务，不能提出建议。"))
    found = next((each for each in mandates if mandate_id in (None, each.id)), None)
    if found is None:
        raise DomainError(_l("请选择您在任的代表职务。"), "mandate_id")
    return found


def _known(actor: Actor, draft_key: str) -> Suggestion | None:
    if not draft_key:
        return None
    if not _KEY.fullmatch(draft_key):
        raise DomainError(_l("请求不完整，请刷新页面后重新提交。"))
    known = find_by_key(draft_key)
    if known is not None and known.lead_mandate.person_id != actor.person_id:
        raise Conflict(_l("这份草稿已经在别处提交过。请打开新的表单填写。"))
    return known


def _begin(actor: Actor, lead: Mandate, draft_key: str, details: dict[str, Any]) -> Suggestion:
    draft = Suggestion(
        office_code=lead.office_code,
        area_code=lead.scope_code,
        state=SuggestionState.DRAFT,
        draft_key=draft_key or None,
        lead_mandate=lead,
        raised_on=clock.today(),
        occasion=details.get("occasion") or Occasion.BETWEEN_SESSIONS,
        title=details.get("title", ""),
        cosigners=[],
        units=[],
    )
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        # The same draft came over two connections at once.
        known = _known(actor, draft_key)
        if known is None:
            raise
        return known
    return draft


def _write(draft: Suggestion, lead: Mandate, by_delegation: bool, details: dict[str, Any]) -> None:
    values = {
        **details,
        "lead_mandate": lead,
        "office_code": lead.office_code,
        "area_code": lead.scope_code,
        "delegation_id": _delegation(lead, by_delegation, details),
    }
    for key, value in values.items():
        if value is not None or key == "delegation_id":
            value = value.strip() if isinstance(value, str) else value
            if getattr(draft, key) != value:
                setattr(draft, key, value)


def _delegation(lead: Mandate, wanted: bool, details: dict[str, Any]) -> int | None:
    """A delegation proposes in session only. The registry knows no heads: who screens it checks the signature."""
    if not wanted:
        return None
    if details.get("occasion") is not Occasion.IN_SESSION:
        raise DomainError(_l("以代表团名义提出建议只在会议期间；闭会期间请以代表名义提出。"), "by_delegation")
    if lead.delegation_id is None:
        raise DomainError(_l("您没有编入代表团，请以代表名义提出。"), "by_delegation")
    return lead.delegation_id


def _opinion(actor: Actor, lead: Mandate, number: str) -> Opinion | None:
    if not number.strip():
        return None
    found = find_opinion(actor, lead.office_code, number.strip())
    if found is None:
        raise DomainError(_l("没有编号为“%(number)s”的群众意见，请核对。", number=number), "opinion_number")
    return found


def _keep_files(actor: Actor, draft: Suggestion, files: list[attachments.Upload]) -> None:
    files = attachments.chosen(files)
    if files and len(files) + len(attachments.list_for(FILES, draft.id)) > MOST_FILES:
        raise DomainError(_l("最多可以附 %(n)s 个文件。", n=MOST_FILES), "files")
    for file in files:
        try:
            attachments.store(
                file, subject_kind=FILES, subject_id=draft.id, scope_code=draft.area_code, actor=actor
            )
        except DomainError as error:
            raise DomainError(error.message, "files") from error


def get_withdrawable(actor: Actor, suggestion_id: int) -> Suggestion:
    """What the actor may take back: their own, or as staff what is kept in their area."""
    try:
        return get_own(actor, suggestion_id)
    except NotFound:
        return get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)


def _desk(actor: Actor) -> Actor:
    """The deputy under their own name, with what the office's desk does with an opinion when nothing grows from it."""
    if actor.may(SCREEN_SUGGESTIONS):
        return actor
    return Actor(actor.user_id, actor.name, person_id=actor.person_id, trusted=True, source=actor.source)

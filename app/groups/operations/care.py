"""Links between deputies of two levels (1-10), and visits to deputies in difficulty (0-14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.extensions import db
from app.groups.models import CareNote, DeputyLink
from app.groups.policy import EDIT_GROUPS
from app.groups.queries import list_linked_lowers
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.choosing import choose_mandates
from app.registry.operations import check_version


def link_deputies(
    actor: Actor, *, upper_id: int | None, lower_ids: Sequence[int], began_on: date
) -> list[DeputyLink]:
    """A deputy links with deputies of lower levels from a day on; pairs linked already are refused by name."""
    if upper_id is None:
        raise DomainError(_l("请选择上级代表。"), "upper_id")
    upper = choose_mandates(actor, [upper_id], on=began_on, field="upper_id")[0]
    lowers = choose_mandates(actor, lower_ids, on=began_on, field="lower_ids")
    if not lowers:
        raise DomainError(_l("请选择要联系的代表。"), "lower_ids")
    not_below = [one.person.name for one in lowers if one.level.rank <= upper.level.rank]
    if not_below:
        raise DomainError(
            _l("%(names)s 的层级不低于所选的上级代表。", names="、".join(not_below[:10])), "lower_ids"
        )
    there = {row.lower_id for row in list_linked_lowers(upper.id, [one.id for one in lowers], began_on)}
    linked = [one.person.name for one in lowers if one.id in there]
    if linked:
        raise DomainError(_l("已经联系：%(names)s。请去掉。", names="、".join(linked[:10])), "lower_ids")
    made = []
    for lower in lowers:
        authorise(actor, EDIT_GROUPS, lower.scope_code)
        link = DeputyLink(area_code=lower.scope_code, upper=upper, lower=lower, began_on=began_on)
        db.session.add(link)
        made.append(link)
    db.session.flush()
    return made


def end_link(actor: Actor, link: DeputyLink, *, ended_on: date) -> DeputyLink:
    """The link ends with a day; that it was stays on record."""
    authorise(actor, EDIT_GROUPS, link.area_code)
    if ended_on < link.began_on:
        raise DomainError(_l("结束日期早于开始日期，请核对。"), "ended_on")
    link.ended_on = ended_on
    db.session.flush()
    return link


def note_hardship(actor: Actor, *, mandate_id: int | None, reason: str, noted_on: date) -> CareNote:
    """A deputy is in difficulty by illness, disaster or great trouble at work (0-14)."""
    if mandate_id is None:
        raise DomainError(_l("请选择代表。"), "mandate_id")
    mandate = choose_mandates(actor, [mandate_id], on=noted_on, field="mandate_id")[0]
    authorise(actor, EDIT_GROUPS, mandate.scope_code)
    if noted_on > clock.today():
        raise DomainError(_l("登记日期还没到，请核对。"), "noted_on")
    note = CareNote(area_code=mandate.scope_code, mandate=mandate, reason=reason.strip(), noted_on=noted_on)
    db.session.add(note)
    db.session.flush()
    return note


def update_care(
    actor: Actor,
    note: CareNote,
    *,
    version: int | None,
    reason: str,
    noted_on: date,
    visited_on: date | None,
    visitors: str,
    help_given: str,
) -> CareNote:
    """Who visited when, and what help was given; or corrects what was noted."""
    authorise(actor, EDIT_GROUPS, note.area_code)
    check_version(note, version)
    if visited_on is not None and not noted_on <= visited_on <= clock.today():
        raise DomainError(_l("走访日期要在登记之后、今天之前，请核对。"), "visited_on")
    if visited_on is not None and not (visitors or "").strip():
        raise DomainError(_l("请写明走访人。"), "visitors")
    note.reason, note.noted_on, note.visited_on = reason.strip(), noted_on, visited_on
    note.visitors, note.help_given = (visitors or "").strip(), (help_given or "").strip()
    db.session.flush()
    return note

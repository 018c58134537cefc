"""Changing compositions: wishes, rules for people, the search, moves by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.extensions import db
from app.groups.composing import working
from app.groups.composing.board import Board
from app.groups.composing.reading import list_present_groups, running_job
from app.groups.composing.wishes import Wishes
from app.groups.composing.words import Criterion
from app.groups.models import GroupComposition
from app.groups.policy import COMPOSE_GROUPS
from app.groups.states import COMPOSITION_TRANSITIONS, CompositionState, CompositionStep, GroupKind
from app.kit.audit import Happening, record
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _, _l
from app.kit.jobs import cancel_job, enqueue, job_status
from app.registry.choosing import choose_mandates
from app.registry.operations import check_version
from app.registry.queries import get_area
from app.registry.states import Level

MOST_GROUPS = 200
MOST_SECONDS = 600


def create_composition(
    actor: Actor, *, area_code: str, name: str, kind: GroupKind, on: date, **wishes: Any
) -> GroupComposition:
    """A new division to be proposed; nothing changes in the groups before it takes effect (2-15)."""
    authorise(actor, COMPOSE_GROUPS, area_code)
    get_area(area_code)
    composition = GroupComposition(area_code=area_code, name=name, kind=kind, on=on, division={})
    _fill(composition, **wishes)
    db.session.add(composition)
    db.session.flush()
    return composition


def update_composition(
    actor: Actor, composition: GroupComposition, *, version: int | None, name: str, on: date, **wishes: Any
) -> GroupComposition:
    """Other wishes; people stay where they are as far as their group still exists."""
    state_after(actor, composition, CompositionStep.CHANGE)
    check_version(composition, version)
    composition.name, composition.on = name, on
    _fill(composition, **wishes)
    db.session.flush()
    return composition


def _fill(
    composition: GroupComposition,
    *,
    levels: Sequence[Level],
    groups: int,
    least: int,
    most: int,
    criteria: Sequence[Criterion] = tuple(Criterion),
    whole_townships: bool = False,
    mixed: bool = True,
    names: Sequence[str] = (),
) -> None:
    if not levels:
        raise DomainError(_l("请至少选择一个层级。"), "levels")
    if not 1 <= groups <= MOST_GROUPS:
        raise DomainError(_l("小组个数应在 1 到 %(most)s 之间。", most=MOST_GROUPS), "groups")
    if not 0 <= least <= most:
        raise DomainError(_l("每组最少人数不能多于最多人数。"), "least")
    kept = composition.wishes or {}
    wishes = Wishes(tuple(levels), groups, least, most, tuple(criteria), whole_townships, mixed)
    composition.wishes = {
        **wishes.write(),
        "together": kept.get("together", []),
        "apart": kept.get("apart", []),
        "complaints": [],
    }
    composition.names = _names(composition, list(names), groups)


def _names(composition: GroupComposition, given: list[str], groups: int) -> list[str]:
    """As many names as groups: those given, then those of present groups, then numbers."""
    if len(given) > groups:
        raise DomainError(
            _l("写了 %(n)s 个组名，只有 %(groups)s 个小组。", n=len(given), groups=groups), "names"
        )
    if len(set(given)) < len(given):
        raise DomainError(_l("组名有重复，请改成各不相同的名称。"), "names")
    if any(len(name) > 60 for name in given):
        raise DomainError(_l("组名不能超过 60 个字。"), "names")
    present = [g.name for g in list_present_groups(composition.area_code, composition.kind, composition.on)]
    numbered = (_("第%(n)s代表小组", n=n) for n in range(1, 3 * MOST_GROUPS))
    names = list(given)
    for name in (*present, *numbered):
        if len(names) == groups:
            break
        if name not in names:
            names.append(name)
    return names


def state_after(actor: Actor, composition: GroupComposition, step: CompositionStep) -> CompositionState:
    """The state the step leads to; refused in words where it cannot be taken now."""
    authorise(actor, COMPOSE_GROUPS, composition.area_code)
    after = COMPOSITION_TRANSITIONS.after(composition.state, step)
    if after is None:
        raise Conflict(_l("这个编组方案%(state)s，不能再改。", state=composition.state.label))
    if running_job(composition) is not None:
        raise Conflict(_l("正在编组，请等它结束，或者先停止。"))
    return after


def add_rule(
    actor: Actor, composition: GroupComposition, *, rule: str, mandate_ids: Sequence[int]
) -> GroupComposition:
    """These deputies must share a group (``together``), or no two of them may (``apart``)."""
    state_after(actor, composition, CompositionStep.CHANGE)
    wishes = Wishes.read(composition.wishes)
    chosen = choose_mandates(actor, mandate_ids, on=composition.on, field="mandate_ids")
    if len({mandate.person_id for mandate in chosen}) < 2:
        raise DomainError(_l("请至少选择两名代表。"), "mandate_ids")
    block = tuple(mandate.id for mandate in chosen)
    if rule == "together":
        wishes = replace(wishes, together=(*wishes.together, block))
    else:
        wishes = replace(wishes, apart=(*wishes.apart, block))
    composition.wishes = {**composition.wishes, **wishes.write()}
    db.session.flush()
    return composition


def remove_rule(actor: Actor, composition: GroupComposition, *, rule: str, place: int) -> GroupComposition:
    """Takes a rule for people back."""
    state_after(actor, composition, CompositionStep.CHANGE)
    blocks = list(composition.wishes.get(rule, []))
    if rule not in ("together", "apart") or not 0 <= place < len(blocks):
        raise Conflict(_l("这一条要求已经不在了，请刷新页面。"))
    del blocks[place]
    composition.wishes = {**composition.wishes, rule: blocks}
    db.session.flush()
    return composition


def request_proposal(actor: Actor, composition: GroupComposition, seconds: int) -> GroupComposition:
    """Starts the search; it ends after so many seconds, or when it is stopped, keeping the best division."""
    state_after(actor, composition, CompositionStep.CHANGE)
    seconds = max(1, min(seconds, MOST_SECONDS))
    composition.wishes = {**composition.wishes, "complaints": []}
    label = _("编组：%(name)s", name=composition.name)
    arguments = {"composition_id": composition.id, "seconds": seconds}
    job = enqueue(actor, working.KIND, label, arguments, composition.area_code)
    composition.job_id = job.id
    db.session.flush()
    return composition


def stop_proposal(actor: Actor, composition: GroupComposition) -> GroupComposition:
    """Ends the search; the best division so far stays. Whoever may compose may stop it."""
    authorise(actor, COMPOSE_GROUPS, composition.area_code)
    status = running_job(composition)
    if status is None:
        raise Conflict(_l("编组已经结束。"))
    # Jobs belong to who asked; a search belongs to the office, so it is called off in that person's place.
    cancel_job(replace(actor, user_id=status.job.user_id), status.job.id)
    return composition


def move_members(actor: Actor, composition: GroupComposition, *, members: Sequence[int], place: int) -> Board:
    """Staff put people into another group by hand; the board afterwards, with the rules checked."""
    state_after(actor, composition, CompositionStep.CHANGE)
    board = Board(composition)
    wanted = list(dict.fromkeys(members))
    if not wanted:
        raise DomainError(_l("请先选择要移动的代表。"), "member")
    if not 0 <= place < board.wishes.groups:
        raise DomainError(_l("请选择要移到的小组。"), "place")
    if any(key not in board.seats for key in wanted):
        raise DomainError(_l("所选代表中有人已不在编组范围内，请刷新页面。"), "member")
    before = {board.seats[key].member.name: _name_at(board, key) for key in wanted}
    board.division.update(dict.fromkeys(wanted, place))
    composition.division = {str(key): there for key, there in board.division.items()}
    db.session.flush()
    after = dict.fromkeys(before, board.names[place])
    tag = f"{actor.source}:group_composition:move"
    record(
        db.session(),
        [
            Happening(
                tag,
                composition.area_code,
                "group_composition",
                composition.id,
                composition.name,
                before,
                after,
            )
        ],
    )
    return board


def _name_at(board: Board, key: int) -> str:
    return board.names[board.division[key]] if key in board.division else ""


def discard_composition(actor: Actor, composition: GroupComposition) -> GroupComposition:
    """Gives the division up; it stays to be looked at."""
    composition.state = state_after(actor, composition, CompositionStep.DISCARD)
    db.session.flush()
    return composition


def last_words(composition: GroupComposition) -> str:
    """What the last search said at its end."""
    status = job_status(composition.job_id) if composition.job_id is not None else None
    if status is None or not status.finished or composition.state is not CompositionState.DRAFT:
        return ""
    return "" if status.job.error else status.message

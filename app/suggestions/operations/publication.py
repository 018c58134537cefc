"""Making a suggestion public, here or elsewhere, taking it down, keeping it back (0-12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import chunks
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.suggestions.life import write_down
from app.suggestions.models import Publication, Suggestion
from app.suggestions.policy import PUBLISH_SUGGESTIONS
from app.suggestions.register import has_steps
from app.suggestions.states import NOT_COUNTED, PublicChoice, PublishedPart, Step


def publish(
    actor: Actor,
    suggestion: Suggestion,
    parts: Mapping[PublishedPart, str],
    *,
    on: date | None = None,
    medium: str = "",
    link: str = "",
) -> list[Publication]:
    """Makes these parts public; each with the text that is shown, as somebody looked through it.

    An empty text shows none: of the suggestion its title only, of the result its figures only. Without a
    ``medium`` it is the public page of this system. A part that is public already, or was, gets the new text and
    day; when it was public before stays in the steps and the audit trail.
    """
    authorise(actor, PUBLISH_SUGGESTIONS, suggestion.area_code)
    _refuse_what_is_kept_back(suggestion)
    if not parts:
        raise DomainError(_l("请选择要公开的部分。"), "parts")
    day = on or clock.today()
    if day > clock.today():
        raise DomainError(_l("公开日期不能晚于今天。"), "on")
    made = [
        _record(suggestion, part, text if _shows_text(suggestion, part) else "", day, medium.strip(), link)
        for part, text in parts.items()
    ]
    db.session.flush()
    _note(actor, suggestion, [in_chinese(row.part) for row in made], medium)
    return made


def _shows_text(suggestion: Suggestion, part: PublishedPart) -> bool:
    """Where the proposer agreed to the title alone, the reply is not shown either: it repeats what was proposed."""
    return part is not PublishedPart.PROCESS and suggestion.public_choice is PublicChoice.FULL


def _refuse_what_is_kept_back(suggestion: Suggestion) -> None:
    if suggestion.state in NOT_COUNTED:
        raise DomainError(_l("还没有立案的建议不能公开。"))
    if suggestion.confidential:
        raise DomainError(_l("这件建议标记为涉密或不宜公开，不能公开。"))
    if suggestion.public_choice is PublicChoice.NONE:
        raise DomainError(_l("提建议的代表不同意公开。代表改变意见的，请先在公开设置中更改。"))


def _record(
    suggestion: Suggestion, part: PublishedPart, text: str, on: date, medium: str, link: str
) -> Publication:
    found = db.session.scalar(
        select(Publication).where(
            Publication.suggestion_id == suggestion.id,
            Publication.part == part,
            Publication.medium == medium,
        )
    )
    if found is None:
        found = Publication(suggestion=suggestion, part=part, medium=medium)
        db.session.add(found)
    found.on, found.link, found.redacted, found.ended_on = on, link, text.strip(), None
    return found


def _note(actor: Actor, suggestion: Suggestion, parts: list[str], medium: str) -> None:
    # A row of the paper register has no steps, and stays one of its columns: this table is its record.
    if has_steps(suggestion.id):
        note = "、".join(parts) + (f"（{medium}）" if medium else "")
        write_down(actor, suggestion, Step.PUBLISH, note=note)


def publish_many(actor: Actor, suggestions: Iterable[Suggestion]) -> tuple[int, int]:
    """Puts several on the public page with title, process and the result's figures; how many, and how many not.

    Texts are left out: those somebody must read first, one by one. What is public already stays as it is.
    """
    done = left = 0
    chosen = list(suggestions)
    shown = _shown_here([suggestion.id for suggestion in chosen])
    for suggestion in chosen:
        authorise(actor, PUBLISH_SUGGESTIONS, suggestion.area_code)
        if suggestion.confidential or suggestion.public_choice is PublicChoice.NONE:
            left += 1
            continue
        missing = {part: "" for part in PublishedPart if (suggestion.id, part) not in shown}
        if missing:
            publish(actor, suggestion, missing)
            done += 1
    return done, left


def _shown_here(suggestion_ids: Sequence[int]) -> set[tuple[int, PublishedPart]]:
    found: set[tuple[int, PublishedPart]] = set()
    for some in chunks(suggestion_ids):
        rows = db.session.execute(
            select(Publication.suggestion_id, Publication.part).where(
                Publication.suggestion_id.in_(some), Publication.medium == "", Publication.ended_on.is_(None)
            )
        )
        found |= {(row.suggestion_id, row.part) for row in rows}
    return found


def take_down(actor: Actor, publication: Publication) -> Publication:
    """A part is no longer public; that it was stays on record."""
    suggestion = publication.suggestion
    authorise(actor, PUBLISH_SUGGESTIONS, suggestion.area_code)
    if publication.ended_on is None:
        publication.ended_on = clock.today()
        db.session.flush()
        if has_steps(suggestion.id):
            part = f"{in_chinese(publication.part)} {publication.medium}".strip()
            write_down(actor, suggestion, Step.PUBLISH, note=in_chinese(_l("撤下：%(part)s", part=part)))
    return publication


def set_openness(
    actor: Actor,
    suggestion: Suggestion,
    *,
    public_choice: PublicChoice,
    confidential: bool,
    note: str = "",
    version: int | None = None,
) -> Suggestion:
    """What the proposer wishes, and whether it is to be kept back; what may be public no more is taken down at once."""
    authorise(actor, PUBLISH_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    if confidential and not note.strip():
        raise DomainError(_l("请写明不宜公开的理由。"), "note")
    suggestion.public_choice, suggestion.confidential = public_choice, confidential
    db.session.flush()
    if has_steps(suggestion.id):
        word = in_chinese(_l("不宜公开") if confidential else public_choice)
        write_down(actor, suggestion, Step.PUBLISH, note=f"{word}：{note}" if note else word)
    withdraw_texts(suggestion)
    db.session.flush()
    return suggestion


def withdraw_texts(suggestion: Suggestion) -> None:
    """Takes down what may be public no more: allowed again, it does not come back unread."""
    shown = select(Publication).where(
        Publication.suggestion_id == suggestion.id, Publication.ended_on.is_(None), Publication.medium == ""
    )
    for row in db.session.scalars(shown):
        if suggestion.confidential or suggestion.public_choice is PublicChoice.NONE:
            row.ended_on = clock.today()
        elif suggestion.public_choice is PublicChoice.TITLE:
            row.redacted = ""

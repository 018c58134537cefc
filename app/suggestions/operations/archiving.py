"""A year's archive: every ended suggestion put away, and their bundles in one .zip by the worker."""

from __future__ import annotations

import zipfile
from datetime import date

from sqlalchemy import Select, and_, select

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.database import chunks, within
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.jobs import Job, JobContext, enqueue, register_job
from app.suggestions.archive_bundle import file_name, write_bundle
from app.suggestions.life import take_step
from app.suggestions.models import Suggestion
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion, visible_suggestions
from app.suggestions.states import ENDED, Step, SuggestionState

KIND = "suggestion_archive"


def _of_year(actor: Actor, area_code: str, year: int) -> Select[int]:
    authorise(actor, SCREEN_SUGGESTIONS, area_code)
    if not 1950 <= year <= 2100:
        raise DomainError(_l("年份不对，请核对。"), "year")
    return select(Suggestion.id).where(
        and_(
            Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
            within(Suggestion.area_code, [area_code]),
            visible_suggestions(actor, SCREEN_SUGGESTIONS),
        )
    )


def archive_year(actor: Actor, area_code: str, year: int) -> int:
    """Puts every concluded suggestion raised in a year into the archive; how many."""
    wanted = _of_year(actor, area_code, year).where(Suggestion.state == SuggestionState.CONCLUDED)
    ids = list(db.session.scalars(wanted.order_by(Suggestion.id)))
    for some in chunks(ids):
        found = select(Suggestion).where(Suggestion.id.in_(some)).order_by(Suggestion.id)
        for suggestion in db.session.scalars(found).all():
            take_step(actor, suggestion, Step.ARCHIVE)
        db.session.flush()
    return len(ids)


def bundle_year(actor: Actor, area_code: str, year: int) -> Job:
    """Asks the worker for one .zip with the bundles of a year's ended suggestions."""
    wanted = _of_year(actor, area_code, year).where(Suggestion.state.in_(ENDED))
    if db.session.scalar(wanted.limit(1)) is None:
        raise DomainError(_l("%(year)s年没有已办结或者已归档的建议。", year=year), "year")
    label = _("%(year)s年建议归档材料", year=year)
    return enqueue(actor, KIND, label, {"area_code": area_code, "year": year}, area_code)


def write_year(context: JobContext, area_code: str, year: int) -> str:
    """The job: one folder for each suggestion, with its index."""
    with context.reading():
        wanted = _of_year(context.actor, area_code, year).where(Suggestion.state.in_(ENDED))
        ids = list(db.session.scalars(wanted.order_by(Suggestion.number, Suggestion.id)))
        target = context.result_file(f"{_('建议归档材料')}-{year}.zip")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for done, suggestion_id in enumerate(ids):
                context.report(100 * done // len(ids), _("正在整理第 %(n)s 件", n=done + 1))
                found = get_visible_suggestion(context.actor, suggestion_id, SCREEN_SUGGESTIONS)
                write_bundle(packed, found, f"{file_name(found.shown_number)}/")
                db.session.expunge_all()
    return _("共 %(n)s 件建议。", n=len(ids))


register_job(KIND, write_year)

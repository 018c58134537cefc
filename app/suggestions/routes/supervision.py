"""Supervision: what is supervised by whom, arranging and choosing it, the vote, papers, its part of a suggestion's page."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.activities.years import choose_year
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.database import row_id
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.stations.routes.transfers import send_docx
from app.suggestions.columns.supervision import SUPERVISIONS
from app.suggestions.forms.supervision import ArrangeForm, ChooseForm, SupervisionForm, VoteForm
from app.suggestions.models import Suggestion, Supervision
from app.suggestions.operations import supervision as operations
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import (
    EDIT_SUPERVISION,
    RECORD_VISITS,
    VIEW_SUPERVISION,
)
from app.suggestions.queries import supervision as queries
from app.suggestions.queries import supervisors
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import NOT_COUNTED, SupervisorKind
from app.suggestions.supervision_documents import case_document, file_document
from app.suggestions.supervision_rules import vote_share


def supervision_url(supervision_id: int) -> str:
    """The page of a supervision."""
    return url_for("suggestions.supervision", supervision_id=supervision_id)


def supervision_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, supervision, and where the reader is."""
    return crumbs((_("督办"), url_for("suggestions.supervisions") if last else ""), *last)


def subject_title(found: Supervision) -> str:
    """What is supervised, by its title."""
    one = found.suggestion or found.suggestion_class
    return one.title if one is not None else ""


@bp.get("/supervision")
@requires(VIEW_SUPERVISION)
def supervisions() -> ResponseReturnValue:
    """What is supervised, by whom (4-30); a deputy sees what is theirs."""
    actor = current_actor()
    choose_year(request.args.get("year", ""))
    actions = []
    year = clock.today().year
    for one in supervisors.own_supervisors(actor, clock.today()):
        if not supervisors.count_items(one, year):
            word = (
                _("认领督办的建议")
                if one.kind is SupervisorKind.MEMBER
                else _("选定%(group)s督办的建议", group=one.name)
            )
            actions.append((word, url_for("suggestions.supervision_choose", who=one.key), "primary", ""))
    if actor.may(EDIT_SUPERVISION):
        actions.append((_("安排督办"), url_for("suggestions.supervision_new"), "primary", "plus"))
    return list_page(
        SUPERVISIONS,
        actions=actions,
        page_tabs=tabs("suggestions.supervisions"),
        breadcrumbs=supervision_crumbs(),
    )


@bp.get("/supervision/<int:supervision_id>")
@requires(VIEW_SUPERVISION)
def supervision(supervision_id: int) -> ResponseReturnValue:
    """What is supervised, what was done on site by whom, the report and the vote, the result."""
    actor = current_actor()
    found = queries.get_visible_supervision(actor, supervision_id)
    return render_template(
        "suggestions/supervision.html",
        supervision=found,
        title=subject_title(found),
        subjects=queries.shown_subjects_of(actor, found),
        visits=[(visit, attachments.list_for("supervision_visit", visit.id)) for visit in found.visits],
        five=sum(visit.five_present for visit in found.visits),
        files=attachments.list_for(operations.FILES, found.id),
        share=vote_share(found.votes_satisfied, found.votes_basically, found.votes_dissatisfied),
        editable=actor.may_in(EDIT_SUPERVISION, found.area_code),
        recording=queries.may_record(actor, found),
        breadcrumbs=supervision_crumbs((subject_title(found), "")),
    )


@bp.route("/supervision/new", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def supervision_new() -> ResponseReturnValue:
    """Staff fix who supervises what; ``?number=`` and ``?who=`` are filled in."""
    actor, today = current_actor(), clock.today()
    given = {"number": request.args.get("number", ""), "year": today.year, "began_on": today}
    form = ArrangeForm(data={**given, "who": row_id(request.args.get("who", ""))})
    offered = supervisors.list_supervisors(actor.areas(EDIT_SUPERVISION), today)
    form.who.choices = [("", "—"), *((one.key, f"{one.kind.label}{_('：')}{one.name}") for one in offered)]
    if form.validate_on_submit():
        made = form.attempt(operations.arrange_supervision, actor, **form.values())
        if made:
            return go_back(supervision_url(made.id), _("已安排督办。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("安排督办"),
        back=url_for("suggestions.supervisions"),
        breadcrumbs=supervision_crumbs((_("安排督办"), "")),
    )


@bp.route("/supervision/choose", methods=["GET", "POST"])
@requires(RECORD_VISITS)
def supervision_choose() -> ResponseReturnValue:
    """A member of the standing committee adopts one, a group's leader picks one of its members' (4-25, 4-27)."""
    actor, today = current_actor(), clock.today()
    own = supervisors.own_supervisors(actor, today)
    asked = row_id(request.args.get("who", "")) or (own[0].key if own else None)
    chosen = supervisors.find_supervisor(asked, today) if asked else None
    if chosen is not None and not supervisors.may_arrange(actor, chosen):
        raise NotFound(MISSING)
    form = ChooseForm()
    if chosen is not None and form.validate_on_submit():
        made = form.attempt(
            operations.choose_supervised, actor, who=chosen.key, year=today.year, **form.values()
        )
        if made:
            return go_back(supervision_url(made.id), _("已选定。"))
    q = request.args.get("q", "").strip()[:60]
    secret = chosen is not None and actor.may_in(EDIT_SUPERVISION, chosen.area_code)
    return answer(
        "suggestions/supervision_choose.html",
        form=form,
        chosen=chosen,
        own=own,
        q=q,
        year=today.year,
        taken=supervisors.count_items(chosen, today.year) if chosen is not None else 0,
        candidates=supervisors.list_candidates(chosen, today.year, q, secret=secret)
        if chosen is not None
        else [],
        most=supervisors.CANDIDATES,
        back=url_for("suggestions.supervisions"),
        breadcrumbs=supervision_crumbs((_("选定督办的建议"), "")),
    )


def _form_page(found: Supervision, form: Any, heading: str, **context: Any) -> ResponseReturnValue:
    back = supervision_url(found.id)
    return answer(
        "suggestions/supervision_form.html",
        form=form,
        differences=form.differences(found),
        heading=heading,
        subtitle=f"{found.kind.label} · {found.supervisor} · {subject_title(found)}",
        back=back,
        breadcrumbs=supervision_crumbs((subject_title(found), back), (heading, "")),
        **context,
    )


@bp.route("/supervision/<int:supervision_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def supervision_edit(supervision_id: int) -> ResponseReturnValue:
    """Plan, days and result."""
    actor = current_actor()
    found = queries.get_visible_supervision(actor, supervision_id, EDIT_SUPERVISION)
    form = SupervisionForm(obj=found)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_supervision, actor, supervision_id, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(supervision_url(supervision_id), _("已保存。"))
    return _form_page(found, form, _("修改督办"))


@bp.post("/supervision/<int:supervision_id>/delete")
@requires(EDIT_SUPERVISION)
def supervision_delete(supervision_id: int) -> ResponseReturnValue:
    """Takes back what was arranged by mistake."""
    operations.delete_supervision(current_actor(), supervision_id)
    return go_back(url_for("suggestions.supervisions"), _("已删除。"))


@bp.route("/supervision/<int:supervision_id>/vote", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def supervision_vote(supervision_id: int) -> ResponseReturnValue:
    """The unit's report to the standing committee, and its members' vote (0-11)."""
    actor = current_actor()
    found = queries.get_visible_supervision(actor, supervision_id, EDIT_SUPERVISION)
    form = VoteForm(obj=found)
    if form.validate_on_submit():
        done = form.attempt(
            operations.record_vote, actor, supervision_id, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(supervision_url(supervision_id), _("已登记报告和测评结果。"))
    return _form_page(found, form, _("报告和满意度测评"))


@bp.get("/supervision/<int:supervision_id>/file.docx")
@requires(VIEW_SUPERVISION)
def supervision_file(supervision_id: int) -> ResponseReturnValue:
    """The file of a supervision: plan, visits with the five parties, vote, result (4-28)."""
    actor = current_actor()
    found = queries.get_visible_supervision(actor, supervision_id)
    document = file_document(found, queries.shown_subjects_of(actor, found))
    return send_docx(document, f"{_('建议督办档案')}-{subject_title(found)}")


@bp.get("/supervision/<int:supervision_id>/case.docx")
@requires(VIEW_SUPERVISION)
def supervision_case(supervision_id: int) -> ResponseReturnValue:
    """The case told from beginning to end, with the documents that came of it (4-29)."""
    actor = current_actor()
    found = queries.get_visible_supervision(actor, supervision_id)
    files = [*attachments.list_for(operations.FILES, found.id)]
    for visit in found.visits:
        files += attachments.list_for("supervision_visit", visit.id)
    subjects = queries.shown_subjects_of(actor, found)
    replies = queries.list_replies_of(subjects)
    names = [file.filename for file in files if not file.is_image]
    document = case_document(found, subjects, replies, names)
    return send_docx(document, f"{_('督办案例')}-{subject_title(found)}")


# --- on the page of a suggestion ------------------------------------------------------------------------


def _load(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    found = queries.list_supervisions_of(suggestion)
    if not found:
        return None
    seen = queries.seen_among(actor, found) if actor.may(VIEW_SUPERVISION) else set()
    return {"supervisions": found, "seen": seen}


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    if suggestion.state in NOT_COUNTED or not actor.may_in(EDIT_SUPERVISION, suggestion.area_code):
        return []
    number = suggestion.suggestion_class.number if suggestion.suggestion_class else suggestion.number
    return [Deed(_("安排督办"), url_for("suggestions.supervision_new", number=number))]


register_part(Part("supervision", 60, "suggestions/_supervision.html", _load))
register_deeds(_deeds)

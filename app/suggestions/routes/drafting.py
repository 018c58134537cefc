"""A deputy drafts on phone or PC, with what is missing and what is alike beside it, and hands in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.database import row_id, row_ids
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, only_reads, requires
from app.registry.models import Mandate
from app.registry.units import list_unit_names
from app.stations.queries import get_visible_opinion
from app.suggestions.drafting_rules import check_draft, find_inadmissible
from app.suggestions.forms.drafting import DraftForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import drafting
from app.suggestions.policy import DRAFT_SUGGESTIONS
from app.suggestions.queries import drafting as reading
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import draft_url, mine_url, own_crumbs, suggestion_url, tabs
from app.suggestions.similar import find_similar
from app.suggestions.states import CosignState, Occasion, PublicChoice, SuggestionSource, SuggestionState

# A draft sent by script while it is written: so much of it is looked at.
_READ = 20_000


_KINDS = {
    SuggestionState.SUBMITTED: "info",
    SuggestionState.DECLINED: "muted",
    SuggestionState.WITHDRAWN: "muted",
    SuggestionState.REPLIED: "warn",
    SuggestionState.CONCLUDED: "good",
    SuggestionState.ARCHIVED: "good",
}


def _kind_of(suggestion: Suggestion) -> str:
    """What colour its state has: an answer that waits for the deputy's word stands out."""
    return _KINDS.get(suggestion.state, "info")


@bp.get("/suggestions/mine")
@requires(DRAFT_SUGGESTIONS)
def mine() -> ResponseReturnValue:
    """What the deputy has in the making: invitations, drafts, what is handed in, what is open to co-signers."""
    actor = current_actor()
    drafts = reading.list_drafts(actor)
    return render_template(
        "suggestions/mine.html",
        drafts=drafts,
        reasons=reading.return_reasons([draft.id for draft in drafts]),
        invitations=reading.list_invitations(actor),
        joinable=reading.list_joinable(actor),
        handed_in=reading.list_handed_in(actor),
        cosigned=reading.list_cosigned(actor),
        kind_of=_kind_of,
        page_tabs=tabs("suggestions.mine"),
        breadcrumbs=own_crumbs(),
    )


# --- writing --------------------------------------------------------------------------------------------


def _form(found: Suggestion | None, mandates: list[Mandate]) -> DraftForm:
    if found is not None:
        form = DraftForm(
            obj=found,
            mandate_id=found.lead_mandate_id,
            by_delegation=found.delegation_id is not None,
            opinion_number=found.source_opinion.number if found.source_opinion else "",
            cosigner_ids=[row.mandate_id for row in found.cosigners],
        )
    else:
        form = DraftForm(data=_given())
    if len(mandates) > 1:
        form.mandate_id.choices = [(each.id, f"{each.level.label} · {each.term.name}") for each in mandates]
    else:
        del form.mandate_id
    if not any(each.delegation_id for each in mandates):
        del form.by_delegation
    return form


def _given() -> dict[str, Any]:
    """What a fresh draft begins with; with ``?opinion=`` one that grows from what a citizen said (3-34 ①)."""
    given: dict[str, Any] = {
        "occasion": Occasion.BETWEEN_SESSIONS,
        "source": SuggestionSource.OTHER,
        "public_choice": PublicChoice.FULL,
    }
    opinion_id = row_id(request.args.get("opinion", ""))
    if opinion_id is None:
        return given
    opinion = get_visible_opinion(current_actor(), opinion_id)
    return given | {
        "source": SuggestionSource.RECEPTION if opinion.reception_id else SuggestionSource.OTHER,
        "opinion_number": opinion.number,
        "category": opinion.topic,
        "body": opinion.content,
    }


def _save(form: DraftForm, found: Suggestion | None, *, submit: bool) -> Suggestion:
    """Keeps what was written and, where that is asked, hands it in: both or neither."""
    actor = current_actor()
    saved = drafting.save_draft(
        actor,
        found.id if found is not None else None,
        version=form.sent_version,
        cosigner_ids=form.cosigner_ids.data or [],
        files=form.uploads,
        **form.carried(),
        **form.details(),
    )
    if submit and not saved.again:
        drafting.submit_suggestion(actor, saved.suggestion.id)
    return saved.suggestion


def _written(found: Suggestion | None, heading: str) -> ResponseReturnValue:
    actor = current_actor()
    mandates = reading.own_mandates(actor, clock.today())
    form = _form(found, mandates)
    submit = request.form.get("then") == "submit"
    if form.validate_on_submit():
        kept = form.attempt(_save, form, found, submit=submit)
        if kept and kept.state is not SuggestionState.DRAFT:
            return go_back(suggestion_url(kept.id), _("已提交，等待审查。"))
        if kept:
            return go_back(draft_url(kept.id), _("已保存草稿。"))
    labels = {identity: name for identity, name, _note in _chosen(actor, form)}
    return answer(
        "suggestions/draft.html",
        form=form,
        found=found,
        heading=heading,
        may_draft=bool(mandates),
        differences=form.differences(found, hidden=("cosigner_ids",)) if found is not None else [],
        chosen=[
            (identity, labels[identity]) for identity in form.cosigner_ids.data or [] if identity in labels
        ],
        answered=[row for row in found.cosigners if row.state is not CosignState.INVITED] if found else [],
        reason=reading.return_reasons([found.id]).get(found.id, "") if found is not None else "",
        discardable=found is not None and not reading.was_handed_in(found.id),
        files=attachments.list_for(reading.FILES, found.id) if found is not None else [],
        draft_file_url=_file_url(found),
        units=list_unit_names(actor),
        breadcrumbs=own_crumbs((heading, "")),
        **_check(form.title.data, form.body.data, form.proposals.data, found.id if found else None),
    )


def _file_url(found: Suggestion | None) -> Callable[[int], str] | None:
    if found is None:
        return None
    return lambda identity: url_for(
        "suggestions.draft_file_remove", suggestion_id=found.id, attachment_id=identity
    )


def _chosen(actor: Actor, form: DraftForm) -> list[tuple[int, str, str]]:
    ids = form.cosigner_ids.data or []
    return reading.list_colleagues(actor, ids=ids) if ids else []


@bp.route("/suggestions/drafts/new", methods=["GET", "POST"])
@requires(DRAFT_SUGGESTIONS)
def draft_new() -> ResponseReturnValue:
    """A fresh draft."""
    return _written(None, _("起草建议"))


@bp.route("/suggestions/drafts/<int:suggestion_id>", methods=["GET", "POST"])
@requires(DRAFT_SUGGESTIONS)
def draft(suggestion_id: int) -> ResponseReturnValue:
    """Going on with a draft, also with one the office gave back."""
    return _written(reading.get_own(current_actor(), suggestion_id, SuggestionState.DRAFT), _("修改建议草稿"))


@bp.post("/suggestions/drafts/keep")
@requires(DRAFT_SUGGESTIONS)
def draft_keep() -> ResponseReturnValue:
    """Keeps a draft while it is written, by script: sent again with the same key it stays one draft."""
    form = DraftForm()
    mandates = reading.own_mandates(current_actor(), clock.today())
    form.mandate_id.choices = [(each.id, "") for each in mandates]
    if not form.validate():
        return jsonify(errors=[str(error) for errors in form.errors.values() for error in errors]), 422
    saved = form.attempt(
        drafting.save_draft,
        current_actor(),
        row_id(request.form.get("suggestion_id", "")),
        version=form.sent_version,
        **form.carried(),
        **form.details(),
    )
    if saved is None:
        return jsonify(errors=[str(error) for errors in form.errors.values() for error in errors]), 422
    kept = saved.suggestion
    url = suggestion_url(kept.id) if saved.again else draft_url(kept.id)
    return jsonify(id=kept.id, version=kept.version, again=saved.again, url=url)


@bp.post("/suggestions/drafts/check")
@requires(DRAFT_SUGGESTIONS)
@only_reads
def draft_check() -> ResponseReturnValue:
    """What is still missing, what sounds inadmissible, what is like it already: shown while typing."""
    sent = request.form
    return render_template(
        "suggestions/_draft_check.html",
        **_check(
            sent.get("title"),
            sent.get("body"),
            sent.get("proposals"),
            row_id(sent.get("suggestion_id", "")),
        ),
    )


def _check(title: str | None, body: str | None, proposals: str | None, own_id: int | None) -> dict[str, Any]:
    title, body, proposals = ((text or "")[:_READ] for text in (title, body, proposals))
    actor = current_actor()
    areas = sorted({each.office_code for each in reading.own_mandates(actor, clock.today())})
    found = find_similar(areas, title, body + proposals, exclude=[own_id] if own_id else [], limit=4)
    return {
        "findings": check_draft(title, body, proposals) if title or body or proposals else [],
        "doubts": find_inadmissible(title, body, proposals),
        "similar": found,
        "opened": reading.visible_among(actor, [one.id for one in found]),
    }


@bp.get("/suggestions/colleagues")
@requires(DRAFT_SUGGESTIONS)
def colleagues() -> ResponseReturnValue:
    """Colleagues who may be asked to sign, for the picker."""
    actor = current_actor()
    ids = row_ids(request.args.get("ids", "").split(","))
    q = request.args.get("q", "").strip()[:60]
    options = reading.list_colleagues(actor, q=q, ids=ids[:200]) if ids or q else []
    return render_template("kit/picker_options.html", options=options)


@bp.post("/suggestions/colleagues")
@requires(DRAFT_SUGGESTIONS)
@only_reads
def colleagues_pasted() -> ResponseReturnValue:
    """Resolves a pasted list of names, in the order pasted."""
    names = [part for part in re.split(r"[、，,;；/\s]+", request.form.get("names", "")) if part][:200]
    return render_template(
        "kit/picker_matches.html", matches=reading.match_colleagues(current_actor(), names)
    )


@bp.post("/suggestions/drafts/<int:suggestion_id>/discard")
@requires(DRAFT_SUGGESTIONS)
def draft_discard(suggestion_id: int) -> ResponseReturnValue:
    """Throws a draft away."""
    drafting.discard_draft(current_actor(), suggestion_id)
    return go_back(mine_url(), _("已删除草稿。"))


@bp.post("/suggestions/drafts/<int:suggestion_id>/files/<int:attachment_id>/remove")
@requires(DRAFT_SUGGESTIONS)
def draft_file_remove(suggestion_id: int, attachment_id: int) -> ResponseReturnValue:
    """Takes a file away from a draft."""
    drafting.remove_file(current_actor(), suggestion_id, attachment_id)
    return go_back(draft_url(suggestion_id), _("已删除。"))

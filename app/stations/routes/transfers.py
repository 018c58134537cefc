"""Slips: staff see their area's, a handling unit its own and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask import render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.documents import Document, render_docx
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.stations.columns.opinions import TRANSFERS
from app.stations.forms.opinions import AnswerForm, ReturnForm, SignForm
from app.stations.models import OpinionTransfer
from app.stations.operations import transfers as operations
from app.stations.opinion_documents import slip_document
from app.stations.policy import HANDLE_TRANSFERS, VIEW_OPINIONS, VIEW_TRANSFERS
from app.stations.queries.transfers import get_visible_transfer, may_handle
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.states import TRANSFER_TRANSITIONS

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def transfer_url(transfer_id: int) -> str:
    """The page of a slip."""
    return url_for("stations.transfer", transfer_id=transfer_id)


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    above = (_("意见交办"), url_for("stations.transfers") if last else "")
    if current_actor().may(VIEW_OPINIONS):
        return crumbs(above, *last)
    return [(_("首页"), url_for("home.index")), above, *last]


def send_docx(document: Document, name: str) -> ResponseReturnValue:
    """A document to take away."""
    return send_file(
        io.BytesIO(render_docx(document)), mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx"
    )


@bp.get("/transfers")
@requires(VIEW_TRANSFERS)
def transfers() -> ResponseReturnValue:
    """Slips by unit, state and due day."""
    staff = current_actor().may(VIEW_OPINIONS)
    return list_page(TRANSFERS, page_tabs=tabs("stations.transfers") if staff else [], breadcrumbs=_crumbs())


@bp.get("/transfers/<int:transfer_id>")
@requires(VIEW_TRANSFERS)
def transfer(transfer_id: int) -> ResponseReturnValue:
    """A slip with what was said, what is asked, and what the unit did. Nobody's name."""
    actor = current_actor()
    found = get_visible_transfer(actor, transfer_id)
    handled = may_handle(actor, found)
    return render_template(
        "stations/transfer.html",
        transfer=found,
        opinion=found.opinion,
        unit_side=actor.unit_for(VIEW_TRANSFERS) is not None,
        steps=[a.value for a in TRANSFER_TRANSITIONS.actions(found.state)] if handled else [],
        files=attachments.list_for(operations.FILES, found.id),
        photos=attachments.list_for("opinion", found.opinion_id),
        today=clock.today(),
        breadcrumbs=_crumbs((found.number, "")),
    )


@bp.get("/transfers/<int:transfer_id>/slip.docx")
@requires(VIEW_TRANSFERS)
def transfer_slip(transfer_id: int) -> ResponseReturnValue:
    """群众意见交办单 (forms.md 4.4)."""
    found = get_visible_transfer(current_actor(), transfer_id)
    return send_docx(slip_document(found), f"{_('群众意见交办单')}-{found.number}")


def _form_page(
    transfer_id: int, form: Any, carry_out: Callable[..., Any], heading: str, done: str
) -> ResponseReturnValue:
    actor = current_actor()
    found: OpinionTransfer = get_visible_transfer(actor, transfer_id, HANDLE_TRANSFERS)
    if not form.version.data:
        form.version.data = str(found.version)
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if value is not None}
        if form.attempt(carry_out, actor, transfer_id, version=form.sent_version, **values):
            return go_back(transfer_url(transfer_id), done)
    return answer(
        "stations/transfer_step.html",
        form=form,
        transfer=found,
        opinion=found.opinion,
        heading=heading,
        back=transfer_url(transfer_id),
        breadcrumbs=_crumbs((found.number, transfer_url(transfer_id)), (heading, "")),
    )


@bp.route("/transfers/<int:transfer_id>/sign", methods=["GET", "POST"])
@requires(HANDLE_TRANSFERS)
def sign_transfer(transfer_id: int) -> ResponseReturnValue:
    """The unit has the slip."""
    return _form_page(transfer_id, SignForm(), operations.sign_for, _("签收"), _("已签收。"))


@bp.route("/transfers/<int:transfer_id>/answer", methods=["GET", "POST"])
@requires(HANDLE_TRANSFERS)
def answer_transfer(transfer_id: int) -> ResponseReturnValue:
    """The unit's answer with files; the office closes the matter."""
    form = AnswerForm(data={"answered_on": clock.today()})
    return _form_page(
        transfer_id, form, operations.answer_transfer, _("答复"), _("已答复，等待人大审核办结。")
    )


@bp.route("/transfers/<int:transfer_id>/return", methods=["GET", "POST"])
@requires(HANDLE_TRANSFERS)
def return_transfer(transfer_id: int) -> ResponseReturnValue:
    """The unit cannot handle it."""
    return _form_page(transfer_id, ReturnForm(), operations.return_transfer, _("退回"), _("已退回。"))

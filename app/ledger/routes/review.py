"""Staff confirm or return what deputies reported."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.database import row_id, row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l, ngettext
from app.kit.listing import ListQuery
from app.kit.listing_web import workbook
from app.kit.web import answer, current_actor, requires, safe_path
from app.ledger import operations, queries
from app.ledger.columns import REVIEW
from app.ledger.forms import ReturnForm
from app.ledger.models import DutyEntry
from app.ledger.policy import REVIEW_ENTRIES
from app.ledger.routes import bp
from app.ledger.routes.records import ledger_tabs

MOST_AT_ONCE = 2000


@bp.get("/review")
@requires(REVIEW_ENTRIES)
def review() -> ResponseReturnValue:
    """What waits for confirmation, the oldest first, with what one needs to decide."""
    actor = current_actor()
    query = ListQuery(REVIEW, actor, request.args, request.path)
    if request.args.get("format") == "xlsx":
        return workbook(query)
    view = query.view()
    found = queries.list_entries(actor, REVIEW_ENTRIES, [row.id for row in view.rows])
    return render_template(
        "ledger/review.html",
        view=view,
        entries=found,
        files=queries.files_of("duty_entry", [entry.id for entry in found]),
        same_day=queries.same_day_of(found),
        page_tabs=ledger_tabs("review"),
    )


def _chosen() -> list[int]:
    """The one whose button was pressed, else the ticked reports, or all under the list's filters."""
    only = row_id(request.args.get("only", ""))
    if only is not None:
        return [only]
    if "all" in request.form:
        query = ListQuery(REVIEW, current_actor(), request.form, url_for("ledger.review"))
        return queries.chosen_ids(query.statement(), REVIEW.identity, MOST_AT_ONCE)
    return row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])


def _done(entries: list[DutyEntry], sentence: str) -> ResponseReturnValue:
    reviewed_at = entries[0].reviewed_at
    if reviewed_at is not None:
        flash(sentence, f"undo:{url_for('ledger.undo_review', at=reviewed_at.isoformat())}")
    return redirect(safe_path(request.form.get("next"), url_for("ledger.review")), code=303)


@bp.post("/review/confirm")
@requires(REVIEW_ENTRIES)
def confirm() -> ResponseReturnValue:
    """Confirms the chosen reports."""
    done = operations.confirm_entries(current_actor(), _chosen())
    return _done(done, ngettext("已确认 %(num)s 条履职。", "已确认 %(num)s 条履职。", len(done)))


@bp.post("/review/return")
@requires(REVIEW_ENTRIES)
def return_() -> ResponseReturnValue:
    """Returns the chosen reports; without a reason yet, asks for it."""
    actor = current_actor()
    form = ReturnForm()
    ids = _chosen()
    if "reason" in request.form:
        if form.validate_on_submit():
            done = form.attempt(operations.return_entries, actor, ids, reason=form.reason.data)
            if done:
                return _done(done, ngettext("已退回 %(num)s 条履职。", "已退回 %(num)s 条履职。", len(done)))
    elif not ids:
        raise DomainError(_l("请先选择要处理的履职。"))
    found = queries.list_entries(actor, REVIEW_ENTRIES, ids)
    if "reason" in request.form:
        return answer("ledger/return.html", form=form, entries=found)
    return render_template("ledger/return.html", form=form, entries=found)


@bp.post("/review/undo")
@requires(REVIEW_ENTRIES)
def undo_review() -> ResponseReturnValue:
    """Takes back what was just confirmed or returned."""
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise DomainError(_l("没有可撤销的审核，可能已经撤销，或代表已重新提交。"))
    done = operations.undo_review(current_actor(), at)
    flash(_("已撤销，%(n)s 条履职回到待审核。", n=len(done)), "success")
    return redirect(url_for("ledger.review"), code=303)

"""The audit trail, for the auditor."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import history, queries
from app.accounts.audit_words import kind_label, source_label
from app.accounts.columns import EVENTS
from app.accounts.operations import trail
from app.accounts.policy import READ_AUDIT
from app.accounts.routes import bp
from app.kit.listing_web import list_page
from app.kit.web import current_actor, requires


@bp.get("/audit")
@requires(READ_AUDIT)
def audit_events() -> ResponseReturnValue:
    """Events about the auditor's area, newest first."""
    return list_page(EVENTS, template="accounts/audit_events.html")


@bp.get("/audit/<int:event_id>")
@requires(READ_AUDIT)
def audit_event(event_id: int) -> ResponseReturnValue:
    """One event, with the values before and after side by side."""
    event = queries.get_visible_event(current_actor(), event_id)
    return render_template(
        "accounts/audit_event.html",
        event=event,
        entry=history.entry_of(event),
        kind=kind_label(event.subject_kind),
        source=source_label(event.tag),
        area_name=queries.area_name(event.area_code),
        chain_name=queries.area_name(event.chain),
    )


@bp.post("/audit/verify")
@requires(READ_AUDIT)
def audit_verify() -> ResponseReturnValue:
    """Checks every chain from its beginning; long trails take a while, so it is a job."""
    job = trail.verify_trail(current_actor())
    return redirect(url_for("accounts.job", job_id=job.id), code=303)

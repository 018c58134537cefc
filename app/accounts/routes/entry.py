"""Signing in and out."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import sessions
from app.accounts.forms import LoginForm
from app.accounts.operations import entry
from app.accounts.routes import bp
from app.kit.errors import DomainError
from app.kit.web import current_actor, go_back, keep_changes, public, safe_path


@bp.get("/login")
@public
def login() -> ResponseReturnValue:
    """The log-in page; somebody already signed in is sent on."""
    if current_actor().user_id is not None:
        return go_back("/")
    return render_template("accounts/login.html", form=LoginForm())


@bp.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """Signs in, or says why not; either way the attempt is kept."""
    keep_changes()
    form = LoginForm()
    if form.validate_on_submit():
        try:
            token = entry.log_in(
                form.login.data or "",
                form.password.data or "",
                address=request.remote_addr or "",
                agent=request.user_agent.string,
                request_id=g.request_id,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            sessions.begin(token)
            return redirect(safe_path(request.values.get("next"), "/"), code=303)
    return render_template("accounts/login.html", form=form), 422


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """Ends the session; pressed twice it does no harm."""
    user = sessions.signed_in_user()
    if user is not None:
        entry.log_out(user.actor, user.session_id)
    sessions.end()
    return redirect(url_for("accounts.login"), code=303)

"""My account: password, sessions, language, big text."""

from __future__ import annotations

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, sessions
from app.accounts.browsers import browser_name
from app.accounts.forms import PasswordForm
from app.accounts.operations import entry, preferences
from app.accounts.operations.users import change_own_password
from app.accounts.routes import bp
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, note, public, safe_path, signed_in


@bp.get("/account")
@signed_in
def me() -> ResponseReturnValue:
    """The person's own account."""
    user = queries.get_own_user(current_actor())
    own = sessions.signed_in_user()
    return render_template(
        "accounts/me.html",
        user=user,
        browser_name=browser_name,
        open_sessions=queries.list_open_sessions(user.id),
        this_session=own.session_id if own else None,
    )


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    """A new password of one's own; every session ends and this browser gets a new one."""
    form = PasswordForm()
    user = sessions.signed_in_user()
    if form.validate_on_submit() and user is not None:
        passwords = {"current_password": form.current_password.data, "new_password": form.new_password.data}
        changed = form.attempt(change_own_password, user.actor, **passwords)
        if changed:
            agent = request.user_agent.string
            sessions.begin(entry.begin_session(changed.id, address=request.remote_addr, agent=agent))
            note(_("密码已修改，其他设备上的登录已退出。"))
            return redirect(safe_path(request.values.get("next"), "/"), code=303)
    forced = user is not None and user.must_change_password
    return answer("accounts/password.html", form=form, forced=forced)


@bp.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Signs out another device."""
    entry.end_own_session(current_actor(), session_id)
    return go_back(url_for("accounts.me"), _("已让那台设备退出。"))


@bp.post("/account/preferences")
@public
def set_preferences() -> ResponseReturnValue:
    """Language and big text; somebody not signed in keeps them in this browser."""
    actor = current_actor()
    language, big_text = request.form.get("language"), request.form.get("big_text")
    if language in preferences.LANGUAGES:
        session["language"] = language
        if actor.user_id is not None:
            preferences.set_preference(actor, "language", language)
    if big_text in {"0", "1"}:
        session["big_text"] = big_text == "1"
        if actor.user_id is not None:
            preferences.set_preference(actor, "big_text", big_text == "1")
    return go_back(url_for("accounts.me") if g.get("actor") else url_for("accounts.login"))

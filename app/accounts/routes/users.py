"""Accounts of others, for the security administrator."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries
from app.accounts.columns import USERS
from app.accounts.forms import ChangeUserForm, UserForm, form_for, grants_text
from app.accounts.models import User
from app.accounts.operations import users as operations
from app.accounts.policy import MANAGE_ACCOUNTS
from app.accounts.routes import bp
from app.kit.authorisation import Grant
from app.kit.database import row_ids
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires


@bp.get("/accounts")
@requires(MANAGE_ACCOUNTS)
def users() -> ResponseReturnValue:
    """Accounts kept in the administrator's area."""
    return list_page(USERS, template="accounts/users.html")


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires(MANAGE_ACCOUNTS)
def user_new() -> ResponseReturnValue:
    """A new account; its first password is shown once."""
    form = UserForm()
    form.offer_units(queries.list_unit_choices(current_actor()))
    if form.validate_on_submit():
        made = form.attempt(
            operations.create_user,
            current_actor(),
            login=form.login.data or "",
            name=form.name.data or "",
            grants=form.chosen_grants(),
            person_id=form.person_id.data,
            unit_id=form.unit_id.data,
        )
        if made:
            return _show_password(*made)
    return _edit(form, None)


@bp.route("/accounts/<int:user_id>", methods=["GET", "POST"])
@requires(MANAGE_ACCOUNTS)
def user(user_id: int) -> ResponseReturnValue:
    """An account: change it, see its history."""
    found = queries.get_visible_user(current_actor(), user_id)
    form = ChangeUserForm() if request.method == "POST" else form_for(found)
    form.offer_units(queries.list_unit_choices(current_actor()))
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_user,
            current_actor(),
            found,
            version=form.sent_version,
            name=form.name.data or "",
            grants=form.chosen_grants(),
            person_id=form.person_id.data,
            unit_id=form.unit_id.data,
        )
        if done:
            return go_back(url_for("accounts.users"), _("已保存，对方下一次点击时生效。"))
    return _edit(form, found)


def _edit(form: UserForm, user: User | None) -> ResponseReturnValue:
    actor = current_actor()
    form.add_spare_lines()
    chosen = form.person_id.data
    return answer(
        "accounts/user.html",
        form=form,
        user=user,
        differences=_differences(form, user) if user is not None else [],
        areas=queries.list_grantable_areas(actor),
        person=[option[:2] for option in queries.list_person_options(actor, ids=(chosen,))] if chosen else [],
    )


def _differences(form: UserForm, user: User) -> list[tuple[str, str, str]]:
    """What another administrator saved meanwhile beside what was typed."""
    stale = form.sent_version not in (None, user.version)
    rows = form.differences(user, hidden=("grants", "person_id"))
    saved = grants_text([Grant(grant.role, grant.area_code) for grant in user.grants])
    typed = grants_text(form.chosen_grants())
    return [*rows, (str(form.grants.label.text), saved, typed)] if stale and saved != typed else rows


def _show_password(user: User, password: str) -> ResponseReturnValue:
    return render_template("accounts/password_once.html", user=user, password=password)


@bp.post("/accounts/<int:user_id>/disable")
@requires(MANAGE_ACCOUNTS)
def user_disable(user_id: int) -> ResponseReturnValue:
    """Closes an account at once."""
    actor = current_actor()
    operations.disable_user(actor, queries.get_visible_user(actor, user_id))
    return go_back(url_for("accounts.user", user_id=user_id), _("账号已停用，它的登录已全部退出。"))


@bp.post("/accounts/<int:user_id>/enable")
@requires(MANAGE_ACCOUNTS)
def user_enable(user_id: int) -> ResponseReturnValue:
    """Opens a disabled account again."""
    actor = current_actor()
    operations.enable_user(actor, queries.get_visible_user(actor, user_id))
    return go_back(url_for("accounts.user", user_id=user_id), _("账号已重新启用。"))


@bp.post("/accounts/<int:user_id>/reset-password")
@requires(MANAGE_ACCOUNTS)
def user_reset_password(user_id: int) -> ResponseReturnValue:
    """A new first password, shown once."""
    actor = current_actor()
    found = queries.get_visible_user(actor, user_id)
    return _show_password(found, operations.reset_password(actor, found))


@bp.get("/accounts/people")
@requires(MANAGE_ACCOUNTS)
def user_people() -> ResponseReturnValue:
    """Deputies an account can be bound to, while typing."""
    actor = current_actor()
    ids = row_ids(request.args.get("ids", "").split(","))
    if ids:
        options = queries.list_person_options(actor, ids=tuple(ids[:20]))
    else:
        q = request.args.get("q", "").replace("\x00", "").strip()[:60]
        options = queries.list_person_options(actor, q=q) if q else []
    return render_template("kit/picker_options.html", options=options)

"""Pages anybody may open: a station by its code, handing in an opinion, following it. No login, no-store.

Published suggestions are in :mod:`app.public.suggestions`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _, _l
from app.kit.web import keep_changes, public
from app.public import operations
from app.public.forms import FollowForm, PublicOpinionForm, RateForm
from app.public.queries import progress_of
from app.public.rules import BODY_BYTES
from app.stations.models import Station
from app.stations.operations.taking import Taken, Words
from app.stations.queries.day import usual_topics
from app.stations.queries.public import (
    find_public_station,
    list_coming_receptions,
    list_posts_of,
    list_public_deputies,
)
from app.stations.states import CitizenWord

bp = Blueprint("public", __name__, template_folder="templates")
AHEAD = timedelta(days=120)


@bp.url_value_preprocessor
def _limit_size(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Runs before anything reads the request: nobody unknown sends more than three photographs' worth."""
    request.max_content_length = BODY_BYTES


def _station(code: str) -> Station:
    found = find_public_station(code, clock.today()) if len(code) <= 24 else None
    if found is None:
        raise NotFound(_l("没有找到这个联络站的公开页。二维码可能已经更换，请到联络站询问。"))
    return found


def _told() -> dict[str, str]:
    return {"address": request.remote_addr or "", "secret": current_app.config["SECRET_KEY"]}


@bp.get("/s/<code>")
@public
def station(code: str) -> ResponseReturnValue:
    """A station: where and when, its deputies as they agreed to be shown, the coming reception days."""
    found = _station(code)
    today = clock.today()
    return render_template(
        "public/station.html",
        station=found,
        code=code,
        posts=list_posts_of(found.id, today),
        deputies=list_public_deputies(found.id, today),
        receptions=list_coming_receptions(found.id, today, today + AHEAD),
        today=today,
    )


def _opinion_form(found: Station) -> PublicOpinionForm:
    form = PublicOpinionForm()
    form.topic.choices = [("", "—"), *((topic, topic) for topic in usual_topics(found.area_code))]
    if not form.draft_key.data:
        form.draft_key.data = secrets.token_urlsafe(24)
    return form


def _hand_in(form: PublicOpinionForm, found: Station) -> Taken:
    if form.homepage.data:
        raise DomainError(_l("没有提交成功。请不要填写隐藏的栏目，或直接到联络站反映。"))
    name, phone = form.citizen_name.data or "", form.citizen_phone.data or ""
    topics = usual_topics(found.area_code)
    words = Words(
        content=form.content.data or "",
        topic=form.topic.data if form.topic.data in topics else "",
        anonymous=not (name or phone),
        citizen_name=name,
        citizen_phone=phone,
    )
    key = form.draft_key.data or ""
    return operations.hand_in(found, words, draft_key=key, photos=form.uploads, **_told())


@bp.route("/s/<code>/opinion", methods=["GET", "POST"])
@public
def opinion(code: str) -> ResponseReturnValue:
    """Hands in an opinion; what comes back is the receipt with the code to follow it."""
    found = _station(code)
    form = _opinion_form(found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                taken = _hand_in(form, found)
                return render_template("public/receipt.html", station=found, code=code, taken=taken)
            except operations.TooMany as error:
                form.refuse(error)
                status = error.status
            except DomainError as error:
                form.refuse(error)
                status = error.status
                operations.count_refused(**_told())
                keep_changes()
    return render_template("public/opinion.html", station=found, code=code, form=form), status


@bp.route("/s/follow", methods=["GET", "POST"])
@public
def follow() -> ResponseReturnValue:
    """Where an opinion stands, for whoever has its code."""
    form = FollowForm()
    if not form.validate_on_submit():
        return render_template("public/follow.html", form=form, progress=None), (
            422 if request.method == "POST" else 200
        )
    try:
        found = operations.follow(form.code.data or "", **_told())
    except operations.TooMany as error:
        form.refuse(error)
        return render_template("public/follow.html", form=form, progress=None), error.status
    # The try counts, whether the code was right or not.
    keep_changes()
    if found is None:
        form.refuse(DomainError(_("没有找到这个查询码，请核对后再试。"), "code"))
        return render_template("public/follow.html", form=form, progress=None), 422
    return _progress(form, found)


def _progress(form: FollowForm, found: Any) -> ResponseReturnValue:
    return render_template(
        "public/follow.html",
        form=form,
        progress=progress_of(found),
        code=form.code.data,
        words=list(CitizenWord),
    )


@bp.post("/s/rate")
@public
def rate() -> ResponseReturnValue:
    """Whether the person is satisfied with what became of it."""
    form = RateForm()
    if not form.validate_on_submit():
        raise DomainError(_l("请求不完整，请刷新页面后重新提交。"))
    asked = FollowForm(data={"code": form.code.data})
    try:
        found = operations.rate(form.code.data or "", form.word.data, **_told())
    except DomainError as error:
        # The try counts here as well, whether the code was right or not.
        keep_changes()
        asked.refuse(error)
        status = error.status if isinstance(error, operations.TooMany) else 422
        return render_template("public/follow.html", form=asked, progress=None), status
    return _progress(asked, found)


from app.public import suggestions  # noqa: E402

__all__ = ["bp", "suggestions"]

"""Holidays and worked weekends: what was announced, and what offices enter over it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from app.kit import clock, workdays
from app.kit.database import row_id
from app.kit.errors import DomainError
from app.kit.i18n import _, _l, ngettext
from app.kit.web import answer, current_actor, go_back, requires
from app.registry import special_days
from app.registry.forms import SpecialDayForm, SpecialDaysFileForm
from app.registry.policy import EDIT_HOLIDAYS, VIEW_SETTINGS
from app.registry.routes import bp

FIRST_YEAR, LAST_YEAR = 2004, 2099


def _year() -> int:
    asked = row_id(request.args.get("year", ""))
    return asked if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR else clock.today().year


def _page(
    form: SpecialDayForm, upload: SpecialDaysFileForm, year: int, sent: Any = None
) -> ResponseReturnValue:
    calendar = workdays.load()
    this = clock.today().year
    return answer(
        "registry/holidays.html",
        form=sent,
        day_form=form,
        upload=upload,
        year=year,
        years=sorted({year, this - 1, this, this + 1}),
        days=special_days.list_special_days(year),
        unknown=[one for one in sorted({year, this, this + 1}) if not calendar.known(one)],
        weekdays=[_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")],
        breadcrumbs=[(_("设置"), url_for("registry.settings")), (_("放假和调休"), "")],
    )


@bp.get("/settings/holidays")
@requires(VIEW_SETTINGS)
def holidays() -> ResponseReturnValue:
    """The special days of a year."""
    return _page(SpecialDayForm(formdata=None), SpecialDaysFileForm(formdata=None), _year())


@bp.post("/settings/holidays/new")
@requires(EDIT_HOLIDAYS)
def add_holiday() -> ResponseReturnValue:
    """Enters a day, or corrects it."""
    form = SpecialDayForm()
    if form.validate_on_submit():
        saved = form.attempt(special_days.save_special_day, current_actor(), **form.values())
        if saved:
            return go_back(url_for("registry.holidays", year=saved.day.year), _("已保存。"))
    return _page(form, SpecialDaysFileForm(formdata=None), _year(), form)


@bp.post("/settings/holidays/import")
@requires(EDIT_HOLIDAYS)
def import_holidays() -> ResponseReturnValue:
    """Enters the days of a workbook."""
    form = SpecialDaysFileForm()
    if form.validate_on_submit():
        done = form.attempt(_import, form.file.data)
        if done:
            said = ngettext("已导入 %(num)s 天。", "已导入 %(num)s 天。", len(done))
            return go_back(url_for("registry.holidays", year=done[-1].year), said)
    return _page(SpecialDayForm(formdata=None), form, _year(), form)


@bp.post("/settings/holidays/<int:day_id>/remove")
@requires(EDIT_HOLIDAYS)
def remove_holiday(day_id: int) -> ResponseReturnValue:
    """Takes an entered day away."""
    day = special_days.remove_special_day(current_actor(), day_id)
    return go_back(url_for("registry.holidays", year=day.year), _("已删除%(day)s。", day=day))


@contextmanager
def _kept(file: FileStorage) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("days.xls" if (file.filename or "").lower().endswith(".xls") else "days.xlsx")
        file.save(path)
        yield path


def _import(file: FileStorage | None) -> list[date]:
    if file is None or not file.filename:
        raise DomainError(_l("请先选择要导入的 Excel 文件。"), "file")
    with _kept(file) as path:
        return special_days.import_special_days(current_actor(), path)

"""Decisions about duty reports in words: when somebody is due, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date, get_locale

from app.duty_reports.queries import DutyStanding
from app.duty_reports.rules import DueWindow
from app.kit.i18n import _


def _in_chinese() -> bool:
    return str(get_locale()).startswith("zh")


def day_in_words(day: date) -> str:
    """2024年3月31日; 31 Mar 2024."""
    return str(format_date(day, "long" if _in_chinese() else "medium"))


def window_in_words(window: DueWindow) -> str:
    """2023年10月1日至12月31日."""
    last = day_in_words(window.end)
    if window.start.year == window.end.year and _in_chinese():
        last = last.partition("年")[2]
    return str(_("%(first)s至%(last)s", first=day_in_words(window.start), last=last))


def windows_in_words(windows: Sequence[DueWindow]) -> str:
    """The windows one after the other, or that the rules set none."""
    return _("、").join(map(window_in_words, windows)) or str(_("规则没有规定报告时间"))


def years_in_words(windows: Sequence[DueWindow]) -> str:
    """届内第3、4年."""
    years = _("、").join(str(window.term_year) for window in windows)
    return str(_("届内第%(years)s年", years=years)) if years else ""


def rule_in_words(standing: DutyStanding) -> str:
    """Which rule decides: category, years of the term, document."""
    parts = [standing.category.label]
    if standing.windows:
        parts.append(years_in_words(standing.windows))
    document = standing.rules.document or _("本地规则")
    return str(_("%(rule)s报告（%(document)s）", rule=" · ".join(parts), document=document))

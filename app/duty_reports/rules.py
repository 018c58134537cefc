"""When a deputy is due to report on duty, and where they stand on a day (2-03, 2-04, 2-08)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.duty_reports.states import Addressee, Category, ReportMode, ReportStatus, addressee_of
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.states import Level
from app.registry.topics import reason_of, register_topic

TOPIC = "duty_reports"
DEFAULT_TEXT = Path(__file__).with_name("default_rules.yaml").read_text(encoding="utf-8")


class DueWindow(NamedTuple):
    """Days, both included, in which reports of one due year of the term are heard."""

    term_year: int
    start: date
    end: date


def _in_order(years: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(years)) != len(years):
        raise ValueError(str(_l("应报告年份有重复，请每年只写一次")))
    return tuple(sorted(years))


TermYear = Annotated[int, Field(ge=1, le=5)]
Month = Annotated[int, Field(ge=1, le=12)]
TermYears = Annotated[tuple[TermYear, ...], Field(min_length=1), AfterValidator(_in_order)]


class MonthWindow(BaseModel):
    """Months in which reports are heard, first and last; ``year_offset`` counts years from the due year."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: tuple[Month, Month]
    year_offset: Annotated[int, Field(ge=0, le=2)] = 0

    def of_year(self, year: int) -> tuple[date, date]:
        """First and last day of the window of a due year; a window whose last month comes before its first
        ends in the year after."""
        first, last = self.months
        begins = year + self.year_offset
        ends = begins if last >= first else begins + 1
        return date(begins, first, 1), date(ends, last, monthrange(ends, last)[1])


class DutyReportRules(BaseModel):
    """An office's rules for reports on duty: the ``duty_reports:`` part of its profile, or of a rule set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due_years: dict[Category, TermYears]
    precedence: Literal["earliest", "latest"] = "earliest"
    windows: dict[Level, MonthWindow]
    addressee: dict[Level, Addressee] = Field(default_factory=dict)
    meeting_share_min: Annotated[float, Field(ge=0, le=1)] = 0.30
    document: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [category.label for category in Category if category not in self.due_years]
        if missing:
            raise ValueError(
                str(_l("due_years 缺少%(names)s的应报告年份，请补上", names=_l("、").join(missing)))
            )
        for level, addressee in self.addressee.items():
            if addressee is not addressee_of(level):
                raise ValueError(
                    str(
                        _l(
                            "%(level)s代表只能向%(addressee)s报告履职情况（谁选举、向谁报告），"
                            "请把 addressee 改为 %(key)s",
                            level=level.label,
                            addressee=addressee_of(level).label,
                            key=addressee_of(level).value,
                        )
                    )
                )
        return self


def read_rules(content: Mapping[str, Any]) -> DutyReportRules:
    """The rules written in ``content``; a DomainError names the key that is wrong and what belongs there."""
    try:
        return DutyReportRules.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([TOPIC, *(str(part) for part in first["loc"])])
        raise DomainError(
            _l("规则“%(key)s”不正确：%(reason)s。", key=key, reason=reason_of(first))
        ) from error


@cache
def default_rules() -> DutyReportRules:
    """The rules used where an office has none of its own (``default_rules.yaml``, each with its source)."""
    return DutyReportRules.model_validate(yaml.safe_load(DEFAULT_TEXT))


def category_of(re_elected: bool, office_holder: bool, rules: DutyReportRules) -> Category:
    """The category that decides a deputy's due years; who is in two reports by ``precedence`` (2-04)."""
    mine = [
        category
        for category, holds in ((Category.RE_ELECTED, re_elected), (Category.OFFICE_HOLDER, office_holder))
        if holds
    ]
    if not mine:
        return Category.OTHER
    if rules.precedence == "latest":
        return max(mine, key=lambda category: rules.due_years[category][-1])
    return min(mine, key=lambda category: rules.due_years[category][0])


def due_windows(
    category: Category, level: Level, first_year: int | None, rules: DutyReportRules
) -> list[DueWindow]:
    """Windows of a category's due years, in order; term year n is the calendar year ``first_year + n - 1``.

    Empty where the rules give the level no window, or the term's first year is not known.
    """
    window = rules.windows.get(level)
    if window is None or first_year is None:
        return []
    return [DueWindow(year, *window.of_year(first_year + year - 1)) for year in rules.due_years[category]]


def status_on(as_of: date, reported: bool, windows: Sequence[DueWindow]) -> ReportStatus:
    """Where a deputy in office stands on a day: overdue once the last window is over, due from the start of
    the first one until then, upcoming before it, and for as long as no window is set."""
    if reported:
        return ReportStatus.REPORTED
    if not windows or as_of < windows[0].start:
        return ReportStatus.UPCOMING
    return ReportStatus.OVERDUE if as_of > windows[-1].end else ReportStatus.DUE_NOW


def check_occasion(addressee: Addressee, mode: ReportMode, meeting: str, voters_present: int | None) -> None:
    """A written report was not made to voters who met: nobody was present, no voters' meeting heard it.

    Raises DomainError on the field at fault.
    """
    if mode is not ReportMode.WRITTEN:
        return
    if voters_present is not None:
        raise DomainError(
            _l("书面报告没有参会选民。在会议上报告的，报告方式请选“会议”；否则请清空人数。"), "voters_present"
        )
    if meeting and addressee is Addressee.VOTERS:
        raise DomainError(
            _l("书面向选民报告的不填会议。在会议上报告的，报告方式请选“会议”；否则请清空会议。"), "meeting"
        )


def check_ballots(addressee: Addressee, voters_present: int | None, counts: Sequence[int | None]) -> None:
    """Ballots are not negative and, where the voters of the district voted, no more than those present.

    Raises DomainError on the field at fault.
    """
    if any(count is not None and count < 0 for count in (voters_present, *counts)):
        raise DomainError(_l("人数和票数不能是负数，请核对。"), "satisfied")
    total = sum(count or 0 for count in counts)
    if addressee is Addressee.VOTERS and voters_present is not None and total > voters_present:
        raise DomainError(
            _l(
                "测评票合计 %(total)s 票，多于参会选民人数 %(present)s 人；请核对票数和人数。",
                total=total,
                present=voters_present,
            ),
            "satisfied",
        )


register_topic(TOPIC, _l("报告履职情况"), DutyReportRules, DEFAULT_TEXT)

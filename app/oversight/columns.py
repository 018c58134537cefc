"""Deputies behind a figure of coverage: each with the reason for where they stand."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, not_, or_, select

from app.duty_reports.models import DutyReport
from app.duty_reports.rules import category_of, due_windows, status_on
from app.duty_reports.states import ReportMode, ReportStatus
from app.duty_reports.words import windows_in_words, years_in_words
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter, said_yes
from app.oversight.policy import VIEW_COVERAGE
from app.oversight.queries.coverage import get_coverage, met_by, reported_by, since
from app.registry.models import Area, Mandate, Person, Term
from app.registry.queries import in_office, search_person, visible_mandates
from app.registry.states import Level


class Reasons:
    """Why deputies of an area stand where they stand: one entry per kind of deputy the rules tell apart."""

    def __init__(self, area_code: str, on: date) -> None:
        coverage = get_coverage(area_code, on)
        kinds: dict[tuple[Any, ...], tuple[Any, set[str]]] = {}
        for group in coverage.groups:
            in_force = coverage.book.of(group.area_code)
            key = (id(in_force), group.level, group.re_elected, group.office_holder, group.first_year)
            kinds.setdefault(key, (in_force, set()))[1].add(group.area_code)
        self._kinds: list[tuple[ColumnElement[bool], ReportStatus, str]] = []
        several = len({key[0] for key in kinds}) > 1
        for (_rules, level, re_elected, office_holder, first_year), (in_force, codes) in kinds.items():
            category = category_of(re_elected, office_holder, in_force.rules)
            windows = due_windows(category, level, first_year, in_force.rules)
            conditions = [
                Mandate.level == level,
                Mandate.re_elected.is_(bool(re_elected)),
                Mandate.office_holder.is_(bool(office_holder)),
                Term.first_year.is_(None) if first_year is None else Term.first_year == first_year,
            ]
            if several:
                conditions.append(Mandate.area_code.in_(codes))
            words = " · ".join(
                part for part in (category.label, years_in_words(windows), windows_in_words(windows)) if part
            )
            self._kinds.append((and_(*conditions), status_on(on, False, windows), words))

    def waiting_as(self, status: ReportStatus) -> ColumnElement[bool]:
        """SQL: deputies of the kinds that stand so while they have not reported."""
        return or_(false(), *(condition for condition, found, _words in self._kinds if found is status))

    def position(self) -> ColumnElement[int]:
        """SQL: which kind a deputy is of."""
        if not self._kinds:
            return literal(-1)
        return case(*((kind[0], index) for index, kind in enumerate(self._kinds)), else_=-1)

    def status(self, index: int) -> ReportStatus:
        """Where a deputy of this kind stands who has not reported."""
        return self._kinds[index][1] if index >= 0 else ReportStatus.UPCOMING

    def words(self, index: int) -> str:
        """The reason: category, years of the term, window."""
        return self._kinds[index][2] if index >= 0 else ""


def coverage_deputies(area_code: str, on: date) -> Listing:
    """The list of deputies of an area in office on a day, with where they stand and why."""
    reasons = Reasons(area_code, on)
    reported, met = reported_by(on), met_by(on)
    counts = (DutyReport.mandate_id == Mandate.id, DutyReport.reported_on.between(since(), on))
    latest = select(DutyReport.reported_on).where(*counts).order_by(DutyReport.reported_on.desc()).limit(1)
    mode = latest.with_only_columns(DutyReport.mode)

    def select_visible(actor: Actor) -> Select[Any]:
        return (
            select(Mandate.id)
            .join(Person, Person.id == Mandate.person_id)
            .join(Term, Term.id == Mandate.term_id)
            .join(Area, Area.code == Mandate.area_code)
            .where(within(Mandate.area_code, [area_code]), in_office(on))
            .where(visible_mandates(actor, VIEW_COVERAGE))
        )

    def of_status(values: list[str]) -> ColumnElement[bool]:
        wanted = [ReportStatus(value) for value in values]
        return or_(
            *(
                reported
                if status is ReportStatus.REPORTED
                else and_(not_(reported), reasons.waiting_as(status))
                for status in wanted
            )
        )

    def of_mode(values: list[str]) -> ColumnElement[bool]:
        modes = {ReportMode.MEETING.value: met, ReportMode.WRITTEN.value: and_(reported, not_(met))}
        return or_(*(modes[value] for value in values))

    def of_itself(_values: list[str]) -> ColumnElement[bool]:
        return Mandate.area_code == area_code

    def status_word(index: int) -> str:
        return _("已报告") if index == -2 else reasons.status(index).label

    return Listing(
        name="coverage_deputies",
        title=_l("述职情况名单"),
        noun=_l("代表"),
        select_visible=select_visible,
        identity=Mandate.id,
        url=lambda identity: f"/duty-reports/deputies/{identity}?on={on.isoformat()}",
        search=search_person,
        search_hint=_l("姓名、拼音首字母、证号或手机"),
        order="area",
        columns=(
            Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
            Column("card", _l("代表证号"), Mandate.card_no, sort=func.coalesce(Mandate.card_no, "")),
            Column("level", _l("层级"), Mandate.level, sort=Mandate.level),
            Column("area", _l("所在地区"), Area.name, sort=Mandate.area_code),
            Column("status", _l("状态"), case((reported, -2), else_=reasons.position()), show=status_word),
            Column("why", _l("类别和应报告时间"), reasons.position(), show=reasons.words),
            Column("last", _l("最近报告"), latest.scalar_subquery(), "date"),
            Column("mode", _l("报告方式"), mode.scalar_subquery()),
            Column("phone", _l("手机号码"), Person.phone),
            Column("work", _l("工作单位及职务"), Person.work_unit_post, visible=False),
        ),
        filters=(
            Filter("status", _l("状态"), "choice", of_status, lambda _actor: ReportStatus.choices()),
            enum_filter("level", _l("层级"), Mandate.level, Level),
            Filter("mode", _l("报告方式"), "choice", of_mode, lambda _actor: ReportMode.choices()),
            Filter("itself", _l("未划到下级"), "hidden", of_itself, named=said_yes),
            Filter("area", _l("地区"), "fixed", lambda _values: None),
            Filter("on", _l("日期"), "fixed", lambda _values: None),
        ),
    )

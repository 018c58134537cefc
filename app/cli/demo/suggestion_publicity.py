"""What became public of the invented county's suggestions, its special fund, its excellent suggestions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.suggestions.fund_rules import CRITERIA
from app.suggestions.models import ExcellentSuggestion, FundAllocation, Publication, SuggestionFund
from app.suggestions.states import ExcellenceKind, PublicChoice, PublishedPart, ReplyClass, Satisfaction

WAN = 1_000_000  # fen
TOTALS = (300, 300, 400, 500, 500)  # ten thousands of yuan, by year
MEDIUM, SITE = "县融媒体中心", "https://www.example.com/dbjy"
RESULT = "您提出的建议收悉。经现场调查，已会同乡镇制定办理方案，落实资金并明确责任单位，现已完成主要工程，下一步将加强管护。感谢您对这项工作的关心。"
REASONS = {
    ExcellenceKind.WELL_MADE: "选题准，调研扎实，所提措施具体可行。",
    ExcellenceKind.WELL_HANDLED: "办理单位三次到现场面商，问题得到根本解决。",
    ExcellenceKind.WELL_SUPERVISED: "督办到现场，群众看得见变化。",
}


def add_publicity(maker: Maker) -> None:
    """Most ended suggestions are public, some wait, a few are kept back; a fund a year; nine selections a year."""
    ended = [row for row in maker.made["suggestion"] if _ended(row)]
    for place, row in enumerate(ended):
        _publish(maker, row, place)
    _funds(maker, ended)
    _select(maker, ended)


def _ended(row: dict[str, Any]) -> bool:
    content = row.get("satisfaction") in (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
    return bool(row.get("replied_on")) and content and bool(row.get("number"))


def _publish(maker: Maker, row: dict[str, Any], place: int) -> None:
    if place % 41 == 7:
        row["confidential"] = True
        return
    choice = PublicChoice.NONE if place % 37 == 5 else PublicChoice.TITLE if place % 11 == 3 else None
    if choice is not None:
        row["public_choice"] = choice
    on = row["replied_on"] + timedelta(days=20)
    if choice is PublicChoice.NONE or on > maker.today or place % 9 == 4:
        return
    full = choice is None
    texts = {PublishedPart.TEXT: row["body"] if full else "", PublishedPart.PROCESS: ""}
    texts[PublishedPart.RESULT] = RESULT if full and place % 3 else ""
    for part, text in texts.items():
        maker.add(Publication, suggestion_id=row["id"], part=part, on=on, medium="", redacted=text, version=1)
    if place % 8 == 0:
        for part in (PublishedPart.PROCESS, PublishedPart.RESULT):
            values = {"part": part, "on": on, "medium": MEDIUM, "link": f"{SITE}/{row['id']}"}
            maker.add(Publication, suggestion_id=row["id"], redacted="", version=1, **values)


def _funds(maker: Maker, ended: list[dict[str, Any]]) -> None:
    for turn, total in enumerate(TOTALS):
        year = maker.first_year + turn
        fund = maker.add(
            SuggestionFund,
            area_code=COUNTY,
            year=year,
            total_fen=total * WAN,
            document=f"县人民政府常务会议纪要〔{year}〕3号",
            version=1,
        )
        solved = [
            row for row in ended if row["raised_on"].year == year and row["reply_class"] is ReplyClass.A
        ]
        left = total
        for row in solved[:12]:
            amount = maker.random.randint(8, 35)
            on = min(row["replied_on"], maker.today)
            if amount > left:
                break
            left -= amount
            maker.add(
                FundAllocation,
                fund_id=fund["id"],
                suggestion_id=row["id"],
                amount_fen=amount * WAN,
                on=on,
                purpose=f"{row['category']}项目补助" if row["category"] else "项目补助",
                version=1,
                **dict.fromkeys(CRITERIA, True),
            )


def _select(maker: Maker, ended: list[dict[str, Any]]) -> None:
    for year in range(maker.first_year, maker.today.year + 1):
        good = [
            row
            for row in ended
            if row["raised_on"].year == year
            and row["satisfaction"] is Satisfaction.SATISFIED
            and row["replied_on"] <= min(date(year, 12, 31), maker.today)
        ]
        for turn, kind in enumerate(ExcellenceKind):
            for row in good[turn * 3 : turn * 3 + 3]:
                maker.add(
                    ExcellentSuggestion,
                    suggestion_id=row["id"],
                    kind=kind,
                    year=year,
                    reason=REASONS[kind],
                )

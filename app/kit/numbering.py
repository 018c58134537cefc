"""Numbers of registers (JD20230001): one series per office, kind and year; none is ever given twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.kit.database import hold
from app.kit.errors import DomainError
from app.kit.i18n import _l

# A longer serial is a slip of the keyboard: going on from it, numbers would outgrow their column.
LONGEST_SERIAL = 9


def claim_number(
    model: type[Any], office_code: str, typed: str, *, prefix: str, digits: int = 4, row_id: int | None = None
) -> str:
    """The number a new row of ``model`` gets in its office's register.

    What was typed from the paper register, if it is free; else the next one after ``prefix``. ``model`` has
    ``office_code`` and ``number``; ``row_id`` is the row that is being corrected. Holds the office's series
    until the transaction ends, so that two clerks at once get two numbers.
    """
    hold(db.session(), f"{model.__tablename__}:{office_code}")
    of_office = select(model.number).where(model.office_code == office_code)
    if typed:
        taken = of_office.where(model.number == typed, model.id != (row_id or 0))
        if db.session.scalar(taken.limit(1)) is not None:
            used = _l("编号%(number)s已经用过，请换一个，或留空由系统编号。", number=typed)
            raise DomainError(used, "number")
        return typed
    series = of_office.where(
        model.number.startswith(prefix, autoescape=True),
        func.length(model.number) <= len(prefix) + LONGEST_SERIAL,
    )
    longest_first = series.order_by(func.length(model.number).desc(), model.number.desc())
    for number in db.session.scalars(longest_first):
        serial = number[len(prefix) :]
        if serial.isascii() and serial.isdigit():
            return f"{prefix}{int(serial) + 1:0{digits}d}"
    return f"{prefix}{1:0{digits}d}"


def correct_number(row: Any, typed: str) -> str:
    """The number a row has after its form was sent: nothing typed keeps it, another one must be free."""
    if not typed or typed == row.number:
        return str(row.number)
    return claim_number(type(row), row.office_code, typed, prefix="", row_id=row.id)

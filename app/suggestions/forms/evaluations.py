"""Forms of evaluations: opening one, its scheme as text, ballots and counted sheets as grids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from wtforms import SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.kit.database import row_id
from app.kit.errors import DomainError
from app.kit.forms import BaseForm, DateField, NumberField, TextField, at_most, required
from app.kit.i18n import _l
from app.suggestions.evaluation.counting import Tally
from app.suggestions.evaluation.scheme import SHIPPED
from app.suggestions.operations.ballots import Vote
from app.suggestions.states import RaterGroup, Satisfaction


class EvaluationForm(BaseForm):
    """A year's evaluation."""

    area_code = SelectField(_l("地区"), [required()])
    year = NumberField(
        _l("年份"), [required(), NumberRange(1990, 2200)], description=_l("测评这一年提出、已经答复的建议")
    )
    title = TextField(_l("测评名称"), [required(), at_most(120)])
    scheme = SelectField(
        _l("测评方案"),
        [required()],
        choices=lambda: list(SHIPPED.items()),
        description=_l("选定后可以修改权重、系数等，直到有人投票为止"),
    )
    closes_on = DateField(_l("截止日期"), [Optional()], description=_l("过了这一天不再接受投票；可以不填"))


class EvaluationEditForm(BaseForm):
    """Title, last day and scheme."""

    title = TextField(_l("测评名称"), [required(), at_most(120)])
    closes_on = DateField(_l("截止日期"), [Optional()])
    content = TextAreaField(
        _l("测评方案"),
        [required(), at_most(20000)],
        description=_l(
            "factors 是满意、基本满意、不满意的计分系数，raters 是测评主体和权重（cosupervised 为有代表小组督办的），"
            "missing 是缺少测评主体时的计分办法，line 是合格线。有人投票后不能再改。"
        ),
    )

    def scheme(self) -> Any:
        """The text read; a DomainError where it is no list of names and values."""
        try:
            content = yaml.safe_load(self.content.data or "")
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise DomainError(_l("方案的写法不对，请检查缩进和冒号。"), "content") from error
        if not isinstance(content, dict):
            raise DomainError(_l("方案应是若干行“名称: 内容”。"), "content")
        return content


def as_text(content: Mapping[str, Any]) -> str:
    """A scheme as people edit it."""
    # Rows of figures side by side, sentences one a line.
    return "".join(
        yaml.safe_dump(
            {key: value},
            allow_unicode=True,
            width=1000,
            default_flow_style=False if key == "notes" else None,
        )
        for key, value in content.items()
    )


class GridForm(BaseForm):
    """A grid of fields named by what they are about; the tokens are the form's own."""


_VOTE = re.compile(r"v\.([a-z_]{1,20})\.(\d{1,18})\.(\d{1,18})\.([a-z0-9_]{0,40})")
_COUNT = re.compile(
    r"c\.(\d{1,18})\.(\d{1,18})\.([a-z0-9_]{0,40})\.(satisfied|basically|dissatisfied|marked|marks)"
)


def read_votes(sent: Iterable[tuple[str, str]], *, by_marks: bool) -> list[Vote]:
    """What a ballot page sent: words or marks by subject; blanks left out."""
    votes = []
    for name, value in sent:
        found = _VOTE.fullmatch(name)
        if found is None or not value.strip() or found[1] not in set(RaterGroup):
            continue
        word = None if by_marks else Satisfaction(value) if value in set(Satisfaction) else None
        marks = _hundredths(value) if by_marks else None
        votes.append(Vote(RaterGroup(found[1]), int(found[2]), int(found[3]), found[4], word, marks))
    return votes


def read_counts(sent: Iterable[tuple[str, str]]) -> dict[tuple[int, int, str], Tally]:
    """What a counted sheet's page sent; blanks are zeros."""
    numbers: dict[tuple[int, int, str], dict[str, int]] = {}
    for name, value in sent:
        found = _COUNT.fullmatch(name)
        if found is None:
            continue
        line = numbers.setdefault((int(found[1]), int(found[2]), found[3]), {})
        text = value.strip() or "0"
        line[found[4]] = _hundredths(text) if found[4] == "marks" else _whole(text)
    return {key: Tally(**line) for key, line in numbers.items()}


def _whole(text: str) -> int:
    number = row_id(text)
    if number is None:
        raise DomainError(_l("“%(text)s”应是整数。", text=text[:20]))
    return number


def _hundredths(text: str) -> int:
    """Points as typed, in hundredths: 8.5 → 850."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise DomainError(_l("“%(text)s”应是数字。", text=text[:20])) from error
    if not number.is_finite() or not 0 <= number < 10**9 or number * 100 % 1:
        raise DomainError(_l("“%(text)s”应是不小于 0、最多两位小数的数。", text=text[:20]))
    return int(number * 100)

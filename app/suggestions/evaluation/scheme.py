"""What a scheme of evaluation consists of: who judges with which weight, by words, by marks or by plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.registry.topics import reason_of
from app.suggestions.states import RaterGroup, Satisfaction

FOLDER = Path(__file__).parent / "schemes"
FULL = Fraction(100)

Share = Annotated[Decimal, Field(ge=0, le=1)]
Points = Annotated[Decimal, Field(ge=0, le=100)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Short = Annotated[str, Field(min_length=1, max_length=60)]

# These judge one suggestion each; the others the unit as a whole (4-12).
PER_SUGGESTION = frozenset({RaterGroup.DEPUTY, RaterGroup.DEPUTY_GROUP})


class Missing(LabelledEnum):
    """What becomes of the weight of raters who gave no ballot."""

    REWEIGHT = "reweight", _l("其余测评主体按比例折算为满分")
    ZERO = "zero", _l("缺的部分计零分")


class Several(LabelledEnum):
    """How several suggestions of one unit become one figure."""

    POOLED = "pooled", _l("各件合并计票")
    MEAN = "mean", _l("逐件计分后取平均")


class Grade(LabelledEnum):
    """Grade of an indicator, and of a unit by its indicators."""

    GOOD = "good", _l("良好")
    FAIR = "fair", _l("合格")
    FAILED = "failed", _l("不合格")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Factors(_Part):
    """What part of the full marks each word is worth (4-14)."""

    satisfied: Share = Decimal(1)
    basically_satisfied: Share = Decimal("0.6")
    dissatisfied: Share = Decimal(0)

    def of(self, word: Satisfaction) -> Fraction:
        """The factor of a word, exactly."""
        return Fraction(getattr(self, word.value))


class Rater(_Part):
    """A group of raters with its weight; ``cosupervised`` where a deputy group supervised the suggestion (4-13)."""

    group: RaterGroup
    weight: Points
    cosupervised: Points | None = None

    def weight_where(self, cosupervised: bool) -> Fraction:
        """The weight, which a deputy group's supervision may change."""
        other = self.cosupervised if cosupervised else None
        return Fraction(self.weight if other is None else other)


class Item(_Part):
    """Something that is marked with points."""

    key: Key
    label: Short
    marks: Annotated[Decimal, Field(gt=0, le=100)]


class Level(_Part):
    """What a unit must reach for a grade: at least this share done, at most this share gone wrong."""

    share: Share = Decimal(0)
    wrong: Share = Decimal(1)


class Indicator(_Part):
    """A figure computed from the handling itself, without any ballot."""

    key: Key
    label: Short
    measure: Literal["signed_within_days", "replied_within_months", "satisfied"]
    within: Annotated[int, Field(ge=1, le=365)] = 1
    # Whether “basically satisfied” is satisfied here.
    basically: bool = False
    good: Level
    fair: Level


class Scheme(_Part):
    """A scheme, as its rule file says it."""

    name: Short
    document: str = Field("", max_length=200)
    # Below it a unit is unqualified (4-17).
    line: Points = Decimal(70)
    # Handling counts so many per cent of the unit's appraisal (4-16).
    appraisal_percent: Points = Decimal(2)
    # Points taken off the appraisal of an unqualified unit.
    deduction: Points = Decimal(0)
    missing: Missing = Missing.REWEIGHT
    several: Several = Several.POOLED
    factors: Factors = Factors()
    raters: tuple[Rater, ...] = ()
    items: tuple[Item, ...] = Field((), max_length=12)
    indicators: tuple[Indicator, ...] = Field((), max_length=12)
    notes: tuple[Annotated[str, Field(max_length=300)], ...] = Field((), max_length=12)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if bool(self.raters) is bool(self.indicators):
            raise ValueError(str(_l("测评主体（raters）和指标（indicators）要填一种，且只能填一种")))
        for names in (
            [r.group for r in self.raters],
            [i.key for i in self.items],
            [i.key for i in self.indicators],
        ):
            if len(set(names)) < len(names):
                raise ValueError(str(_l("测评主体、评分项目、指标都不能重复")))
        for cosupervised in (False, True) if self.raters else ():
            if sum(rater.weight_where(cosupervised) for rater in self.raters) != FULL:
                raise ValueError(str(_l("各测评主体的权重相加应为 100，有代表小组督办和没有的都要核对")))
        if self.items and sum(item.marks for item in self.items) != FULL:
            raise ValueError(str(_l("各评分项目的分值相加应为 100")))
        return self

    @property
    def by_marks(self) -> bool:
        """Raters give points per item, instead of one of three words."""
        return bool(self.items)

    @property
    def item_keys(self) -> Sequence[str]:
        """Keys of what is judged: the items, or the one nameless question of a scheme of words."""
        return [item.key for item in self.items] or [""]

    def item(self, key: str) -> Item | None:
        """An item by its key."""
        return next((item for item in self.items if item.key == key), None)

    def groups(self, cosupervised: bool) -> list[Rater]:
        """Raters whose word counts here."""
        return [rater for rater in self.raters if rater.weight_where(cosupervised) > 0]

    @property
    def asks(self) -> set[RaterGroup]:
        """Every group of raters the scheme asks, with or without supervision by a group."""
        return {rater.group for both in (False, True) for rater in self.groups(both)}


def read_scheme(content: Any) -> Scheme:
    """The scheme; a DomainError names the first key that is wrong."""
    try:
        return Scheme.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "scheme"
        raise DomainError(
            _l("“%(key)s”的内容不对：%(reason)s。请对照样例修改。", key=key, reason=reason_of(first)),
            "content",
        ) from error


@cache
def shipped(key: str) -> dict[str, Any]:
    """Content of a rule file that comes with the system."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    return content


# Rule files that come with the system, by the name of the file.
SHIPPED: dict[str, Any] = {
    "yiyang": _l("益阳：代表 50（小组督办的 30＋20）、常委会组成人员 30、专门委员会 20"),
    "qingdao": _l("青岛：沟通 10、面复 30、落实效果 50、跟踪反馈和续办续复 10"),
    "hainan": _l("海南：办理速度 20、答复质量 50、办理结果 30"),
    "shenzhen": _l("深圳：签收、答复、满意三项指标评定等次"),
}

"""Words of composing: by what a division is balanced, and the values of each criterion."""

from __future__ import annotations

from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.registry.states import Level, Sex


class Criterion(LabelledEnum):
    """By what groups are balanced: 新老搭配、官兵交叉 (2-16), levels (2-15), sexes, trades."""

    TERM = "term", _l("新老")
    OFFICE = "office", _l("领导和基层")
    LEVEL = "level", _l("层级")
    SEX = "sex", _l("性别")
    TRADE = "trade", _l("行业")


class Seniority(LabelledEnum):
    """Elected for the first time, or again."""

    FIRST = "first", _l("首次当选")
    AGAIN = "again", _l("连任")


class Office(LabelledEnum):
    """Leading officials (marked as leader or as holder of office) on one side, the grass-roots on the other."""

    LEADER = "leader", _l("领导干部")
    GRASS_ROOTS = "grass_roots", _l("基层代表")


class Trade(LabelledEnum):
    """What somebody does for a living, as far as their post tells."""

    ORGANS = "organs", _l("党政机关")
    VILLAGE = "village", _l("村和社区")
    FARMING = "farming", _l("农业")
    BUSINESS = "business", _l("企业个体")
    EDUCATION = "education", _l("教育")
    HEALTH = "health", _l("卫生")
    LABOUR = "labour", _l("一线职工")
    OTHER = "other", _l("其他")


VALUES: dict[Criterion, type[LabelledEnum]] = {
    Criterion.TERM: Seniority,
    Criterion.OFFICE: Office,
    Criterion.LEVEL: Level,
    Criterion.SEX: Sex,
    Criterion.TRADE: Trade,
}
# Of these every group must have both sides where staff ask for it: no group of newcomers only (2-16).
MIXED = (Criterion.TERM, Criterion.OFFICE)

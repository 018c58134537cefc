"""A deputy's trade, read from the words of their work unit and post.

There is no such column in an office's roster, so the post is all there is. The first line whose word occurs
decides; the order settles posts that fit two lines (a village doctor belongs to health, a village Party
secretary to the village, the head of the education bureau to the organs). What fits no line is "other":
it is balanced like the rest, and nobody is put into a trade by a guess.
"""

from __future__ import annotations

from app.groups.composing.words import Trade

# (trade, words that decide); earlier lines win.
LINES: tuple[tuple[Trade, tuple[str, ...]], ...] = (
    (Trade.HEALTH, ("医生", "医师", "护士", "护师", "药师", "医院", "卫生院", "卫生室", "疾控")),
    (Trade.VILLAGE, ("村党", "村支", "村委", "村主任", "社区", "居委", "村民小组")),
    (
        Trade.ORGANS,
        (
            "县委", "市委", "省委", "区委", "镇委", "乡委", "镇党委", "乡党委", "党委书记", "人大", "政协",
            "政府", "法院", "检察", "监委", "纪委", "局长", "局", "部长", "县长", "市长", "区长", "镇长",
            "乡长", "主任科员", "街道", "公安", "专干", "科长",
        ),
    ),
    (Trade.EDUCATION, ("教师", "校长", "学校", "中学", "小学", "幼儿园", "大学", "学院", "教授", "老师")),
    (Trade.FARMING, ("种植", "养殖", "农民", "农业", "农场", "合作社", "渔", "务农", "林场", "果园")),
    (Trade.BUSINESS, ("企业", "公司", "厂长", "经理", "董事", "个体", "工商户", "商会", "店", "负责人")),
    (Trade.LABOUR, ("职工", "工人", "司机", "技工", "技术员", "快递", "骑手", "环卫", "电工", "员工")),
)  # fmt: skip


def trade_of(post: str | None) -> Trade:
    """The trade a work unit and post tell of; other where they tell of none."""
    text = post or ""
    for trade, words in LINES:
        if any(word in text for word in words):
            return trade
    return Trade.OTHER

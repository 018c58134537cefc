"""Documents for the tests: one with every kind of block, one that tries to be read as markup."""

from __future__ import annotations

from app.kit.documents import (
    Bar,
    Bars,
    Block,
    Cover,
    Document,
    Heading,
    HeatMap,
    KeyValues,
    PageBreak,
    Paragraph,
    Signature,
    Table,
)

RARE_NAMES = ("王龑", "李㛃", "张䶮", "刘𬭎", "陈𫖯")
MARKUP = ('#read("/etc/passwd")', "$x^2$", "*bold*", r"\u{0}", "<w:p/>", "@preview/a:0.1", "= 标题", "// 注")
MONTHS = tuple(f"{month}月" for month in range(1, 13))

BLOCKS: tuple[Block, ...] = (
    Heading(1, "一、基本情况"),
    KeyValues(
        [
            ("姓名", "王龑"),
            ("性别", "女"),
            ("工作单位及职务", "华容县章华镇石伏村党总支书记、村民委员会主任"),
            ("届次", 18),
        ],
        columns=4,
    ),
    Heading(2, "（一）任职经历"),
    Paragraph("2021年12月当选。\n积极参加“代表接待群众日”活动。"),
    PageBreak(),
    Heading(3, "1. 出席会议"),
    Table(
        ["序号", "姓名", "出席", "比例"],
        [[place, name, place * 3, f"{place * 10}.0%"] for place, name in enumerate(RARE_NAMES, start=1)],
        caption="出席情况",
        total_row=["", "合计", 45, "30.0%"],
    ),
    HeatMap(["出席会议", "走访选民"], MONTHS, [[0, 1, 2] + [0] * 9, [5] * 12], "热力表", "总数"),
    Bars([Bar("章华镇", 31, 60), Bar("插旗镇", 7, 50, "逾期2名"), Bar("禹山镇", 0, 0)], 0.30, "会议目标"),
    Signature(["华容县人大常委会", "2024年3月31日"]),
)

FULL = Document(
    title="代表履职档案",
    subtitle="（第十八届）",
    organ="华容县人大常委会代表工作委员会",
    date_line="截至2024年3月31日",
    blocks=BLOCKS,
    cover=Cover([("姓名", "王龑"), ("代表证号", "430623-2-0157")]),
    footer_note="履职台账生成",
    contents_title="目录",
)


def marked_up() -> Document:
    """Every place a person can type into holds what a typesetting program might take for an order."""
    return Document(
        title=MARKUP[0],
        organ=MARKUP[2],
        blocks=[
            Heading(1, MARKUP[0]),
            *(Paragraph(text) for text in MARKUP),
            KeyValues([(text, text) for text in MARKUP]),
            Table(["原文"], [[text] for text in MARKUP], widths=[1]),
            Signature(MARKUP[:2]),
        ],
    )

"""Prints how long documents take: ``python -m benchmarks.bench_documents``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.kit.documents import (
    Bar,
    Bars,
    Block,
    Cell,
    Cover,
    Document,
    Heading,
    HeatMap,
    KeyValues,
    PageBreak,
    Paragraph,
    Table,
    render_docx,
    render_pdf,
)

ROUNDS = 10


def performance_file() -> Document:
    """About twelve pages: a form, a heat map, eight registers."""
    activity = "代表小组第二季度活动（农村饮水安全）"
    register: list[list[Cell]] = [[n, "2024年12月31日", activity, "章华镇", "出席", ""] for n in range(20)]
    parts = [
        block
        for place in range(8)
        for block in (
            PageBreak(),
            Heading(1, f"第{place + 1}部分"),
            Table(["序号", "日期", "活动", "地点", "方式", "备注"], register),
        )
    ]
    months = [f"{month}月" for month in range(1, 13)]
    heat = HeatMap(["会议", "走访"], months, [[1, 2, 3] * 4] * 2, total_label="合计")
    form = KeyValues([("姓名", "王龑"), ("单位", "华容县章华镇石伏村")] * 8, columns=4)
    blocks = [form, heat, Paragraph("正文" * 200), *parts]
    return Document("代表履职档案", blocks=blocks, cover=Cover([("姓名", "王龑")]))


def coverage() -> Document:
    """A report of a county: bars and a table of fourteen townships."""
    rows: list[list[Cell]] = [[n, f"第{n}镇", 40, 20, 12, "50.0%"] for n in range(1, 15)]
    table = Table(["序号", "乡镇", "在任", "已报告", "会议", "比例"], rows)
    return Document("覆盖情况", blocks=[Bars([Bar(f"第{n}镇", n, 40) for n in range(14)]), table])


def roster() -> Document:
    """A list of 2,000 deputies."""
    rows: list[list[Cell]] = [[n, f"代表{n}", "章华镇", "第三代表小组", n, "30.0%"] for n in range(2000)]
    return Document("名册", blocks=[Table(["序号", "姓名", "乡镇", "小组", "次数", "比例"], rows)])


def varied(block: Block, place: int) -> Block:
    """The block with other words in every row of a table."""
    if isinstance(block, Table):
        return replace(block, rows=[[*row[:-1], f"{row[-1]}{place}"] for row in block.rows])
    return block


def measure(render: Callable[[Document], bytes], document: Document) -> tuple[float, float, int]:
    """Seconds of the first run and of the middle one of the others, and the size in bytes.

    Every round has other words: typst remembers pages it has set before.
    """
    times: list[float] = []
    size = 0
    for place in range(ROUNDS):
        blocks = [varied(block, place) for block in document.blocks]
        varied_document = replace(document, title=f"{document.title}{place}", blocks=blocks)
        began = time.perf_counter()
        size = len(render(varied_document))
        times.append(time.perf_counter() - began)
    return times[0], sorted(times[1:])[len(times) // 2], size


def main() -> None:
    """One line per document and format."""
    print(f"{'document':<18}{'format':<8}{'first s':>9}{'again s':>9}{'KB':>8}")
    for make in (coverage, performance_file, roster):
        for name, render in (("docx", render_docx), ("pdf", render_pdf)):
            first, again, size = measure(render, make())
            print(f"{make.__name__:<18}{name:<8}{first:>9.3f}{again:>9.3f}{size // 1024:>8}")


if __name__ == "__main__":
    main()

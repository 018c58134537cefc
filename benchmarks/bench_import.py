"""A roster of 140,000 rows, with its groups and stations: time and peak memory of ``lvzhi import``.

    python benchmarks/bench_import.py [--rows 140000] [--database URL]

Names are invented, one in twenty holds a rare character. The command runs in a process of its own, so that its
peak memory is its own; the child that parses the workbook is counted beside it. Target: 180 s, 600 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

COUNTY, TOWNSHIPS = "998877", 60
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂荣华建国志玉红梅春雪文斌鹏飞慧婷鑫宇浩然晨辰欣怡佳琪思远嘉诚"
RARE = "龑䶮㛃𬭎𫖯𬀩𬱖㑇𠅤𬸚㙍䴔𨱏"
HEADINGS = (
    "序号", "代表证号", "姓名", "性别", "民族", "出生年月", "政治面貌", "学历", "手机号码", "工作单位及职务", "代表层级", "届次",
    "选区（选举单位）", "所在乡镇", "代表团", "代表小组", "联络站", "是否连任", "是否职务代表", "当选日期", "备注",
)  # fmt: skip


def write_profile(path: Path) -> None:
    """One county of sixty towns."""
    towns = "\n".join(f'  - {{code: "{COUNTY}{100 + n}", name: 虚{_han(n)}镇}}' for n in range(TOWNSHIPS))
    path.write_text(
        f'area: {{code: "{COUNTY}", name: 虚构县, city: {{code: "9988", name: 虚构市}}, '
        f'province: {{code: "99", name: 虚构省}}}}\ntownships:\n{towns}\nterms:\n'
        "  - {level: county, name: 虚构县第十八届, started_on: 2021-12-28, first_year: 2022}\n"
        '  - {level: township, name: "{township}第十九届", started_on: 2021-12-28, first_year: 2022}\n',
        encoding="utf-8",
    )


def _han(number: int) -> str:
    return "甲乙丙丁戊己庚辛壬癸"[number // 10] + "子丑寅卯辰巳午未申酉"[number % 10]


def write_roster(path: Path, rows: int) -> None:
    """The roster as an office would keep it: title, note, headings, dates and yes/no in several forms."""
    rng = random.Random(20)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("名册")
    sheet.write(0, 0, "虚构县人大代表名册")
    sheet.write_row(1, 0, HEADINGS)
    for number in range(rows):
        sheet.write_row(number + 2, 0, _row(number, rng))
    book.close()


def _row(number: int, rng: random.Random) -> list[object]:
    town = f"虚{_han(number % TOWNSHIPS)}镇"
    township_level = number % 5 > 0
    given = rng.choice(GIVEN) + (rng.choice(GIVEN) if rng.random() < 0.6 else "")
    if number % 20 == 0:
        given = rng.choice(RARE)
    born = f"{rng.randint(1956, 1999)}.{rng.randint(1, 12):02d}"
    return [
        number + 1,
        f"0977{number:06d}",
        rng.choice(SURNAMES) + given,
        rng.choice("男女"),
        rng.choice(("汉族", "苗族", "回族", "土家族")),
        born,
        rng.choice(("中共党员", "群众", "民盟盟员", "无党派人士")),
        rng.choice(("初中", "高中", "大专", "大学", "研究生")),
        f"139{number:08d}",
        rng.choice(("村党支部书记", "小学教师", "养殖户", "企业负责人", "卫生院医生", "货运司机")),
        "乡镇级" if township_level else "县级",
        f"{town}第十九届" if township_level else "虚构县第十八届",
        f"{town}第{number // TOWNSHIPS % 200 + 1}选区",
        town,
        f"{town}代表团",
        f"{town}第{number // TOWNSHIPS % 20 + 1}代表小组",
        f"{town}第{number // TOWNSHIPS % 10 + 1}联络站",
        rng.choice(("是", "否", "", "√")),
        rng.choice(("是", "否", "")),
        rng.choice(("2021-12-28", "2021.12.28", "2021年12月28日")),
        "",
    ]


def _lvzhi(environment: dict[str, str], *arguments: str) -> tuple[float, str]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "app.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    return time.perf_counter() - began, done.stdout


_PEAK = """
import resource, sys
from app.cli import main
sys.argv = ["lvzhi", *sys.argv[1:]]
try:
    main()
finally:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(own // 1024, child // 1024, file=sys.stderr)
"""


def _measured(environment: dict[str, str], *arguments: str) -> dict[str, object]:
    began = time.perf_counter()
    command = [sys.executable, "-c", _PEAK, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    own, child = map(int, done.stderr.split()[-2:])
    sheets = json.loads(done.stdout)["sheets"]
    counts = {key: sum(sheet[key] for sheet in sheets) for key in ("rows", "created", "unchanged")}
    return {**counts, "seconds": round(seconds, 1), "MB": own, "parser MB": child}


def main() -> None:
    """Writes the roster, imports it, previews it again, and imports it a second time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=140_000)
    parser.add_argument("--database", help="an empty database; a SQLite file of its own where not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        roster, profile = place / "roster.xlsx", place / "county.yaml"
        write_profile(profile)
        write_roster(roster, options.rows)
        database = options.database or f"sqlite:///{place / 'lvzhi.sqlite3'}"
        environment = {**os.environ, "DATABASE_URL": database, "LVZHI_DATA_DIR": folder}
        environment["PYTHONPATH"] = str(Path(__file__).parents[1])
        _lvzhi(environment, "db", "upgrade")
        _lvzhi(environment, "setup", str(profile))
        for label in ("first import", "second import"):
            print(label, _measured(environment, "import", str(roster), "--json"), flush=True)
        print("dry run", _measured(environment, "import", str(roster), "--json", "--dry-run"))


if __name__ == "__main__":
    main()

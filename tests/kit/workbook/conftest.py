from __future__ import annotations

import pytest

from app.kit.workbook.cells import (
    choice,
    date_,
    digits_text,
    name,
    nation,
    ordinal,
    partial_date,
    phone,
    sex,
    text,
    whole_number,
    yes_no,
)
from app.kit.workbook.headings import Field, SheetKind

LEVELS = {
    "全国级": "nation", "省级": "province", "省": "province", "省人大代表": "province", "市级": "city",
    "市": "city",
    "市人大代表": "city", "县级": "county", "县": "county", "县人大代表": "county", "乡镇级": "township",
    "乡镇": "township", "乡镇人大代表": "township",
}  # fmt: skip

ROSTER = SheetKind(
    "roster",
    "代表名册",
    (
        Field("card", "代表证号", ("代表证号码", "证号"), digits_text, text=True, example="0623400001"),
        Field("name", "姓名", ("代表姓名",), name, required=True),
        Field("sex", "性别", (), sex, choices=("男", "女")),
        Field("nation", "民族", (), nation),
        Field("born", "出生年月", ("出生日期",), partial_date, note="只知道年月也可以", example="1975年3月"),
        Field("party", "政治面貌", ("党派",), text(40)),
        Field("education", "学历", ("文化程度",), text(40)),
        Field("phone", "手机号码", ("联系电话", "手机号"), phone, text=True),
        Field("post", "工作单位及职务", ("单位职务",), text(200)),
        Field("level", "代表层级", ("层级",), choice(LEVELS), required=True, choices=("县级", "乡镇级")),
        Field("term", "届次", ("届别",), ordinal, required=True),
        Field("district", "选区（选举单位）", ("选举单位",), text(100)),
        Field("township", "所在乡镇", ("乡镇（街道）",), text(100)),
        Field("delegation", "代表团", (), text(100)),
        Field("group", "代表小组", (), text(100)),
        Field("station", "联络站", (), text(100)),
        Field("re_elected", "是否连任", ("连任",), yes_no, choices=("是", "否")),
        Field("office_holder", "是否职务代表", ("职务代表",), yes_no, choices=("是", "否")),
        Field("began", "当选日期", ("任职日期",), date_),
        Field("ended", "终止日期", (), date_),
        Field("end_reason", "终止原因", (), text(100)),
        Field("remark", "备注", (), text(1000)),
    ),
    recognised_by=("name", "level"),
    order=1,
)

REPORTS = SheetKind(
    "duty_reports",
    "报告履职情况",
    (
        Field("card", "代表证号", ("代表证号码",), digits_text),
        Field("name", "姓名", ("代表姓名",), name, required=True),
        Field("level", "代表层级", ("层级",), choice(LEVELS)),
        Field("day", "报告日期", ("述职日期",), date_, required=True),
        Field("mode", "报告方式", (), text(20)),
        Field("addressee", "报告对象", (), text(100)),
        Field("voters", "参会选民人数", (), whole_number),
        Field("satisfied", "满意", ("评议结果满意",), whole_number),
        Field("basically", "基本满意", (), whole_number),
        Field("unsatisfied", "不满意", (), whole_number),
        Field("remark", "备注", (), text(1000)),
    ),
    recognised_by=("day", "mode"),
    order=5,
)

ATTENDANCE = SheetKind(
    "attendance",
    "签到",
    (
        Field("activity", "活动编号", (), digits_text, required=True),
        Field("card", "代表证号", (), digits_text),
        Field("name", "姓名", (), name),
        Field("state", "出勤情况", ("出勤",), choice({"出席": "present", "请假": "leave", "缺席": "absent"})),
        Field("spoke", "是否发言", ("发言",), yes_no),
    ),
    recognised_by=("activity", "state"),
    order=4,
)


@pytest.fixture(scope="session")
def roster() -> SheetKind:
    return ROSTER


@pytest.fixture(scope="session")
def reports() -> SheetKind:
    return REPORTS


@pytest.fixture(scope="session")
def kinds() -> list[SheetKind]:
    return [ATTENDANCE, ROSTER, REPORTS]

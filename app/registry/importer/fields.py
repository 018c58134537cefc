"""Columns of the roster, and the columns by which other sheets refer to a deputy."""

from __future__ import annotations

import re

from app.kit import clock
from app.kit.i18n import _l
from app.kit.workbook.cells import (
    CellError,
    choice,
    date_,
    digits_text,
    name,
    nation,
    partial_date,
    phone,
    sex,
    text,
    yes_no,
)
from app.kit.workbook.kinds import Field
from app.kit.workbook.reading import Cell
from app.registry.states import EndReason, Level, Sex

_LEVELS = {
    Level.NATIONAL: "全国 全国级 国家级 国家 全国代表 全国人大 全国人大代表",
    Level.PROVINCE: "省级 省 省代表 省人大 省人大代表 自治区 自治区级 自治区人大代表 直辖市 省(区、市)",
    Level.CITY: "市级 市 市代表 市人大 市人大代表 设区的市 设区市 地级市 州 州级 自治州 州人大代表 盟",
    Level.COUNTY: "县级 县 县代表 县人大 县人大代表 县(市、区) 县(市区) 县(区) 县市区 县区 区 区级 区代表 "
    "区人大 区人大代表 县级市 旗 旗级 自治县",
    Level.TOWNSHIP: "乡镇级 乡镇 乡镇代表 乡镇人大 乡镇人大代表 乡(镇) 乡(镇)级 乡 乡级 乡代表 乡人大代表"
    " 镇 镇级 镇代表 镇人大代表 民族乡",
}
_NAMED_LEVEL = re.compile(r".{2,}?(省|县|旗|镇|乡)(?:人大|人民代表大会)?代表")
_LEVEL_OF_KIND = {
    "省": Level.PROVINCE,
    "县": Level.COUNTY,
    "旗": Level.COUNTY,
    "镇": Level.TOWNSHIP,
    "乡": Level.TOWNSHIP,
}
_level = choice(
    {word: level for level, words in _LEVELS.items() for word in words.split()},
    accepted=("全国", "省级", "市级", "县级", "乡镇级"),
)

END_REASONS = (
    (EndReason.DIED, "去世 死亡 病故 逝世 病逝 身故 亡故"),
    (EndReason.ORDERED_RESIGNATION, "责令辞"),
    (EndReason.RESIGNED, "辞去 辞职 请辞"),
    (EndReason.MOVED, "调离 调出 迁出 迁离 调动 调任"),
    (EndReason.RECALLED, "罢免"),
    (EndReason.TERM_ENDED, "届满 换届"),
    (EndReason.ABSENT_TWICE, "两次不出席 两次未出席"),
    (EndReason.NATIONALITY_LOST, "国籍"),
    (EndReason.RIGHTS_LOST, "剥夺政治权利"),
    (EndReason.CAPACITY_LOST, "行为能力"),
)


def level(cell: Cell) -> Level | None:
    """A level of congress: 县, 县级, 县人大代表, 华容县人大代表."""
    if isinstance(cell, str) and (match := _NAMED_LEVEL.fullmatch("".join(cell.split()))):
        return _LEVEL_OF_KIND[match[1]]
    return _level(cell)


def card_number(cell: Cell) -> str | None:
    """A deputy's card number, at most 30 characters."""
    number = digits_text(cell)
    if number is not None and len(number) > 30:
        raise CellError(_l("代表证号过长；请只填写一个证号，不超过 30 个字符。"))
    return number


def birth(cell: Cell) -> str | None:
    """A date of birth as far as it is known: 1975, 1975-03 or 1975-03-12."""
    found = partial_date(cell, latest=clock.today())
    return None if found is None else found.isoformat()


def _sex(cell: Cell) -> Sex | None:
    found = sex(cell)
    return None if found is None else Sex(found)


def flag(cell: Cell) -> bool:
    """Yes or no, where an empty cell means no."""
    return yes_no(cell) or False


def end_reason_of(words: str) -> EndReason:
    """The ground on which a mandate ended, from the office's words."""
    for reason, marks in END_REASONS:
        if any(mark in words for mark in marks.split()):
            return reason
    return EndReason.OTHER


CARD = Field(
    "card",
    _l("代表证号"),
    (
        "代表证号码",
        "证号",
        "代表证编号",
        "代表证",
        "代表编号",
        "代表号",
        "代表证件号",
        "代表证号（编号）",
        "证件编号",
    ),
    card_number,
    text=True,
    example="0623400001",
)
NAME = Field(
    "name",
    _l("姓名"),
    ("代表姓名", "代表", "名字", "人大代表", "人大代表姓名", "参会代表"),
    name,
    example="王　波",
)
LEVEL = Field(
    "level",
    _l("代表层级"),
    ("层级", "代表级别", "级别", "代表类别", "代表层次", "所属层级", "哪级代表", "何级代表", "代表级次"),
    level,
    choices=("全国", "省级", "市级", "县级", "乡镇级"),
    example="县级",
)
TOWNSHIP = Field(
    "township",
    _l("所在乡镇"),
    (
        "乡镇（街道）",
        "乡镇",
        "镇街",
        "乡镇街道",
        "所在乡镇（街道）",
        "所属乡镇",
        "所在镇",
        "所在乡",
        "乡（镇）",
        "乡镇名称",
        "镇（街道）",
        "所属乡镇（街道）",
        "所在镇街",
        "所在街道",
        "乡镇、街道",
        "所属镇街",
        "镇乡",
        "乡镇办",
    ),
    text(60),
    example="章华镇",
)
REFERENCE = (CARD, NAME, LEVEL, TOWNSHIP)

DISTRICT = Field(
    "district",
    _l("选区（选举单位）"),
    (
        "选区",
        "选举单位",
        "所在选区",
        "选区名称",
        "当选选区",
        "选区/选举单位",
        "原选区",
        "选区或选举单位",
        "原选举单位",
        "选区、选举单位",
        "所属选区",
        "选举单位（选区）",
        "选出单位",
    ),
    text(80),
    example="章华镇第3选区",
)
ROSTER_FIELDS = (
    CARD,
    Field("name", _l("姓名"), NAME.headings, name, required=True, example="王　波"),
    Field("sex", _l("性别"), ("男女",), _sex, choices=("男", "女"), example="女"),
    Field("nation", _l("民族"), ("族别", "名族"), nation, example="汉族"),
    Field(
        "born",
        _l("出生年月"),
        ("出生日期", "生日", "出生时间", "出生年月日", "出生"),
        birth,
        text=True,
        example="1975.03",
    ),
    Field(
        "party",
        _l("政治面貌"),
        ("党派", "政治面目", "所属党派", "党派情况", "党派团体"),
        text(30),
        example="中共党员",
    ),
    Field(
        "education",
        _l("学历"),
        ("文化程度", "文化水平", "受教育程度", "最高学历", "学历情况"),
        text(20),
        example="大专",
    ),
    Field("degree", _l("学位"), ("最高学位",), text(20)),
    Field(
        "phone",
        _l("手机号码"),
        (
            "联系电话",
            "电话",
            "手机",
            "手机号",
            "联系方式",
            "电话号码",
            "移动电话",
            "联系号码",
            "联系手机",
            "本人电话",
        ),
        phone,
        text=True,
        example="13800000000",
    ),
    Field("email", _l("电子邮箱"), ("邮箱", "电子邮件", "e-mail", "email"), text(120)),
    Field(
        "work_unit_post",
        _l("工作单位及职务"),
        (
            "单位及职务",
            "工作单位和职务",
            "工作单位职务",
            "单位职务",
            "工作单位",
            "职务",
            "现任职务",
            "单位及职务（职业）",
            "职业",
            "工作单位及职务（职业）",
            "工作单位",
            "单位和职务",
            "现工作单位及职务",
        ),
        text(120),
        example="章华镇某村党支部书记",
    ),
    Field(
        "address", _l("通讯地址"), ("地址", "家庭住址", "住址", "联系地址", "通信地址", "居住地址"), text(200)
    ),
    Field(
        "level", _l("代表层级"), LEVEL.headings, level, required=True, choices=LEVEL.choices, example="县级"
    ),
    Field(
        "term",
        _l("届次"),
        ("届别", "任期届次", "所属届次", "代表届次", "第几届", "届", "当选届次", "何届代表", "任届"),
        text(80),
        example="华容县第十八届",
    ),
    DISTRICT,
    TOWNSHIP,
    Field(
        "delegation",
        _l("代表团"),
        ("所在代表团", "所属代表团", "代表团名称"),
        text(80),
        example="章华镇代表团",
    ),
    Field(
        "re_elected",
        _l("是否连任"),
        ("连任", "连任情况", "是否连任代表", "连任代表", "是否为连任代表"),
        flag,
        choices=("是", "否"),
        example="否",
    ),
    Field(
        "office_holder",
        _l("是否职务代表"),
        (
            "职务代表",
            "是否领导干部代表",
            "领导干部代表",
            "是否为职务代表",
            "职务代表（是/否）",
            "是否领导职务代表",
        ),
        flag,
        choices=("是", "否"),
        example="否",
    ),
    Field(
        "leader",
        _l("是否党政领导干部"),
        ("党政领导干部", "领导干部", "是否领导干部", "党政领导", "是否党政领导", "是否县级领导"),
        flag,
        choices=("是", "否"),
    ),
    Field(
        "has_fixed_income",
        _l("是否有固定收入"),
        ("固定收入", "有无固定收入", "有无固定工资收入", "是否有固定工资收入"),
        yes_no,
        choices=("是", "否"),
    ),
    Field(
        "by_election",
        _l("是否补选"),
        ("补选", "补选代表", "选举方式", "当选方式", "产生方式"),
        choice(
            {"是": True, "补选": True, "√": True, "否": False, "换届": False, "换届选举": False, "×": False}
        ),
        choices=("是", "否"),
    ),
    Field(
        "began_on",
        _l("当选日期"),
        (
            "任职日期",
            "当选时间",
            "起任时间",
            "任职时间",
            "起任日期",
            "选举日期",
            "当选年月日",
            "开始日期",
            "资格确认日期",
            "任职起始日期",
            "选举时间",
            "始任时间",
        ),
        date_,
        example="2021-12-28",
    ),
    Field(
        "ended_on",
        _l("终止日期"),
        (
            "终止时间",
            "资格终止日期",
            "资格终止时间",
            "代表资格终止日期",
            "离任日期",
            "离任时间",
            "免职日期",
            "卸任日期",
            "结束日期",
            "终止代表资格日期",
        ),
        date_,
    ),
    Field(
        "end_reason",
        _l("终止原因"),
        ("资格终止原因", "离任原因", "终止代表资格原因", "代表资格终止原因", "结束原因"),
        text(200),
    ),
    Field("note", _l("备注"), ("说明", "备考", "附注", "其他"), text(500)),
)

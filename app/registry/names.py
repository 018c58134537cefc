"""Names of people: pinyin, initials and the given name, for finding them (surnames read as surnames)."""

from __future__ import annotations

import os
from functools import lru_cache

# Names are read character by character: the library's phrase dictionary would cost a second at every start.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
    ]
)
# Characters read otherwise as a surname than in running text.
_SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "朴": "piao", "区": "ou", "任": "ren",
    "华": "hua", "盖": "ge", "召": "shao", "尹": "yin", "纪": "ji", "员": "yun", "秘": "bi", "种": "chong",
    "乐": "yue", "缪": "miao", "翟": "zhai", "宓": "mi", "折": "she", "黑": "he", "逄": "pang", "牟": "mu",
    "冼": "xian", "洗": "xian", "祭": "zhai", "葛": "ge", "隗": "wei", "晁": "chao", "郇": "xun", "覃": "qin",
    "谌": "chen", "长": "zhang", "适": "kuo", "句": "gou", "阚": "kan", "岑": "cen", "酆": "feng", "贾": "jia",
    "车": "che", "都": "du", "重": "chong", "尉": "wei", "卜": "bu", "石": "shi", "柏": "bai", "郝": "hao",
    "令": "ling", "万": "wan", "宿": "su", "藏": "zang", "行": "xing", "能": "nai", "於": "yu", "褚": "chu",
    "繁": "po", "过": "guo", "燕": "yan", "应": "ying", "宁": "ning", "沈": "shen", "陆": "lu", "俞": "yu",
    "钻": "zuan", "洪": "hong", "呙": "guo", "殷": "yin", "眭": "sui", "佴": "nai", "占": "zhan", "盛": "sheng",
}  # fmt: skip
_COMPOUND_READINGS = {
    "尉迟": ["yu", "chi"], "万俟": ["mo", "qi"], "澹台": ["tan", "tai"], "长孙": ["zhang", "sun"],
    "鲜于": ["xian", "yu"], "亓官": ["qi", "guan"], "乐正": ["yue", "zheng"], "令狐": ["ling", "hu"],
}  # fmt: skip


def split_name(name: str) -> tuple[str, str]:
    """(surname, given name); a name with a middle dot is given whole as both."""
    if "·" in name:
        return name, name.rsplit("·", 1)[-1]
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2], name[2:]
    return name[:1], name[1:]


@lru_cache(maxsize=20_000)
def _given_pinyin(given: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(given, style=Style.NORMAL, errors="ignore"))


def pinyin_of(name: str) -> tuple[str, str]:
    """(pinyin run together, initials) of a name: 单雄信 → ("shanxiongxin", "sxx")."""
    surname, given = split_name(name)
    if surname in _COMPOUND_READINGS:
        first = tuple(_COMPOUND_READINGS[surname])
    elif surname in _SURNAME_READINGS:
        first = (_SURNAME_READINGS[surname],)
    else:
        first = _given_pinyin(surname)
    syllables = first + (() if "·" in name else _given_pinyin(given))
    return "".join(syllables)[:200], "".join(s[0] for s in syllables)[:40]


def name_columns(name: str) -> dict[str, str]:
    """The columns of a person that follow from the name."""
    pinyin, initials = pinyin_of(name)
    return {"name": name, "given_name": split_name(name)[1], "pinyin": pinyin, "initials": initials}

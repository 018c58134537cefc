"""Words by which a draft is looked at, as data: add to them freely.

Those of matters not made suggestions follow the local rules (law.md 1.5: 重庆, 湖北, 浙江, 北京). A word there only
raises a hint, so it may be a little too wide; it should still be unlikely in a good suggestion.
"""

from __future__ import annotations

import re

from app.suggestions.states import Inadmissible

# A fact has a figure, a day or a place about it.
CONCRETE = re.compile(
    r"[0-9０-９]|[一二两三四五六七八九十百千万]+(?:个|名|户|人|亩|公里|米|次|件|年|月|天|辆|所|家|元)"
    r"|去年|今年|上月|本月|[村镇乡街路桥河库渠校院站口]"
)
ASKS = re.compile(
    r"建议|请|应当|应|希望|要求|尽快|加强|加快|落实|增设|安装|修|建|完善|整治|明确|规范|支持|解决"
)
# A second matter hides behind one of these; two kinds of one thing (“道路、桥梁”) do not.
SECOND_MATTER = re.compile(r"以及|并请|同时|另外|兼|；|;|和关于|及关于")

INADMISSIBLE: dict[Inadmissible, tuple[str, ...]] = {
    Inadmissible.PERSONAL: (
        "本人的", "我本人", "我家的", "我的房", "我的补偿", "我的工资", "我的职称", "我爱人", "我妻子", "我丈夫",
        "我儿子", "我女儿", "我父亲", "我母亲", "我亲戚", "亲属的", "亲戚的", "本人工作调动", "本人待遇",
    ),
    Inadmissible.JUDICIAL: (
        "一审判决", "二审判决", "终审判决", "判决不公", "再审", "改判", "刑事判决", "民事判决", "撤销判决",
        "法院判", "仲裁裁决", "起诉书", "案号", "抗诉", "羁押", "取保候审", "立案侦查", "执行案件",
    ),
    Inadmissible.FORWARDED: (
        "代转", "转交", "来信如下", "群众来信", "信访件", "上访信", "附信", "代为反映信件", "联名信",
    ),
    Inadmissible.PROMOTION: (
        "学术探讨", "学术观点", "论文", "本公司产品", "我公司产品", "我厂产品", "推广本产品", "产品推介", "推介产品",
        "我公司研发", "本企业研发", "专利产品", "招商推介",
    ),
    Inadmissible.ACCUSATION: (
        "检举", "举报", "控告", "申诉", "贪污", "受贿", "行贿", "包庇", "徇私", "以权谋私", "追究其",
    ),
    Inadmissible.TENDER: (
        "招标文件", "投标", "中标", "评标", "流标", "废标", "开标", "竞标", "围标", "中标人",
    ),
    Inadmissible.BEYOND_POWERS: (
        "修改宪法", "修改刑法", "修改民法典", "修改个人所得税法", "国务院应", "全国人大应", "外交部", "中央财政应",
        "调整国家税率", "提高全国",
    ),
    Inadmissible.NO_CONTENT: ("暂无", "无内容", "测试", "待补充", "见附件", "略。"),
}  # fmt: skip

"""The trail in words: kinds of record, what was done to them, names of columns, values as people read."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.audit import Audited
from app.kit.database import Base, UtcDateTime
from app.kit.i18n import _, _l
from app.kit.states import LabelledEnum

HIDDEN = "***"

KINDS: dict[str, Any] = {
    "activity": _l("活动"),
    "area": _l("行政区划"),
    "attachment": _l("附件"),
    "attendance": _l("出席"),
    "audit": _l("审计日志"),
    "delegation": _l("代表团"),
    "deputy_group": _l("代表小组"),
    "duty_entry": _l("履职登记"),
    "duty_report": _l("述职"),
    "electing_unit": _l("选举单位"),
    "electoral_district": _l("选区"),
    "group_composition": _l("编组方案"),
    "group_membership": _l("小组成员"),
    "group_post": _l("小组职务"),
    "handling_unit": _l("承办单位"),
    "import_batch": _l("导入批次"),
    "mandate": _l("代表职务"),
    "opinion": _l("群众意见"),
    "person": _l("代表"),
    "post": _l("职务"),
    "reception": _l("接待日"),
    "role_grant": _l("授权"),
    "rule_set": _l("规则"),
    "session": _l("登录"),
    "special_day": _l("放假调休"),
    "station": _l("联络站"),
    "station_assignment": _l("进站代表"),
    "station_post": _l("站内职务"),
    "partner": _l("代表+N"),
    "suggestion": _l("代表建议"),
    "suspension": _l("暂停执行职务"),
    "term": _l("届次"),
    "user": _l("账号"),
    "opinion_transfer": _l("意见交办单"),
    "group_plan": _l("小组计划"),
    "date_option": _l("供选择的时间"),
    "deputy_link": _l("代表联系"),
    "care_note": _l("走访慰问"),
    "reception_calendar": _l("接待日历"),
    "reception_request": _l("换班和请假"),
    "reception_wish": _l("接待意愿"),
}

VERBS: dict[str, Any] = {
    "create": _l("新增"),
    "update": _l("修改"),
    "delete": _l("删除"),
    "login": _l("登录成功"),
    "failure": _l("登录失败"),
    "lock": _l("锁定登录"),
    "logout": _l("退出登录"),
    "end": _l("结束会话"),
    "verify": _l("校验"),
    "move": _l("移动"),
    "reveal": _l("查看反映人："),
    "erase": _l("清除个人信息："),
}

SOURCES: dict[str, Any] = {
    "web": _l("网页"),
    "cli": _l("命令行"),
    "import": _l("导入表格"),
    "undo": _l("撤销导入"),
    "demo": _l("演示数据"),
    "system": _l("系统"),
}

# What a column is called whatever the record; a kind's own words come first.
COLUMNS: dict[str, Any] = {
    "activity_id": _l("活动"),
    "address": _l("地址"),
    "addressee": _l("述职对象"),
    "anonymous": _l("匿名"),
    "area_code": _l("地区"),
    "assigned_on": _l("交办日期"),
    "at": _l("时间"),
    "basically_satisfied": _l("基本满意票"),
    "began_on": _l("开始日期"),
    "body": _l("内容"),
    "born": _l("出生年月"),
    "cancel_reason": _l("取消原因"),
    "capacity": _l("参加身份"),
    "caption": _l("说明"),
    "card_no": _l("代表证号"),
    "category": _l("类别"),
    "channel": _l("反映渠道"),
    "citizen_name": _l("群众姓名"),
    "citizen_phone": _l("群众电话"),
    "closed_on": _l("办结日期"),
    "code": _l("区划代码"),
    "content": _l("内容"),
    "co_units": _l("协办单位"),
    "corrections": _l("修改的单元格"),
    "cosigners": _l("附议代表"),
    "created": _l("新增行数"),
    "degree": _l("学位"),
    "deputies": _l("接待代表"),
    "delegation_id": _l("代表团"),
    "description": _l("情况"),
    "disabled_at": _l("停用时间"),
    "dissatisfied": _l("不满意票"),
    "document": _l("依据文件"),
    "due_on": _l("办理期限"),
    "education": _l("学历"),
    "elected_how": _l("产生方式"),
    "electing_unit_id": _l("选举单位"),
    "electoral_district_id": _l("选区"),
    "email": _l("电子邮箱"),
    "end_note": _l("终止说明"),
    "end_reason": _l("终止原因"),
    "ended_on": _l("结束日期"),
    "ends_on": _l("结束日期"),
    "filename": _l("文件名"),
    "files": _l("文件"),
    "finished_at": _l("完成时间"),
    "first_session_on": _l("首次会议日期"),
    "first_year": _l("第一年"),
    "form": _l("形式"),
    "given_name": _l("名字"),
    "goal": _l("目的"),
    "group_id": _l("小组"),
    "guided_by": _l("联系指导单位"),
    "happened_on": _l("日期"),
    "has_fixed_income": _l("有固定收入"),
    "has_thumbnail": _l("有缩略图"),
    "head_name": _l("站长"),
    "height": _l("高"),
    "held_on": _l("日期"),
    "holder_name": _l("担任人"),
    "import_batch_id": _l("导入批次"),
    "initials": _l("拼音首字母"),
    "job_id": _l("任务"),
    "joined_on": _l("加入日期"),
    "kind": _l("类型"),
    "last_login_at": _l("最近登录"),
    "lead_mandate_id": _l("领衔代表"),
    "lead_person": _l("负责人"),
    "lead_units": _l("主办单位"),
    "leader": _l("党政领导干部"),
    "leave_asked_at": _l("请假时间"),
    "leave_decided_by": _l("批假人"),
    "leave_reason": _l("请假事由"),
    "leave_state": _l("请假审批"),
    "left_on": _l("退出日期"),
    "level": _l("层级"),
    "levels_invited": _l("邀请的代表层级"),
    "login": _l("登录名"),
    "mandate_id": _l("代表"),
    "mapping": _l("列对应"),
    "media_type": _l("文件类型"),
    "meeting": _l("会议名称"),
    "message": _l("说明"),
    "mode": _l("述职方式"),
    "mode_reason": _l("采用书面的原因"),
    "model": _l("示范站"),
    "money_fen": _l("金额（分）"),
    "must_change_password": _l("须改密码"),
    "name": _l("名称"),
    "nation": _l("民族"),
    "need_funds": _l("经费保障"),
    "need_time": _l("时间保障"),
    "need_vehicle": _l("车辆保障"),
    "need_venue": _l("场地保障"),
    "note": _l("备注"),
    "number": _l("编号"),
    "occasion": _l("提出时机"),
    "office_code": _l("管理机关"),
    "office_holder": _l("职务代表"),
    "opening": _l("开放时间"),
    "ordinal": _l("届数"),
    "organiser": _l("组织单位"),
    "origin": _l("来源"),
    "outcome": _l("处理结果"),
    "parent_code": _l("上级地区"),
    "party": _l("党派"),
    "password_changed_at": _l("密码修改时间"),
    "password_hash": _l("密码"),
    "people_received": _l("接待人次"),
    "person_id": _l("本人"),
    "persons_helped": _l("受益人数"),
    "phone": _l("电话"),
    "pinyin": _l("拼音"),
    "place": _l("地点"),
    "preferences": _l("个人设置"),
    "preview": _l("预览"),
    "quantity": _l("数量"),
    "raised_on": _l("提出日期"),
    "re_elected": _l("连任"),
    "reason": _l("原因"),
    "received_on": _l("反映日期"),
    "reception_id": _l("接待日"),
    "record": _l("活动记录"),
    "recorded_by": _l("登记人"),
    "replied_on": _l("答复日期"),
    "reply_class": _l("答复类别"),
    "reply_way": _l("答复方式"),
    "reported_on": _l("述职日期"),
    "return_reason": _l("退回原因"),
    "reviewed_at": _l("审核时间"),
    "reviewed_by": _l("审核人"),
    "role": _l("角色"),
    "route": _l("处理途径"),
    "satisfaction": _l("代表评价"),
    "satisfied": _l("满意票"),
    "division": _l("编入的小组"),
    "effective_on": _l("生效日期"),
    "names": _l("组名"),
    "wishes": _l("要求"),
    "scope_code": _l("所属地区"),
    "sex": _l("性别"),
    "sha256": _l("内容摘要"),
    "sign_in_code": _l("签到码"),
    "sign_in_token": _l("签到二维码"),
    "signed_in_at": _l("签到时间"),
    "signed_in_by": _l("签到方式"),
    "size": _l("大小（字节）"),
    "solved": _l("已解决"),
    "source": _l("来源"),
    "source_opinion_id": _l("来自群众意见"),
    "speech": _l("发言内容"),
    "spoke": _l("发言"),
    "started_on": _l("开始日期"),
    "starts_at": _l("开始时间"),
    "state": _l("状态"),
    "station_id": _l("联络站"),
    "status": _l("出席情况"),
    "subject_id": _l("所属记录"),
    "subject_kind": _l("所属记录类型"),
    "summary": _l("小结"),
    "term_id": _l("届次"),
    "text": _l("述职报告"),
    "title": _l("标题"),
    "topic": _l("主题"),
    "topics": _l("议题"),
    "unchanged": _l("未变行数"),
    "unit": _l("单位"),
    "updated": _l("更新行数"),
    "uploaded_by": _l("上传人"),
    "uploaded_by_name": _l("上传人姓名"),
    "user_id": _l("账号"),
    "valid_from": _l("生效日期"),
    "valid_to": _l("失效日期"),
    "venue": _l("地点"),
    "voters_present": _l("到会选民"),
    "width": _l("宽"),
    "work_unit_post": _l("工作单位及职务"),
    "wrong": _l("错误行数"),
    "opinion_id": _l("群众意见"),
    "unit_id": _l("承办单位"),
    "sent_on": _l("交办日期"),
    "requirement": _l("办理要求"),
    "signed_on": _l("签收日期"),
    "handler": _l("经办人"),
    "answered_on": _l("答复日期"),
    "answer": _l("答复内容"),
    "returned_reason": _l("退回的理由"),
    "citizen_address": _l("群众住址"),
    "erased_at": _l("清除时间"),
    "merged_into_id": _l("并入的意见"),
    "follow_code": _l("查询码"),
    "draft_key": _l("草稿编号"),
    "ended_as": _l("办结方式"),
    "not_accepted": _l("不予受理的原因"),
    "told_on": _l("反馈日期"),
    "told_way": _l("反馈方式"),
    "citizen_word": _l("群众评价"),
    "erased": _l("清除条数"),
    "scope": _l("计划种类"),
    "year": _l("年度"),
    "guidelines": _l("指导思想和重点"),
    "requirements": _l("工作要求"),
    "consulted_on": _l("征求意见日期"),
    "consulted_way": _l("征求意见方式"),
    "consulted_who": _l("征求了哪些代表的意见"),
    "consultation": _l("征求意见情况"),
    "submitted_at": _l("提交时间"),
    "approved_at": _l("批准时间"),
    "approved_by": _l("批准人"),
    "day": _l("日期"),
    "upper_id": _l("上级代表"),
    "lower_id": _l("联系的代表"),
    "noted_on": _l("登记日期"),
    "visited_on": _l("走访日期"),
    "visitors": _l("走访人"),
    "help_given": _l("帮助情况"),
    "plan_id": _l("小组计划"),
    "calendar_id": _l("接待日历"),
    "ends_at": _l("结束时间"),
    "rule_day": _l("按规则的日期"),
    "host": _l("接待人"),
    "scope_note": _l("接待范围"),
    "rules_note": _l("工作制度"),
    "public_code": _l("公开页编码"),
    "shown_publicly": _l("同意公示的内容"),
    "colleague_id": _l("换班或代班的代表"),
    "other_reception_id": _l("换到的接待日"),
    "decided_by": _l("批准人"),
    "decided_at": _l("批准时间"),
    "rules": _l("规则"),
    "notes": _l("排班没有做到的"),
    "published_at": _l("公布时间"),
    "from_on": _l("开始日期"),
    "until_on": _l("结束日期"),
    "weekday": _l("星期几"),
}

COLUMNS_OF_KIND: dict[tuple[str, str], Any] = {
    ("station_post", "role"): _l("职务"),
    ("partner", "kind"): _l("身份"),
    ("group_composition", "name"): _l("方案名称"),
    ("group_composition", "on"): _l("编组日期"),
    ("person", "name"): _l("姓名"),
    ("user", "name"): _l("姓名"),
    ("person", "area_code"): _l("登记机关"),
    ("mandate", "began_on"): _l("任职日期"),
    ("mandate", "ended_on"): _l("终止日期"),
    ("mandate", "note"): _l("备注"),
    ("rule_set", "topic"): _l("规则主题"),
    ("opinion", "topic"): _l("问题类别"),
    ("post", "title"): _l("职务名称"),
    ("activity", "held_on"): _l("活动日期"),
    ("suggestion", "solved"): _l("问题已解决"),
    ("station", "closed_on"): _l("撤销日期"),
    ("handling_unit", "closed_on"): _l("撤销日期"),
    ("reception_request", "answer"): _l("答复"),
}


def kind_label(kind: str) -> str:
    """What a kind of record is called."""
    return str(KINDS.get(kind, kind))


def column_label(kind: str, column: str) -> str:
    """What a column of a kind of record is called."""
    return str(COLUMNS_OF_KIND.get((kind, column)) or COLUMNS.get(column, column))


def source_label(tag: str) -> str:
    """Where an event came from."""
    source = tag.split(":", 1)[0]
    return str(SOURCES.get(source, source))


def verb_label(tag: str) -> str:
    """What was done, in a word."""
    verb = tag.rsplit(":", 1)[-1]
    return str(VERBS.get(verb, verb))


def happening_label(tag: str, subject_kind: str) -> str:
    """What was done to what: 修改代表, 登录成功."""
    kind = tag.split(":")[1] if tag.count(":") == 2 else subject_kind
    verb = verb_label(tag)
    return verb if kind == "session" else _("%(verb)s%(kind)s", verb=verb, kind=kind_label(kind))


@cache
def model_of(kind: str) -> type[Base] | None:
    """The table of a kind of record."""
    for mapper in Base.registry.mappers:
        model: type[Base] = mapper.class_
        if issubclass(model, Audited) and getattr(model, "audit_kind", None) == kind:
            return model
    return None


def value_text(kind: str, column: str, value: Any) -> str:
    """A value of the trail as people read it: labels of states, 是/否, names of the records it points at."""
    if value is None or value == "":
        return ""
    if value == HIDDEN:
        return str(_("（已隐去）"))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    model = model_of(kind)
    table_column = model.__table__.columns.get(column) if model is not None else None
    if table_column is not None:
        return _typed_text(table_column, value)
    return str(value)


def _typed_text(column: Any, value: Any) -> str:
    enum = getattr(column.type, "enum_class", None)
    if enum is not None and issubclass(enum, LabelledEnum):
        return enum(value).label if value in {member.value for member in enum} else str(value)
    if isinstance(column.type, UtcDateTime):
        return clock.local(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    for key in column.foreign_keys:
        return _record_text(key.column.table.name, value)
    return str(value)


def _record_text(table: str, identity: Any) -> str:
    model = next((m.class_ for m in Base.registry.mappers if m.local_table.name == table), None)  # type: ignore[attr-defined]
    found = db.session.get(model, identity) if model is not None else None
    label = getattr(found, "audit_label", "") if found is not None else ""
    return label or f"#{identity}"

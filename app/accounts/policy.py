"""Actions of accounts and of the trail; the three administrators hold none of each other's (三员分立)."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l

MANAGE_ACCOUNTS = action("accounts.manage", _l("管理账号和授权"), {Role.SECURITY_ADMIN: Reach.AREA})
CREATE_DEPUTY_ACCOUNTS = action(
    "accounts.create_deputies",
    _l("为代表开通账号"),
    {Role.SECURITY_ADMIN: Reach.AREA, Role.COUNTY_STAFF: Reach.AREA, Role.TOWNSHIP_STAFF: Reach.AREA},
)
READ_AUDIT = action("audit.read", _l("查看审计日志"), {Role.AUDITOR: Reach.AREA})
VIEW_SYSTEM = action("system.view", _l("查看系统状态"), {Role.SYSTEM_ADMIN: Reach.ALL})

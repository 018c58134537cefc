"""Who sees what was sent. One's own notices need no more than being signed in."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import STAFF

VIEW_LOG = action("notices.log", _l("查看通知发送记录"), STAFF)
RETRY = action("notices.retry", _l("重发没有发出的通知"), STAFF)

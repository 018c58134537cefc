"""Actions of deputy groups."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import READERS, STAFF

VIEW_GROUPS = action("groups.view", _l("查看代表小组"), READERS)
EDIT_GROUPS = action("groups.edit", _l("登记和修改代表小组"), STAFF)

"""Actions of deputies' suggestions."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import READERS, STAFF

VIEW_SUGGESTIONS = action("suggestions.view", _l("查看代表建议"), READERS)
EDIT_SUGGESTIONS = action("suggestions.edit", _l("登记和修改代表建议"), STAFF)

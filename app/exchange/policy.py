"""Actions of imports."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import STAFF

IMPORT = action("exchange.import", _l("导入表格"), STAFF)

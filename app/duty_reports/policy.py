"""Actions of reports on duty."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import READERS, STAFF

VIEW_REPORTS = action("duty_reports.view", _l("查看述职"), READERS)
EDIT_REPORTS = action("duty_reports.edit", _l("登记和修改述职"), STAFF)

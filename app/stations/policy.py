"""Actions of liaison stations, receptions and opinions."""

from app.kit.authorisation import action
from app.kit.i18n import _l
from app.registry.policy import READERS, STAFF

VIEW_STATIONS = action("stations.view", _l("查看联络站和接待"), READERS)
EDIT_STATIONS = action("stations.edit", _l("登记和修改联络站、接待"), STAFF)
VIEW_OPINIONS = action("opinions.view", _l("查看群众意见"), READERS)
EDIT_OPINIONS = action("opinions.edit", _l("登记和修改群众意见"), STAFF)
SEE_CITIZENS = action("opinions.see_citizens", _l("查看反映人姓名和电话"), STAFF)

"""Actions of liaison stations, receptions and opinions."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS, READERS, STAFF, UNITS

VIEW_STATIONS = action("stations.view", _l("查看联络站和接待"), READERS)
EDIT_STATIONS = action("stations.edit", _l("登记和修改联络站、接待"), STAFF)
VIEW_OPINIONS = action("opinions.view", _l("查看群众意见"), READERS)
EDIT_OPINIONS = action("opinions.edit", _l("登记和修改群众意见"), STAFF)
SEE_CITIZENS = action("opinions.see_citizens", _l("查看反映人姓名和电话"), STAFF)

# Deputies follow what was said to them; answering, handing over and closing is the office's (代表法 art. 31).
FOLLOW_UP_OPINIONS = action("opinions.follow_up", _l("跟踪群众意见的办理"), {**STAFF, Role.DEPUTY: Reach.OWN})
VIEW_OPINION_FIGURES = action("opinions.figures", _l("查看群众意见统计"), AREA_READERS)
VIEW_TRANSFERS = action("transfers.view", _l("查看意见交办单"), {**AREA_READERS, **UNITS})
HANDLE_TRANSFERS = action("transfers.handle", _l("签收、答复和退回交办的意见"), {**STAFF, **UNITS})
OWN_TRANSFERS = action("transfers.own", _l("办理交给本单位的意见"), UNITS)

# On the day the deputy on duty takes people down as staff do; that the day was held is for staff to record.
RECEIVE_PUBLIC = action("stations.receive", _l("接待日现场登记"), {**STAFF, Role.DEPUTY: Reach.OWN})
SHOW_PUBLICLY = action(
    "stations.show_publicly", _l("设定联络站公开页公示的内容"), {**STAFF, Role.DEPUTY: Reach.OWN}
)

# The year's calendar: deputies see their own dates, ask for changes, and say beforehand when they can come.
VIEW_CALENDARS = action("calendars.view", _l("查看接待日历"), AREA_READERS)
EDIT_CALENDARS = action("calendars.edit", _l("编排和公布接待日历"), STAFF)
OWN_DUTY = action("calendars.own_duty", _l("查看和调整本人的接待安排"), {Role.DEPUTY: Reach.OWN})
GIVE_WISHES = action("calendars.wish", _l("登记不能来和希望安排的日子"), {**STAFF, Role.DEPUTY: Reach.OWN})

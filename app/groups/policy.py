"""Actions of deputy groups."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS, READERS, STAFF

VIEW_GROUPS = action("groups.view", _l("查看代表小组"), READERS)
EDIT_GROUPS = action("groups.edit", _l("登记和修改代表小组"), STAFF)
# A deputy reaches the groups in which they hold a leading post (2-18), see ``queries.leads``.
PLAN_GROUPS = action("groups.plan", _l("制定小组计划、召集小组活动"), {**STAFF, Role.DEPUTY: Reach.OWN})
OVERSEE_GROUPS = action("groups.oversee", _l("查看编组情况和代表联系"), AREA_READERS)
VIEW_CARE = action("groups.view_care", _l("查看走访慰问"), AREA_READERS)
COMPOSE_GROUPS = action("groups.compose", _l("编组"), STAFF)

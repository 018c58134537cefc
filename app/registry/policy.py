"""Actions of the registry, and the sets of roles other features' policies are made of."""

from app.kit.authorisation import UNIT_ROLES, Reach, Role, action
from app.kit.i18n import _l

# Staff and leaders look at their area; a deputy looks at what is their own.
READERS = {
    Role.COUNTY_STAFF: Reach.AREA,
    Role.TOWNSHIP_STAFF: Reach.AREA,
    Role.LEADER: Reach.AREA,
    Role.DEPUTY: Reach.OWN,
}
AREA_READERS = {role: reach for role, reach in READERS.items() if reach is Reach.AREA}
STAFF = {Role.COUNTY_STAFF: Reach.AREA, Role.TOWNSHIP_STAFF: Reach.AREA}
COUNTY = {Role.COUNTY_STAFF: Reach.AREA}
# Accounts of handling units see what is in their unit's hands.
UNITS = dict.fromkeys(UNIT_ROLES, Reach.OWN)
# The government's office that hands suggestions over and presses for answers.
ASSIGNERS = {**STAFF, Role.ASSIGNMENT_OFFICE: Reach.AREA}

VIEW_DEPUTIES = action("registry.view", _l("查看代表"), READERS)
LIST_DEPUTIES = action("registry.list", _l("查看代表名册"), AREA_READERS)
EDIT_DEPUTIES = action("registry.edit", _l("登记和修改代表"), STAFF)
VIEW_SETTINGS = action(
    "registry.view_settings",
    _l("查看区划、届次和规则"),
    {**AREA_READERS, Role.SYSTEM_ADMIN: Reach.AREA},
)
VIEW_UNITS = action("registry.view_units", _l("查看承办单位"), AREA_READERS)
EDIT_SETTINGS = action(
    "registry.edit_settings",
    _l("修改区划、届次和规则"),
    {Role.COUNTY_STAFF: Reach.AREA, Role.SYSTEM_ADMIN: Reach.AREA},
)
# The State Council's days are the same for every office of this installation.
EDIT_HOLIDAYS = action(
    "registry.edit_holidays",
    _l("修改放假和调休"),
    {Role.COUNTY_STAFF: Reach.ALL, Role.SYSTEM_ADMIN: Reach.ALL},
)

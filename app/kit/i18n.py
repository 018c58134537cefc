"""Words on the screen: Chinese message ids, English in ``app/translations/en``."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

__all__ = ["_", "_l", "ngettext"]

"""Which browser and device a session belongs to, in words its owner recognises."""

from __future__ import annotations

from app.kit.i18n import _, _l

# In this order: nearly every browser also claims to be Chrome and Safari.
_BROWSERS = (
    ("MicroMessenger", _l("微信")),
    ("DingTalk", _l("钉钉")),
    ("360", _l("360 浏览器")),
    ("QIHU", _l("360 浏览器")),
    ("QQBrowser", _l("QQ 浏览器")),
    ("UCBrowser", _l("UC 浏览器")),
    ("HuaweiBrowser", _l("华为浏览器")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", _l("鸿蒙")),
    ("OpenHarmony", _l("鸿蒙")),
    ("Android", _l("安卓")),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("UOS", _l("统信")),
    ("Kylin", _l("麒麟")),
    ("Linux", "Linux"),
)


def browser_name(agent: str | None) -> str:
    """微信 · 安卓 for what a browser says of itself; 未知浏览器 where it says nothing known."""
    text = agent or ""
    browser = next((str(name) for mark, name in _BROWSERS if mark in text), str(_("未知浏览器")))
    device = next((str(name) for mark, name in _DEVICES if mark in text), "")
    return " · ".join(filter(None, [browser, device]))

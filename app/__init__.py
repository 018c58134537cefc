"""履职台账: the duty-record system of a people's congress office. ``create_app`` puts the house together."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.extensions import babel, csrf, db, login_manager, migrate
from app.kit import audit, web
from app.kit.database import prepare_engine

# In the order of the floors; each has a routes module with a blueprint named ``bp``.
FEATURES = (
    "registry",
    "accounts",
    "ledger",
    "notices",
    "groups",
    "activities",
    "stations",
    "suggestions",
    "duty_reports",
    "oversight",
    "performance_file",
    "exchange",
    "public",
    "home",
)

audit.install(db.session)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The application, with settings from the environment and ``overrides`` on top (tests)."""
    from config import ROOT, settings

    app = web.LvzhiFlask(__name__)
    app.config.update(settings())
    app.config.update(overrides or {})
    audit.use_algorithm(app.config["AUDIT_ALGORITHM"])
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _models()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login_manager.init_app(app)
    accounts_sessions = import_module("app.accounts.sessions")
    babel.init_app(app, locale_selector=accounts_sessions.select_locale)
    with app.app_context():
        prepare_engine(db.engine)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    web.init_app(app)
    # After the edge: a form refused for its token has a request id too.
    csrf.init_app(app)
    accounts_sessions.init_app(app)
    for feature in FEATURES:
        app.register_blueprint(import_module(f"app.{feature}.routes").bp)
    import_module("app.home.navigation").init_app(app)
    web.finish(app)
    import_module("app.cli").init_app(app)
    return app


def _models() -> None:
    """Loads every table and every source of the ledger, whoever asks first."""
    for module in (
        "app.kit.audit",
        "app.kit.web",
        "app.kit.attachments",
        "app.kit.jobs",
        "app.kit.workdays",
        "app.registry.models",
        "app.accounts.models",
        "app.ledger.models",
        "app.ledger.postings",
        "app.notices.models",
        "app.groups.models",
        "app.activities.models",
        "app.activities.postings",
        "app.stations.models",
        "app.stations.postings",
        "app.suggestions.models",
        "app.suggestions.postings",
        "app.suggestions.similar.keeping",
        "app.duty_reports.models",
        "app.duty_reports.postings",
        "app.exchange.models",
    ):
        import_module(module)

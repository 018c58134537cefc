"""The house the structural tests walk through: one application, one world, one object of every kind in every scope.

Its requests are real, but what they write is rolled back where it would be committed: thousands of requests find the
same world. It has a database of its own, because every other test begins by emptying the shared one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.extensions import db
from app.kit import audit
from app.kit.database import analyse, set_reading
from tests import world as invented
from tests.house.objects import Maker, Thing, crowd

WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE)
CROWD = 50


@dataclass
class Answer:
    """What came back, and what was sent to the database for it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    statements: list[str]
    committed: bool

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def writes(self) -> list[str]:
        """Statements that change something."""
        return [statement for statement in self.statements if WRITING.match(statement)]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class House:
    """The application with people signed in."""

    app: Flask
    world: invented.World
    things: dict[str, list[Thing]]
    cookies: dict[str, str] = field(default_factory=dict)
    _statements: list[str] = field(default_factory=list)

    def sign_in(self, login: str) -> None:
        """Signs in for good; the cookie is kept and given to every browser."""
        browser = self.app.test_client()
        answer = browser.post("/login", data={"login": login, "password": invented.PASSWORD})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        cookie = browser.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        self.cookies[login] = cookie.value

    def ask(self, login: str | None, method: str, url: str, **request: Any) -> Answer:
        """One request by somebody (None: nobody signed in), of which nothing stays."""
        browser = self.app.test_client()
        if login is not None:
            browser.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[login])
        commits: list[bool] = []

        def take_back() -> None:
            commits.append(True)
            db.session.flush()
            db.session.rollback()

        db.session.commit = take_back  # type: ignore[method-assign]
        self._statements.clear()
        try:
            answer = browser.open(url, method=method, **request)
            return Answer(
                answer.status_code, answer.data, dict(answer.headers), list(self._statements), bool(commits)
            )
        finally:
            del db.session.commit

    def url(self, endpoint: str, args: Mapping[str, Any], method: str = "GET") -> str:
        """Address of a route; of ``args`` what the route has no place for is left out."""
        rules = [rule for rule in self.app.url_map.iter_rules(endpoint) if method in (rule.methods or ())]
        fitting = max((rule for rule in rules if rule.arguments <= set(args)), key=lambda r: len(r.arguments))
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(endpoint, {key: args[key] for key in fitting.arguments}, method=method)


def build(url: str, folder: Path) -> House:
    """The house on an empty database."""
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": url,
            "DATA_DIR": folder,
            "SECRET_KEY": "only for tests, not a secret",
            "WTF_CSRF_ENABLED": False,
            "JOBS_IMMEDIATE": True,
            "PROPAGATE_EXCEPTIONS": False,
        }
    )
    set_reading(False)
    audit.set_actor(None)
    with app.app_context():
        db.create_all()
        world = invented.build()
        things = Maker(world).make()
        crowd(world, CROWD)
        analyse(db.session())
        db.session.commit()
        db.session.remove()
        engine = db.engine
    house = House(app, world, things)
    for login in world.users:
        house.sign_in(login)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        house._statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    return house


@pytest.fixture(scope="session")
def house(worker_dir: Path) -> House:
    """The house on SQLite."""
    folder = worker_dir / "house"
    folder.mkdir()
    return build(f"sqlite:///{folder / 'house.sqlite3'}", folder)


@pytest.fixture(scope="session")
def house_on_postgresql(worker_dir: Path, postgres_server: Any) -> Iterator[House]:
    """The house on PostgreSQL."""
    folder = worker_dir / "house_pg"
    folder.mkdir()
    name = f"house_{worker_dir.parent.name}_{worker_dir.name}".replace("-", "_").lower()
    postgres_server.psql(f'DROP DATABASE IF EXISTS "{name}";')
    postgres_server.psql(f'CREATE DATABASE "{name}";')
    url = postgres_server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
    made = build(url, folder)
    yield made
    with made.app.app_context():
        db.engine.dispose()

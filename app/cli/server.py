"""``lvzhi serve``: the production server on this machine, and the worker that does long jobs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from app.extensions import db
from app.kit.errors import DomainError
from app.kit.jobs import run_worker


def _check_ready(host: str, port: int) -> None:
    """Refuses to start where nobody could work: the port is taken, or the schema is not this version's."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise DomainError(
            f"{host}:{port} 不能监听（{error.strerror}），请换一个端口，如 --port {port + 1}。"
        ) from error
    script = ScriptDirectory(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here != script.get_current_head():
        raise DomainError("数据库的结构不是这个版本的，请先运行 lvzhi db upgrade。")


def _run_gunicorn(host: str, port: int, workers: int, threads: int) -> int:
    command = [
        str(Path(sys.executable).with_name("gunicorn")),
        "--bind",
        f"{host}:{port}",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--worker-class",
        "gthread",
        "--keep-alive",
        "30",
        "--timeout",
        "120",
        "wsgi:app",
    ]
    root = Path(current_app.root_path).parent
    with subprocess.Popen(command, cwd=root) as server:  # noqa: S603 - our own interpreter's gunicorn
        try:
            return server.wait()
        finally:
            server.terminate()


def _run_waitress(host: str, port: int, threads: int) -> None:
    from waitress import serve as waitress_serve

    waitress_serve(current_app._get_current_object(), host=host, port=port, threads=threads)  # type: ignore[attr-defined]


class Supervisor:
    """A process that is started again when it dies, until it is told to stop."""

    def __init__(self, command: list[str], folder: Path, pause: float = 5.0, patience: float = 30.0) -> None:
        self._command, self._folder = command, folder
        self._pause, self._patience = pause, patience
        self._stopped = threading.Event()
        self.process = self._start()
        self._watch = threading.Thread(target=self._restart_when_dead, daemon=True)
        self._watch.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=self._folder, env=os.environ.copy())  # noqa: S603 - our own

    def _restart_when_dead(self) -> None:
        # The pause keeps one that dies at its start from being started all the time.
        while not self._stopped.wait(self._pause):
            if self.process.poll() is not None:
                click.echo(f"后台任务进程停止了（{self.process.returncode}），重新启动。", err=True)
                self.process = self._start()

    def stop(self) -> None:
        """Ends it: politely first, and when its time is over in any case."""
        self._stopped.set()
        self._watch.join()
        self.process.terminate()
        try:
            self.process.wait(timeout=self._patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数（Linux）")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="每个进程的线程数")
@with_appcontext
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """启动正式服务器和后台任务进程。"""
    _check_ready(host, port)
    supervisor = Supervisor([sys.executable, "-m", "app.cli", "worker"], Path(current_app.root_path).parent)
    # A stop from the service manager ends server and worker together.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    ended = 0
    try:
        if os.name == "posix":
            ended = _run_gunicorn(host, port, workers, threads)
        else:
            _run_waitress(host, port, workers * threads)
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()
    # A server that could not go on is no clean stop: the service manager starts it again.
    sys.exit(ended)


@click.command("worker", hidden=True)
@with_appcontext
def worker() -> None:
    """后台任务进程（由 serve 启动）。"""
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


commands: list[click.Command] = [serve, worker]

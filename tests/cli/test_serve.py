"""The worker beside the server: started again when it dies, ended with the server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.cli.server import Supervisor


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path, pause=0.05)
    try:
        first = supervisor.process
        first.kill()
        wait_for(lambda: supervisor.process is not first)
        assert supervisor.process.poll() is None
    finally:
        supervisor.stop()
    assert supervisor.process.poll() is not None


def test_a_worker_that_does_not_listen_is_ended_in_any_case(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('up', 'w'); time.sleep(600)"
    )
    supervisor = Supervisor([sys.executable, "-c", deaf], tmp_path, pause=0.05, patience=0.2)
    wait_for((tmp_path / "up").exists)
    supervisor.stop()
    assert supervisor.process.returncode is not None

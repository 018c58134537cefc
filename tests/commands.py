"""Running ``lvzhi`` in this process, as an operator would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner
from flask import Flask

from app.extensions import db
from app.kit.database import set_reading
from app.kit.errors import DomainError


@dataclass
class Answer:
    """How a command ended and what it printed."""

    code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The output read as JSON."""
        return json.loads(self.output)


def lvzhi(app: Flask, *arguments: object) -> Answer:
    """Runs a command; a refusal is exit 2 with its sentence, as ``app.cli.main`` makes it."""
    with app.app_context():
        set_reading(False)
        result = CliRunner().invoke(app.cli, [str(each) for each in arguments])
        db.session.remove()
        if isinstance(result.exception, DomainError):
            return Answer(2, result.stdout, str(result.exception))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)

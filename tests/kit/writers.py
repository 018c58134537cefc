"""A process that reads a number in the database and writes the next one, again and again.

Run as ``python -m tests.kit.writers URL FOLDER PERSON TIMES``; prints how often it had to begin anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy.orm.exc import StaleDataError

from app import create_app
from app.extensions import db
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.registry.models import Person


def count_up(person_id: int) -> None:
    """One transaction: what it writes follows from what it read."""
    person = db.session.get_one(Person, person_id)
    person.note = str(int(person.note or "0") + 1)
    db.session.commit()


def main(url: str, folder: str, person_id: int, times: int) -> int:
    """Counts up ``times`` times; the number of attempts refused because somebody else was faster."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": Path(folder), "SECRET_KEY": "tests"})
    refused = 0
    with app.app_context(), acting_as(operator("writer")):
        done = 0
        while done < times:
            try:
                count_up(person_id)
                done += 1
            except StaleDataError:
                db.session.rollback()
                refused += 1
            db.session.remove()
    return refused


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))

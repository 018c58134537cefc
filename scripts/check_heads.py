"""Fail unless the migrations form one line: exactly one Alembic head."""

import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory


def main() -> int:
    """Print the heads and return the exit status."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent.parent / "migrations"))
    heads = ScriptDirectory.from_config(config).get_heads()
    if len(heads) == 1:
        print(f"Alembic: one head, {heads[0]}")
        return 0
    print(f"Alembic: {len(heads)} heads instead of one: {', '.join(heads) or 'none'}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

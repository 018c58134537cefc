"""``python -m app.cli`` is ``lvzhi``."""

from app.cli import main

main()

"""The floors in pyproject.toml against the folders that exist: a folder without a floor fails."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_PYTHON = {"templates", "static", "translations", "__pycache__"}


def floors() -> list[set[str]]:
    """The packages on each floor, topmost first, as import-linter reads them."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    contract = next(c for c in contracts if c["type"] == "layers" and c["containers"] == ["app"])
    assert contract["exhaustive"] is True
    return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]


def test_every_folder_has_one_floor() -> None:
    listed = [package for floor in floors() for package in floor]
    folders = {p.name for p in (ROOT / "app").iterdir() if p.is_dir()} - NO_PYTHON
    assert folders - set(listed) == set(), "folder directly under app/ without a floor in pyproject.toml"
    assert set(listed) - folders - {"extensions"} == set(), "floor for a folder that does not exist"
    assert len(listed) == len(set(listed)), "package on two floors"


def test_every_folder_is_a_package() -> None:
    """Import-linter sees packages only: without __init__.py a folder would escape every contract."""
    folders = [p for p in (ROOT / "app").iterdir() if p.is_dir() and p.name not in NO_PYTHON]
    assert [p.name for p in folders if not (p / "__init__.py").is_file()] == []

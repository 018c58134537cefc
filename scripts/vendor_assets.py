"""Copy the third-party front-end files that pages use, with their licences, into app/static/vendor.

Run by scripts/setup.sh after `npm ci`. The copies are not committed; they travel inside the built wheel.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "app" / "static" / "vendor"

FILES = {
    "htmx": ("htmx.org", ["dist/htmx.min.js", "LICENSE"]),
    "bootstrap": ("bootstrap", ["dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js", "LICENSE"]),
}


def main() -> None:
    """Replace the vendor folder; a file that a package no longer has stops the build."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for folder, (package, files) in FILES.items():
        (TARGET / folder).mkdir(parents=True)
        for file in files:
            shutil.copyfile(MODULES / package / file, TARGET / folder / Path(file).name)


if __name__ == "__main__":
    main()

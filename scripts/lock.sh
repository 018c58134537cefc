#!/usr/bin/env bash
# Makes the lock files anew from requirements/*.in (for maintainers; needs uv). Give --upgrade to move all pins.
# The locks hold versions and hashes for every platform, and no index or download address.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    local out=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --no-emit-find-links --custom-compile-command scripts/lock.sh \
        "${UPGRADE[@]}" --output-file "requirements/$out" "$@"
}

UPGRADE=("$@")
compile runtime.txt requirements/runtime.in requirements/build.in
compile dev.txt requirements/dev.in
compile node.txt requirements/node.in
if grep -nE '://|--index|--find-links' requirements/*.txt; then
    echo "A lock file carries an address: take it out." >&2
    exit 1
fi
npm install --package-lock-only --omit-lockfile-registry-resolved
if grep -n '"resolved"' package-lock.json; then
    echo "package-lock.json carries registry addresses: take them out." >&2
    exit 1
fi

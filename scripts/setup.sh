#!/usr/bin/env bash
# Builds .venv from the hashed locks, the front-end files and the compiled translations.
#   scripts/setup.sh         what running needs
#   scripts/setup.sh --dev   and what tests and linters need
# Each step leaves a stamp under .venv/.stamps with the digest of its inputs and is skipped while that holds.
set -euo pipefail
cd "$(dirname "$0")/.."

extent=${1:-run}
stamps=.venv/.stamps

say() { echo "· $*"; }
refuse() { echo "$*" >&2; exit 1; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
fresh() { [[ -f $stamps/$1 && $(<"$stamps/$1") == "$2" ]]; }
stamp() { mkdir -p "$stamps" && echo "$2" >"$stamps/$1"; }

# Two make commands started together must not both build.
if command -v flock >/dev/null; then
    exec 9>.setup.lock
    flock 9
fi

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

make_environment() {
    # The scripts in .venv/bin carry the folder's path: a moved or copied folder needs a new environment.
    if fresh venv "$PWD" && .venv/bin/python -c '' 2>/dev/null; then
        return
    fi
    local python
    python=$(find_python) || refuse "需要 Python 3.11 或更高版本，请运行 / Python 3.11 or later is needed, run:" \
        "sudo apt install python3.11 python3.11-venv"
    say "建立环境 / environment: .venv ($("$python" --version))"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        local package
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
            say "安装系统软件包 / installing system package: $package"
            export DEBIAN_FRONTEND=noninteractive
            apt-get update -qq </dev/null || true
            apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null || true
        fi
        "$python" -c 'import ensurepip, venv' 2>/dev/null \
            || refuse "缺少 venv 模块，请运行 / the venv module is missing, run: sudo apt install $package"
    fi
    "$python" -m venv --clear .venv
    stamp venv "$PWD"
}

install_lock() {
    local lock=requirements/$1.txt key
    key=$(digest "$lock")
    if fresh "$1" "$key"; then
        return
    fi
    say "安装依赖 / installing: $lock"
    # The lock is complete, so nothing is to be resolved; wheels only, so that nothing is built from unpinned parts.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
        --only-binary :all: -r "$lock" </dev/null \
        || refuse "依赖安装失败，请检查网络后重试 / installing failed: check the network and run the command again."
    stamp "$1" "$key"
}

install_project() {
    local key
    key=$(digest pyproject.toml requirements/runtime.in)
    if fresh project "$key"; then
        return
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
        --no-build-isolation --editable . </dev/null
    stamp project "$key"
}

npm_ci() {
    if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' 2>/dev/null \
        || ! npm --version >/dev/null 2>&1; then
        install_lock node
        PATH=$PWD/.venv/bin:$PATH
        hash -r
    fi
    npm ci --silent "$@" </dev/null \
        || refuse "前端文件下载失败，请检查网络后重试 / fetching front-end files failed: check the network and run the command again."
}

fetch_assets() {
    local name=assets options=(--omit=dev) key
    if [[ $extent == --dev ]]; then
        name=assets-dev options=()
    fi
    key=$(digest package-lock.json .npmrc scripts/vendor_assets.py)
    if [[ -d app/static/vendor ]] && { fresh assets-dev "$key" && [[ -d node_modules ]] \
        || [[ $extent != --dev ]] && fresh assets "$key"; }; then
        return
    fi
    say "前端文件 / front-end files"
    npm_ci "${options[@]}"
    .venv/bin/python scripts/vendor_assets.py
    stamp "$name" "$key"
}

compile_translations() {
    local catalogue
    for catalogue in app/translations/*/LC_MESSAGES/*.po; do
        if [[ -f $catalogue && ! ${catalogue%.po}.mo -nt $catalogue ]]; then
            say "编译翻译 / translations: $catalogue"
            .venv/bin/pybabel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo"
        fi
    done
}

make_environment
install_lock runtime
install_project
if [[ $extent == --dev ]]; then
    install_lock dev
fi
fetch_assets
compile_translations
if ! fresh fonts looked; then
    scripts/system_packages.sh fonts
    stamp fonts looked
fi

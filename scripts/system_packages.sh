#!/usr/bin/env bash
# Makes sure of things from outside Python: scripts/system_packages.sh fonts|chromium|headless|poppler|venv …
# What is missing is installed with apt when we are root on Debian or Ubuntu; else one sentence says how.
# Never fails: each thing has a fallback or a clear refusal of its own further on.
set -euo pipefail
cd "$(dirname "$0")/.."

present() {
    case $1 in
        fonts)
            local folder
            for folder in "${LVZHI_FONTS_DIR:-}" /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.fonts" "${HOME:-/root}/.local/share/fonts"; do
                if [[ -d $folder ]] && find -L "$folder" -iname 'Noto*CJK*' -print -quit 2>/dev/null | grep -q .; then
                    return 0
                fi
            done
            return 1
            ;;
        chromium) command -v chromium || command -v google-chrome || compgen -G "${HOME:-/root}/.cache/ms-playwright/chromium-*" ;;
        # Debian's; elsewhere Playwright brings its own.
        headless) command -v chromium-headless-shell || ! grep -qs '^ID=debian' /etc/os-release ;;
        poppler) command -v pdftoppm ;;
        venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac >/dev/null
}

package_of() {
    case $1 in
        fonts) echo fonts-noto-cjk ;;
        chromium) echo chromium ;;
        headless) echo chromium-headless-shell ;;
        poppler) echo poppler-utils ;;
        venv) echo python3-venv ;;
    esac
}

what_for() {
    case $1 in
        fonts) echo "PDF 文件需要中文字体 / PDF documents need Chinese fonts" ;;
        chromium) echo "浏览器测试将跳过 / browser tests will be skipped" ;;
        headless) echo "浏览器测试会慢一些 / browser tests take longer" ;;
        poppler) echo "PDF 画面测试将跳过 / tests of PDF pages will be skipped" ;;
        venv) echo "需要 python3-venv / python3-venv is needed" ;;
    esac
}

missing=()
for thing in "$@"; do
    present "$thing" || missing+=("$thing")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

packages=()
for thing in "${missing[@]}"; do
    # Ubuntu's chromium package is only a pointer to a snap, which needs a running snapd: take Playwright's own.
    if [[ $thing == chromium ]] && grep -qs '^ID=ubuntu' /etc/os-release; then
        if [[ $(id -u) == 0 && -x .venv/bin/playwright ]]; then
            .venv/bin/playwright install --with-deps chromium </dev/null >/dev/null || true
        fi
        continue
    fi
    packages+=("$(package_of "$thing")")
done

if [[ $(id -u) == 0 && ${#packages[@]} -gt 0 ]] && command -v apt-get >/dev/null; then
    echo "安装系统软件包 / installing system packages: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null || true
    # One by one: what an older release does not have must not keep the others out.
    for package in "${packages[@]}"; do
        apt-get install -y -qq --no-install-recommends "$package" </dev/null >/dev/null || true
    done
fi

for thing in "${missing[@]}"; do
    if ! present "$thing"; then
        echo "$(what_for "$thing"): sudo apt install $(package_of "$thing")" >&2
    fi
done

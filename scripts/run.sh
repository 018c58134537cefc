#!/usr/bin/env bash
# Starts the system on this machine: schema up to date, demo county when the database is empty, server.
set -euo pipefail
cd "$(dirname "$0")/.."

host=${HOST:-127.0.0.1}
port=${PORT:-8000}

if ! .venv/bin/python -c 'import socket, sys; socket.create_server((sys.argv[1], int(sys.argv[2])))' \
    "$host" "$port" 2>/dev/null; then
    echo "$host:$port 已被占用，请换一个端口 / is in use, take another port: PORT=8001 make run" >&2
    exit 1
fi

.venv/bin/lvzhi db upgrade
.venv/bin/lvzhi demo --if-empty
.venv/bin/lvzhi demo --show-accounts
echo "http://$host:$port/   (Ctrl+C 停止 / stops)"
exec .venv/bin/lvzhi serve --host "$host" --port "$port"

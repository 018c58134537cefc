.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# Compiled modules are kept: whatever starts a process starts a second sooner.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup dev run test lint bench docs

help: ## 列出这些命令 / list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

setup: ## 准备运行环境 / environment in .venv, front-end files, translations
	@scripts/setup.sh

run: setup ## 启动演示系统 / start the system with the demo county (HOST, PORT)
	@scripts/run.sh

test: dev ## 全部测试 / all tests: unit, SQLite, PostgreSQL, browser
	@scripts/system_packages.sh chromium headless poppler
	$(BIN)/pytest -n 2 --dist worksteal

lint: dev ## 全部检查 / all linters
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint app --lint --quiet
	$(BIN)/python scripts/check_heads.py
	$(BIN)/python -m pip check

bench: dev ## 性能测量 / benchmarks
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

docs: dev ## 文档图片与检查 / pictures in and checks of the documents
	$(BIN)/python scripts/make_docs.py

dev:
	@scripts/setup.sh --dev

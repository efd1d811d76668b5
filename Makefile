# make serve and make test are all that a fresh checkout needs; the rest are their parts.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/tests/*' 2>/dev/null)

.PHONY: help serve test lint web unit soak bench lock clean

help: ## What there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

# Environments ------------------------------------------------------------------------------------------------------
# A stamp is newer than everything that went into its step; what is fresh is not done again.

$(VENV)/.python:
	@if ! command -v $(PYTHON) >/dev/null; then
		echo "Python 3.11 is needed: install it (Debian: apt install python3.11-venv) or name one: make serve PYTHON=…" >&2
		exit 1
	fi
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.serve: $(VENV)/.python requirements.lock requirements-build.lock pyproject.toml hatch_build.py
	@echo "Installing (once)"
	$(PIP) install --require-hashes --requirement requirements-build.lock
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.serve requirements-dev.lock
	@echo "Installing what the tests need (once)"
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	touch $@

# The pages ---------------------------------------------------------------------------------------------------------

app/static/index.html: $(VENV)/.serve $(WEB_SOURCES)
	@if [[ -n "$$(find web -newer $@ -type f -not -path '*/node_modules/*' -not -path 'web/tests/*' -print -quit 2>/dev/null || echo missing)" ]]; then
		echo "Building the pages"
		$(BIN)/python -c 'import pathlib, hatch_build; hatch_build.build(pathlib.Path.cwd())'
	fi
	touch $@

web: app/static/index.html ## Builds the pages into app/static

# Serving -----------------------------------------------------------------------------------------------------------

serve: $(VENV)/.serve app/static/index.html ## Installs, builds, trains and serves
	@exec $(BIN)/switchboard serve   # trains first where the pack has changed

# Testing -----------------------------------------------------------------------------------------------------------

lint: $(VENV)/.dev ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

web/node_modules/.package-lock.json: $(VENV)/.serve web/package-lock.json
	@$(BIN)/python tools/npm.py ci --ignore-scripts --no-audit --no-fund
	touch $@

test: $(VENV)/.dev web lint web/node_modules/.package-lock.json ## Everything: linters, types, contracts, tests, pages' tests
	@tools/system-packages
	$(BIN)/pytest
	$(BIN)/python tools/npm.py run check
	$(BIN)/python tools/npm.py run test

unit: $(VENV)/.dev ## The quick tests alone
	@$(BIN)/pytest tests/unit

soak: $(VENV)/.dev web ## Hours in minutes: kills, cuts and many customers
	@tools/system-packages
	$(BIN)/pytest -m soak --timeout=3600

bench: $(VENV)/.dev web ## Figures of this machine, as JSON
	@$(BIN)/python -m benchmarks.turns

# The house ---------------------------------------------------------------------------------------------------------

lock: $(VENV)/.dev ## Writes the lock files anew (UPGRADE=1 takes newer versions)
	@tools/lock

clean: ## Removes what was made here; data/ stays
	rm -rf $(VENV) app/static web/node_modules dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

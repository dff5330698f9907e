# `make run` serves VISTA, `make test` tests it; both set up what they need first, in seconds when it is there.
# PORT, VENV and VISTA_DATA_DIR are taken from the environment: make run PORT=8001 VISTA_DATA_DIR=/var/lib/vista
VENV ?= .venv
export VENV
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4
TEMPLATES := templates
# Node 18 has CustomEvent behind a flag, which later ones take and ignore.
NODE_TEST := node --experimental-global-customevent --test --test-reporter=spec

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres test-js lint format bench screenshots

help:    ## what there is
	@sed -n 's/^\([a-z-]*\):.*##/make \1/p' Makefile

run:     ## set everything up and serve on http://localhost:8000 (or PORT)
	@sh scripts/setup.sh requirements.txt
	@exec sh scripts/serve.sh

test:    ## set up and run every test: JavaScript, SQLite with browser tests, PostgreSQL
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	@sh scripts/install_test_tools.sh
	@$(MAKE) --no-print-directory test-js
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres

test-sqlite:
	$(PYTEST)

test-postgres:
	VISTA_TEST_DATABASE=postgres $(PYTEST) -m "not browser"

test-js:
	@if command -v node >/dev/null; then set -x; $(NODE_TEST) vista/tests/js/*.test.js; fi

lint:    ## linters, types, missing migrations and the deployment check
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint --quiet $(TEMPLATES)
	$(BIN)/mypy
	@sh scripts/check_project.sh

format:  ## write Python and templates as the linters want them
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet $(TEMPLATES)

bench:   ## measure VISTA against textbook Django and write the tables of docs/performance.md; takes a while
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	$(BIN)/python -m benchmarks --write

screenshots:  ## docs/images anew, from the demo of a running `make run`
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	$(BIN)/python scripts/take_screenshots.py

# `make run` serves VISTA, `make test` tests it; both set up what they need first, in seconds when it is there.
# PORT, VENV and VISTA_DATA_DIR are taken from the environment: make run PORT=8001 VISTA_DATA_DIR=/var/lib/vista
VENV ?= .venv
export VENV
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4
TEMPLATES := templates
# What pipelines run on, and what else they are told: make pipeline-opencv PROJECT=Street OPTIONS="--limit 5"
PROJECT ?= Demo
PIPELINE := sh scripts/with_api_key.sh sh
PIPELINES = $(abspath $(or $(VISTA_DATA_DIR),data))/pipelines
# Node 18 has CustomEvent behind a flag, which later ones take and ignore.
NODE_TEST := node --experimental-global-customevent --test --test-reporter=spec

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres test-js lint format bench screenshots \
	pipeline-opencv pipeline-human pipeline-yolo test-pipelines test-yolo

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

pipeline-opencv:  ## faces, people and saliency by OpenCV over the pictures of PROJECT (Demo) of a running `make run`
	@$(PIPELINE) scripts/run_opencv_pipeline.sh "$(PROJECT)" $(OPTIONS)

pipeline-human:  ## 80 kinds of objects by CenterNet in Node, over the same
	@$(PIPELINE) scripts/run_human_pipeline.sh "$(PROJECT)" $(OPTIONS)

pipeline-yolo:  ## YOLOv8 over the same; installs gigabytes, and OPTIONS="--weights FILE.pt" names the weights
	@$(PIPELINE) scripts/run_yolov8_pipeline.sh "$(PROJECT)" --install-deps $(OPTIONS)

test-pipelines:  ## install what the pipelines in OpenCV and Node need, and test them on a server; not part of `make test`
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	@scripts/run_opencv_pipeline.sh --help >/dev/null
	@scripts/run_human_pipeline.sh --help >/dev/null
	VISTA_TEST_PIPELINES=$(PIPELINES) $(BIN)/python -m pytest scripts/tests/test_pipelines.py

test-yolo:  ## the same for YOLOv8, with a small network of random weights; torch takes gigabytes
	@sh scripts/setup.sh requirements.txt requirements-dev.txt
	@scripts/run_yolov8_pipeline.sh --install-deps --help >/dev/null
	VISTA_TEST_PIPELINES=$(PIPELINES) $(BIN)/python -m pytest scripts/tests/test_yolo.py

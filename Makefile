# One door in, one result out.  `make` lists what there is.
PYTHON    ?= python3
SCHEDULES ?= 20000
SEED      ?= 0
RATE      ?= 65
SECONDS   ?= 60
BIN       := .venv/bin
READY     := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo up down status logs test check simulate bench docs lock

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  \033[36mmake %-10s\033[0m %s\n", $$1, $$2}' Makefile

demo: $(READY)  ## 300 applications from submission to result, checked (KEEP=1 leaves it running)
	@$(BIN)/python -m deploy.local demo $(if $(KEEP),--keep)

up: $(READY)  ## start Kafka, MongoDB, the services and the sandbox partners
	@$(BIN)/python -m deploy.local up

down: $(READY)  ## stop all of it; the data stays
	@$(BIN)/python -m deploy.local down

status: $(READY)  ## what runs, where, how well
	@$(BIN)/python -m deploy.local status

logs: $(READY)  ## the last lines of every log (NAME=payment for one)
	@$(BIN)/python -m deploy.local logs $(NAME)

test: $(READY)  ## everything a change has to pass, on a real Kafka and MongoDB
	$(BIN)/python -m pytest

check: $(READY)  ## the fast part: format, lint, types, import contracts, unit tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -m "not stack"

simulate: $(READY)  ## the real kernel under seeded crashes (SCHEDULES=20000 SEED=0)
	SCHEDULES=$(SCHEDULES) SEED=$(SEED) $(BIN)/python -m pytest -q tests/simulation

bench: $(READY)  ## the benchmark journey at a steady rate (RATE=65 SECONDS=60)
	$(BIN)/python -m tests.load.bench --rate $(RATE) --seconds $(SECONDS)

docs: $(READY)  ## draw docs/flow.md anew from the topic registry
	$(BIN)/python docs/draw_flow.py

lock: $(READY)  ## choose the newest versions anew and pin them
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

# The environment, made from the lock; nothing is done while it is newer than the lock.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: install it, or name one with make PYTHON=python3.12."; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv || \
	  { echo "Python's venv module is needed: install it (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Installing the locked dependencies into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

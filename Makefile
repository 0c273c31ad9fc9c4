# One door in, one result out.  `make` lists what there is.
# the system's Python first, if it will do: distributions build theirs with the optimiser's profile
# (docs/performance.md), version managers as a rule do not
PYTHON    ?= $(or $(shell for p in /usr/bin/python3 python3; do \
               $$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
               echo $$p && break; done),python3)
SCHEDULES ?= 20000
SEED      ?= 0
RATE      ?= 65
SECONDS   ?= 60
APPLICATIONS ?= 2000
KILL      ?= all
STOP      ?= all
READS     ?= 2000
RECORDS   ?= 100000
MINUTES   ?= 60
LINES     ?= 200000
WORKERS   ?= 1
PY        := .venv/bin/python
READY     := .venv/.ready
# a variable as given by the caller, or another default than the one above
given      = $(if $(filter file,$(origin $(1))),$(2),$($(1)))

.DEFAULT_GOAL := help
.PHONY: help demo up down status logs clean test check lint simulate invariants docs picture contracts lock
.PHONY: bench bench-soak bench-recovery bench-backlog bench-reads bench-import bench-callbacks
.PHONY: bench-reconcile bench-operations bench-statistics bench-sms bench-notices fuzz peers

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36mmake %-15s\033[0m %s\n", $$1, $$2}' Makefile

demo: $(READY)  ## 300 applications from submission to result (KEEP=1)
	@$(PY) -m deploy.local demo $(if $(filter-out 0 no,$(KEEP)),--keep)

up: $(READY)  ## start Kafka, MongoDB, the services, the sandbox partners
	@$(PY) -m deploy.local up

down: $(READY)  ## stop all of it; the data stays
	@$(PY) -m deploy.local down

status: $(READY)  ## what runs, where, how well
	@$(PY) -m deploy.local status

logs: $(READY)  ## the last lines of every log (NAME=payment: of one)
	@$(PY) -m deploy.local logs $(NAME)

clean: $(READY)  ## what a local system left behind (SURE=yes removes it)
	@$(PY) -m deploy.local clean $(if $(filter yes,$(SURE)),--sure)

test: lint  ## what a change has to pass, on real servers (WORKERS=2)
	$(PY) -m pytest $(if $(filter-out 1,$(WORKERS)),-n "$(WORKERS)" --dist loadfile --no-loadscope-reorder)

check: lint  ## the fast part: format, lint, types, imports, unit tests
	$(PY) -m pytest -q -m "not stack"

lint: $(READY)  ## format, lint, types and import contracts alone
	$(PY) -m ruff format --check --quiet .
	$(PY) -m ruff check --quiet .
	$(PY) -m mypy
	$(PY) .venv/bin/lint-imports

peers: $(READY)  ## independent clients and verifiers of npm, for the tests
	@$(PY) -m tests.peers.install

simulate: $(READY)  ## the real kernel under seeded crashes (SCHEDULES SEED)
	@$(PY) -m deploy.simulation --schedules $(SCHEDULES) --seed $(SEED)

invariants: $(READY)  ## the real system under every fault (SEED APPLICATIONS)
	@$(PY) -m tests.invariants --seed "$(SEED)" --applications "$(APPLICATIONS)"

fuzz: $(READY)  ## bytes of all kinds against callbacks (MINUTES=60)
	@$(PY) -c "import atheris" 2>/dev/null || $(PY) -m pip install --quiet --require-hashes -r fuzz.lock
	@$(PY) -m tests.fuzz --minutes "$(MINUTES)"

bench: $(READY)  ## a steady load (RATE=65 SECONDS=60, FLOOR=no AUDIT=no)
	@$(PY) -m tests.load.bench --rate "$(RATE)" --seconds "$(SECONDS)" \
	  $(if $(filter no,$(FLOOR)),--no-floor) $(if $(filter no,$(AUDIT)),--no-audit)

bench-soak: $(READY)  ## is memory flat under load? (RATE=325 SECONDS=600)
	@$(PY) -m tests.load.soak --rate "$(call given,RATE,325)" --seconds "$(call given,SECONDS,600)"

bench-recovery: $(READY)  ## how long after a kill until all is well? (KILL RATE)
	@$(PY) -m tests.load.recovery --rate "$(call given,RATE,20)" --kill "$(KILL)"

bench-backlog: $(READY)  ## services stand still, then catch up (STOP SECONDS RATE)
	@$(PY) -m tests.load.backlog --rate "$(call given,RATE,325)" \
	  --seconds "$(call given,SECONDS,300)" --stop "$(STOP)"

bench-reads: $(READY)  ## status look-ups beside writing (READS RATE SECONDS)
	@$(PY) -m tests.load.reads --rate "$(call given,RATE,325)" \
	  --seconds "$(call given,SECONDS,30)" --reads "$(READS)"

bench-callbacks: $(READY)  ## signed callbacks at one core (RATE=2000 SECONDS=10)
	@$(PY) -m tests.load.callbacks --rate "$(call given,RATE,2000)" --seconds "$(call given,SECONDS,10)"

bench-import: $(READY)  ## a file of made-up applications, imported (RECORDS=100000)
	@$(PY) -m tests.load.importing --records "$(RECORDS)"

bench-reconcile: $(READY)  ## a day of a partner's, reconciled (LINES MONGO KILLED)
	@$(PY) -m tests.load.reconciling --lines "$(LINES)" $(if $(MONGO),--mongo "$(MONGO)") $(if $(KILLED),--killed)

bench-operations: $(READY)  ## a log read anew, then asked (APPLICATIONS)
	@$(PY) -m tests.load.watching --applications "$(call given,APPLICATIONS,100000)"

bench-statistics: $(READY)  ## the national form, a year of applications
	@$(PY) -m tests.load.forming --applications "$(call given,APPLICATIONS,1000000)" $(if $(MONGO),--mongo "$(MONGO)")

bench-sms: $(READY)  ## text messages over one SMPP bind (RATE=300 SECONDS=20)
	@$(PY) -m tests.load.texting --rate "$(call given,RATE,300)" --seconds "$(call given,SECONDS,20)"

bench-notices: $(READY)  ## notices, to devices and back (RATE SECONDS BY=http)
	@$(PY) -m tests.load.notices --rate "$(call given,RATE,1000)" \
	  --seconds "$(call given,SECONDS,20)" $(if $(BY),--by "$(BY)")

docs: $(READY)  ## make docs/flow.md and docs/settings.md anew from the code
	$(PY) -m docs.draw_flow
	$(PY) -m docs.draw_settings

picture: $(READY)  ## docs/console.png, of a demonstration that is kept
	@$(PY) -m docs.draw_console

contracts: $(READY)  ## publish the contracts, or say whom it breaks (CHECK=1)
	@$(PY) -m deploy.contracts $(if $(CHECK),--check) $(if $(SINCE),--since "$(SINCE)")

lock: $(READY)  ## choose the newest versions anew and pin them
	$(PY) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

# The environment, made from the lock; nothing is done while it is newer than the lock.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed: install it, or name one with make PYTHON=python3.12."; exit 1; }
	@$(PY) -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv || \
	  { echo "Python's venv module is needed: install it (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Installing the locked dependencies into .venv"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Every habit by name. `make` alone lists them. Nothing is needed but python3 (3.11 or newer, with venv) and make.
# PORT=, HOST=, DATA_DIR= and the other variables of vitrine/config/environment.py can follow any of them.

PYTHON ?= python3
BIN := .venv/bin
READY := $(PYTHON) bootstrap.py
READY_DEV := $(PYTHON) bootstrap.py --dev
# Reading the settings starts the embedded servers; what only reads code needs none.
NO_SERVERS := DATABASE_URL=postgresql://unused REDIS_URL=redis://unused
# Three processes for two cores, since many tests wait; a file at a time, the slow ones first, so that none ends alone.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
OTHER_TESTS := $(filter-out tests/__pycache__/ tests/journey/,$(sort $(wildcard tests/*/)))
NPM := $(BIN)/python -m vitrine.config.machine npm

.DEFAULT_GOAL := help
.PHONY: help run doctor password reset test check fix bench fuzz chaos audit contracts messages dev

help: ## List these
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 18

run: ## Start everything and print what to open; Ctrl-C stops it  [PORT=8000 HOST=127.0.0.1 DATA_DIR=var TLS=0]
	@exec $(READY) manage.py up

doctor: ## Try everything that this installation stands on, and say what to do about what is broken
	@exec $(READY) manage.py doctor

password: ## Give the user admin a new password, printed once  [ADMIN_PASSWORD=]
	@exec $(READY) manage.py password

reset: ## Delete all that is in DATA_DIR, after asking
	@exec $(READY) -m vitrine.config.reset

test: check ## Check, then run every test; what CI runs
	@$(NPM) test --workspaces --if-present --silent
	@$(PYTEST) tests/journey $(OTHER_TESTS)

check: dev ## Format, lint, types, imports, contracts
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(NO_SERVERS) $(BIN)/python -m mypy
	@$(BIN)/lint-imports
	@$(NPM) run check --silent
	@$(NO_SERVERS) $(BIN)/python manage.py contracts --check
	@$(NO_SERVERS) $(BIN)/python manage.py messages --check

fix: dev ## Format, and repair what a machine can repair
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(NPM) exec -- biome check --write

bench: dev ## Ours beside its peers: bytes, looks, seconds, memory; reads and lists  MODELS=folder or ONLY="api lists events"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bench.txt
	@$(BIN)/python -m bench $(if $(MODELS),"$(MODELS)",$(if $(ONLY),,$(error Name a folder of models: make bench MODELS=folder))) $(if $(ONLY),--only $(ONLY))

fuzz: dev ## Mutated models through the gate: none may crash it  [COUNT=10000 SEED=1]
	@$(BIN)/python -m tests.fuzz --count $(or $(COUNT),10000) --seed $(or $(SEED),1)

chaos: dev ## Faults under load in installations of its own, then the books: nothing may be lost  [FAULTS=200 SEED=1]
	@$(BIN)/python -m tests.chaos --faults $(or $(FAULTS),200) --seed $(or $(SEED),1)

# --strict: what the database does not know was not audited, and is a fault too.
audit: dev ## Ask the advisory databases about every locked package; needs the internet
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-audit.txt
	@$(BIN)/python -m pip_audit --strict --disable-pip --require-hashes $(addprefix -r ,$(wildcard requirements*.txt))
	@$(NPM) audit

contracts: dev ## Write contracts/ anew from the code
	@$(NO_SERVERS) $(BIN)/python manage.py contracts

messages: dev ## Bring the console's translations up to date with the code
	@$(NO_SERVERS) $(BIN)/python manage.py messages

dev:
	@$(READY_DEV)

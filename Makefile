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
.PHONY: help run doctor password backup restore reset test test-aws test-all check fix bench fuzz chaos audit contracts messages deployment images dev

help: ## List these
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 18

run: ## Start everything and print what to open; Ctrl-C stops it  [PORT=8000 HOST=127.0.0.1 DATA_DIR=var TLS=0]
	@exec $(READY) manage.py up

doctor: ## Try everything that this installation stands on, and say what to do about what is broken
	@exec $(READY) manage.py doctor

password: ## Give the user admin a new password, printed once  [ADMIN_PASSWORD=]
	@exec $(READY) manage.py password

backup: ## Database, files and keys into a folder, while everything runs  TO=folder [KEEP=7 CHECK=1]
	@exec $(READY) manage.py backup $(if $(TO),"$(TO)",$(error Name a folder: make backup TO=folder)) $(if $(KEEP),--keep $(KEEP)) $(if $(CHECK),--check)

restore: ## Bring a backup back into an empty DATA_DIR  FROM=folder [DATA_DIR=var REPLACE=1]
	@exec $(READY) manage.py restore $(if $(FROM),"$(FROM)",$(error Name a folder: make restore FROM=folder)) $(if $(REPLACE),--replace)

reset: ## Delete all that is in DATA_DIR, after asking
	@exec $(READY) -m vitrine.config.reset

test: check ## Check, then run every test; what CI runs
	@$(NPM) test --workspaces --if-present --silent
	@$(PYTEST) tests/journey $(OTHER_TESTS)

# In an environment of its own, which no test of the service needs.
test-aws: dev ## Try the stack on AWS: what it promises, cfn-lint, costs, the edge's function
	@test -x deploy/aws/.venv/bin/python || $(PYTHON) -m venv deploy/aws/.venv
	@deploy/aws/.venv/bin/python -m pip install --quiet --require-hashes -r deploy/aws/requirements.txt
	@cd deploy/aws && .venv/bin/python -m pytest

test-all: test test-aws images ## Everything: `make test`, and what is slow and seldom changes

# Side by side, two at a time; what each says comes in one piece, where make is new enough for that.
check: dev ## Format, lint, types, imports, contracts
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) types lint imports front generated

.PHONY: types lint imports front generated
types:
	@$(NO_SERVERS) $(BIN)/python -m mypy

lint:
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet

imports:
	@$(BIN)/lint-imports

front:
	@$(NPM) run check --silent

generated:
	@$(NO_SERVERS) $(BIN)/python manage.py contracts --check
	@$(NO_SERVERS) $(BIN)/python manage.py messages --check

fix: dev ## Format, and repair what a machine can repair
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(NPM) exec -- biome check --write

bench: dev ## Ours beside its peers: bytes, looks, seconds, memory; reads and lists  MODELS=folder or ONLY="api lists events console"
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

deployment: dev ## Lint deploy/: Dockerfile, compose.yaml and Kubernetes' objects by their schemas, Caddy
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-deploy.txt
	@$(BIN)/hadolint deploy/Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml
	@$(BIN)/kubernetes-validate --strict --quiet $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/base/*.yaml))
	@VITRINE_HOST=localhost BUCKET=vitrine $(BIN)/caddy validate --config deploy/caddy/Caddyfile --adapter caddyfile 2>/dev/null

images: deployment ## Build the images without an engine, run all of compose.yaml and cook a model; as root  [IMAGES=folder]
	@$(BIN)/python -m tests.deploy $(if $(IMAGES),--folder "$(IMAGES)")

contracts: dev ## Write contracts/ anew from the code
	@$(NO_SERVERS) $(BIN)/python manage.py contracts

messages: dev ## Bring the console's translations up to date with the code
	@$(NO_SERVERS) $(BIN)/python manage.py messages

dev:
	@$(READY_DEV)

# The names here are a contract: setup, run, test, check. `make help` lists them all.
# `make setup` needs Python >= 3.11 (with venv) and nothing else: Node.js is taken from PATH or from a wheel.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
# Of pyproject.toml; an image that only serves takes `encoder`.
EXTRAS ?= dev,encoder
BIN := .venv/bin
NPM := $(BIN)/python hatch_build.py
PYTEST := $(BIN)/pytest -q
# Suites that start servers, databases or browsers; all the rest of tests/ is the unit suite.
STORE := tests/contracts tests/db
STORIES := tests/gateway tests/desk tests/bot/test_stories.py tests/bot/test_bot_cli.py tests/bot/test_process.py
E2E := tests/e2e
RASA := tests/rasa
BENCHMARKS := $(filter-out __init__ wait_week real_questions real_dialogues,$(basename $(notdir $(wildcard benchmarks/*.py))))
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print)

.PHONY: help setup run test check unit store stories vitest e2e web rasa encoder vectors torch docs format bench screenshots clean

help:  ## This list.
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1|/' | column -t -s '|'

setup: .venv/.installed web vectors  ## Environment in .venv, web build, encoder. No server. Quick the second time.

run: setup  ## The desk with its demo page, on http://127.0.0.1:8000/demo (PORT=..., DATA=..., ACTIONS_PORT=...).
	@echo "Honeydesk starts: open http://127.0.0.1:$(or $(PORT),8000)/demo (Ctrl+C stops it; data in $(or $(DATA),data)/)"
	@$(BIN)/python examples/action_server/server.py --port $(or $(ACTIONS_PORT),5055) & trap "kill $$! 2>/dev/null" EXIT; \
	  HONEYDESK_LOOKUP=$(or $(HONEYDESK_LOOKUP),rasa) \
	  HONEYDESK_LOOKUP_URL=$(or $(HONEYDESK_LOOKUP_URL),http://127.0.0.1:$(or $(ACTIONS_PORT),5055)/webhook) \
	  HONEYDESK_DEMO=1 HONEYDESK_DATA_DIR=$(or $(DATA),data) $(BIN)/honeydesk serve --port $(or $(PORT),8000)

test: .venv/.installed  ## Everything CI runs, the unit suite first.
	@$(BIN)/python -m tests.stages unit check store stories vitest e2e live

# --- what `make test` is made of ------------------------------------------------------------------------------------

unit: .venv/.installed encoder  ## Suites without server, database or browser.
	@$(PYTEST) tests $(addprefix --ignore=,$(STORE) $(STORIES) $(E2E) $(RASA))

store: .venv/.installed  ## The store's contract on memory, SQLite and a real PostgreSQL.
	@$(PYTEST) $(STORE)

stories: .venv/.installed vectors  ## Real servers, real sockets.
	@$(PYTEST) $(STORIES)

vitest: web/node_modules/.installed  ## The web's own tests.
	@$(NPM) test

e2e: .venv/.installed web vectors  ## Real servers in a real Chromium.
	@$(PYTEST) $(E2E)

live: .venv/.installed  ## A real Rasa, trained and served.
	@$(BIN)/honeydesk rasa install
	@$(PYTEST) $(RASA)

check: .venv/.installed web/node_modules/.installed  ## Formatting, lint, types, layers, generated files.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(NPM) run check
	@$(NPM) run protocol -- --check
	@$(BIN)/python -m docs.generators --check

# --- artefacts ------------------------------------------------------------------------------------------------------

.venv/.installed: pyproject.toml
	@echo "making the environment in .venv"
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Python >= 3.11 is needed" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@WEB_BUILD=skip $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --editable '.[$(EXTRAS)]'
	@touch $@

web: app/static/widget.js  ## Widget, console and demo page into app/static.

web/node_modules/.installed: web/package.json web/package-lock.json | .venv/.installed
	@echo "fetching the web's packages"
	@$(NPM) ci --silent
	@touch $@

# The widget stands for the whole build: a failure removes it, so that the next run builds again.
app/static/widget.js: web/node_modules/.installed $(WEB_SOURCES)
	@echo "building the web"
	@$(NPM) run build --silent
	@touch $@

# Rasa needs an older Python and other packages than ours: docs/how-to/rasa.md. RASA_PYTHON names the interpreter.
rasa: .venv/.installed  ## The real Rasa: its environment, the shipped corpus trained, and servers on loopback.
	@$(BIN)/honeydesk rasa install
	@$(BIN)/honeydesk rasa train --missing
	@exec $(BIN)/honeydesk rasa serve

encoder: models/encoder/manifest.json models/encoder-use/manifest.json  ## Both encoders under models/.

# One command builds both; the second encoder's rule finds its work done, or does it when only that is missing.
ENCODER_SOURCES := $(addprefix bot/encoder/,build.py adapter.py graph.py weights.py use_build.py use_graph.py use_tokens.py use.py pieces.py wheels.py) \
  $(wildcard models/adapter/adapter.safetensors)
models/encoder/manifest.json: $(ENCODER_SOURCES) | .venv/.installed
	@$(BIN)/honeydesk encoder build --no-vectors
	@touch $@

models/encoder-use/manifest.json: models/encoder/manifest.json
	@test -f $@ || $(BIN)/honeydesk encoder build --no-vectors
	@touch $@

# Minutes. The unit suite asks nothing of the shipped corpus, so its result does not wait for them.
vectors: models/index/.ready  ## The encoders' vectors of the shipped corpus, under models/index.

models/index/.ready: models/encoder/manifest.json models/encoder-use/manifest.json
	@$(BIN)/honeydesk encoder build
	@touch $@

torch: encoder  ## The sentence-transformers extra, the weights it reads, and its tests.
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --editable '.[$(EXTRAS),sentence-transformers]'
	@$(BIN)/honeydesk encoder build --torch-weights
	@$(PYTEST) tests/torch

docs: .venv/.installed  ## Write the generated reference pages again.
	@$(BIN)/python -m docs.generators

format: .venv/.installed  ## What `make check` would ask for, where a tool can do it.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup  ## Short forms of the benchmarks; docs/status.md names the long ones.
	@for name in $(BENCHMARKS); do $(BIN)/python -m "benchmarks.$$name" --quick; done

screenshots: setup  ## Pictures of widget and console into docs/images, by a real Chromium.
	@$(BIN)/python -m docs.screenshots

clean:  ## Everything that setup and tests made. Data stay.
	@rm -rf .venv .venv-rasa app/static web/node_modules models/encoder models/encoder-use models/index models/rasa dist \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	  .import_linter_cache *.egg-info
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

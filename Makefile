# The two commands that matter are `make run` and `make test`; `make` alone lists them all.
PYTHON ?= python3
BIN := .venv/bin
BOOTSTRAP = @$(PYTHON) -I supportsite/bootstrap.py
APPS := supportsite knowledge chat agents
TEMPLATES = $(shell find templates -name '*.html' 2>/dev/null)
TSC := tests/js/node_modules/.bin/tsc
COMPILE = .venv/.uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-header --no-emit-index-url --no-emit-find-links $(LOCK_OPTIONS)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format types bench faults calls servers screenshots docs messages lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: ## put everything in place (.venv, var/) without starting
	$(BOOTSTRAP) run

run: ## set up what is missing and serve the demo shop at http://127.0.0.1:8000 (PORT=… for another port)
	$(BOOTSTRAP) run && exec $(BIN)/python manage.py serve

test: ## set up, check the source, run every test (KIND=journeys for one kind)
	$(BOOTSTRAP) test
	@$(BIN)/python tests/run.py $(KIND)

lint: ## check style, types, imports between apps, templates and JavaScript
	$(BOOTSTRAP) dev
	@$(MAKE) --no-print-directory checks

format: ## rewrite source and templates in the house's style
	$(BOOTSTRAP) dev
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .
	$(if $(TEMPLATES),-$(BIN)/djade --target-version 5.2 $(TEMPLATES))

types: ## check types only
	$(BOOTSTRAP) dev
	$(BIN)/mypy $(APPS) manage.py
	$(if $(wildcard $(TSC)),$(TSC) -p tests/js)

bench: ## measure speed and memory against their floors
	$(BOOTSTRAP) dev
	@$(BIN)/python -m benchmarks

faults: ## kill the server at its worst moments, 20 times each
	$(BOOTSTRAP) test
	@TANDEM_FAULT_ROUNDS=20 $(BIN)/python tests/run.py faults

calls: ## every line that must, or must not, call a person (2 minutes)
	$(BOOTSTRAP) test
	@TANDEM_EVERY_LINE=1 $(BIN)/python -m pytest -q tests/chat/test_calls.py

servers: ## everything on PostgreSQL, Redis and two web processes, and 1,000 races (half an hour or more)
	$(BOOTSTRAP) test
	@TANDEM_RACES=1000 $(BIN)/python -m pytest -q -p tests.on_servers tests/servers tests/protocol \
	  tests/chat tests/agents tests/supportsite tests/faults/test_escalation.py

screenshots: ## walk the journeys and leave their pictures in var/screenshots
	$(BOOTSTRAP) test
	@$(BIN)/python tests/run.py journeys

docs: ## check that the documents say what the code does
	$(BOOTSTRAP) dev
	@$(BIN)/python tests/run.py docs

messages: ## write the strings to translate into supportsite/locale/ and compile what is translated (needs GNU gettext)
	$(BOOTSTRAP) dev
	$(BIN)/python manage.py makemessages --all --no-location --no-wrap --no-obsolete -i .venv -i node_modules -i tests -i benchmarks
	$(BIN)/pybabel --quiet compile --domain django --directory supportsite/locale

lock: ## write the lock anew from pyproject.toml (LOCK_OPTIONS=--upgrade for newer versions)
	$(BOOTSTRAP) dev
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	echo uv | $(COMPILE) - --output-file requirements-uv.txt
	$(BOOTSTRAP) dev

clean: ## remove what the tools left; .venv and var/ (your data) stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/js/node_modules
	find $(APPS) tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

.PHONY: checks
checks:
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary $(APPS) manage.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py check
	$(if $(TEMPLATES),$(BIN)/djade --check --target-version 5.2 $(TEMPLATES))
	$(if $(wildcard $(TSC)),$(TSC) -p tests/js)

# Two commands on a fresh machine: `make run` and `make test`. Everything lives in .venv and var/.
PYTHON ?= python3
REPORTS ?= 2000
SEED ?= 1
PORT ?= 8000
BIN := .venv/bin
# Lapwing starts several processes, and one that must compile all it imports takes three seconds instead of one.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check fast docs lock clean benchmarks

help:  ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lapwing needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/run: .venv/bin/uv requirements/run.txt pyproject.toml setup.py $(wildcard native/*)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

.venv/peers: .venv/dev requirements/peers.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/peers.txt
	@touch $@

.venv/spark: .venv/dev requirements/spark.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/spark.txt
	@touch $@

tests/journeys/node_modules: tests/journeys/package-lock.json
	@if command -v npm >/dev/null; then cd tests/journeys && npm ci --silent --no-audit --no-fund && touch node_modules; \
	else echo "npm is not here: the accessibility checks will be skipped by name"; fi

run: .venv/run  ## Build, migrate, load the demonstration data, and serve
	@$(BIN)/lapwing-web setup
	@$(BIN)/lapwing-web demo --if-empty --reports $(REPORTS) --seed $(SEED)
	@$(BIN)/lapwing-web serve --port $(PORT)

test: .venv/dev tests/journeys/node_modules  ## Run every test (set DATABASE_URL for PostgreSQL)
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev  ## Format, lint, types, import contracts, generated docs unchanged
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/house

docs: .venv/dev  ## Write the generated documents again
	$(BIN)/python -m lapwing.policy.document > docs/policy.md
	$(BIN)/python -m lapwing_web.front.queries.glossary > docs/glossary.md
	$(BIN)/python -m lapwing_web.commands.document > docs/states.md

lock: .venv/bin/uv  ## Resolve the dependencies again, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade --group peers -c requirements/dev.txt -o requirements/peers.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --upgrade --group spark -c requirements/dev.txt -o requirements/spark.txt

clean:  ## Remove what was built (not var/, which holds data)
	rm -rf .venv build dist *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

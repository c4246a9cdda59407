# The README's two commands. Each makes the virtual environment it needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types own alignments vendor check clean

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/python -m compileall -q src/airm_graph  # an editable installation does not, and where nothing may be cached every start would
	@touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m compileall -q src/airm_graph
	@touch $(VENV)/.run $@

# Build the example and show what is in it.
demo: $(VENV)/.run
	$(BIN)/airm-graph build examples -o build/demo
	$(BIN)/airm-graph query run mitigations-by-code code=1.1 --data build/demo
	@echo "The files are in build/demo; ask more with: $(BIN)/airm-graph query list"

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto -q

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The project judges what it publishes by its own shapes.
own: $(VENV)/.run
	$(BIN)/airm-graph validate ontology --quiet
	$(BIN)/airm-graph validate shapes --quiet
	$(BIN)/airm-graph validate examples --quiet --format markdown

# Make the Turtle files of the alignments from their tables.
alignments: $(VENV)/.run
	for table in ontology/alignments/*.sssom.tsv; do $(BIN)/airm-graph sssom $$table -o $${table%.sssom.tsv}.ttl; done

# Fetch what the pages take from npm, each package checked against the digest in the lock file, none of their scripts run.
VENDORED := src/airm_graph/site/static/vendor
vendor:
	mkdir -p build/vendor $(VENDORED)
	cp deploy/vendor/package.json deploy/vendor/package-lock.json deploy/vendor/.npmrc build/vendor/
	npm ci --prefix build/vendor --ignore-scripts --silent
	cp build/vendor/node_modules/@zazuko/yasgui/build/yasgui.min.js build/vendor/node_modules/@zazuko/yasgui/build/yasgui.min.css $(VENDORED)/
	cp deploy/vendor/package-lock.json $(VENDORED)/versions.json

check: lint types own test

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

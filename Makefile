# The README's two commands. Each makes the virtual environment it needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo docs site test core fuzz kills defects agreement vocabularies advisories lint types own calls alignments generated picture vendor check clean bench bench-check bench-tools compatibility compatibility-tools

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

$(VENV)/.docs: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $(VENV)/.run $@

# Build the example and show what is in it.
demo: $(VENV)/.run
	$(BIN)/airm-graph build examples -o build/demo
	$(BIN)/airm-graph query run mitigations-by-code code=1.1.2 --data build/demo
	@echo "The files are in build/demo; ask more with: $(BIN)/airm-graph query list"

# Write the reference of the Python API into build/docs; a warning is an error.
docs: $(VENV)/.docs
	$(BIN)/python -W error docs/reference.py build/docs
	@echo "The reference is build/docs/index.html"

# Build the example's site; with npm, the site answers SPARQL in the browser.
$(VENV)/.site: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[site,plot]'
	@touch $(VENV)/.run $@

site: $(VENV)/.site
	@if [ ! -e $(VENDORED)/oxigraph.wasm.gz ]; then if command -v npm >/dev/null; then $(MAKE) vendor; else echo "npm is not installed: the site will have no SPARQL"; fi; fi
	$(BIN)/airm-graph build examples -o build/demo
	$(BIN)/airm-graph site build/demo -o build/site
	@echo "The site is in build/site. Open it with: $(BIN)/python -m http.server --directory build/site"
	@echo "and http://localhost:8000/ in a browser; or open build/site/index.html, without search and SPARQL."

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadgroup -q

# What needs nothing but the virtual environment: no browser, no Java, no other server, no network.
core: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadgroup -q -m "not (apache or browser or crate or jena or morph or notebook or npm or pythons or rdf_tools or reference or spark or sssom or virtuoso or w3c)"

# A million damaged inputs for each reader; 200 builds that are killed at random moments, and readers between whose steps others write. The tests try fewer.
fuzz: $(VENV)/.dev
	$(BIN)/python tests/mutations.py 1000000

kills: $(VENV)/.dev
	$(BIN)/python tests/kills.py 200
	$(BIN)/python tests/steps.py try_readers
	$(BIN)/python tests/steps.py try_writer

# A thousand random new defects in graphs whose defects a baseline accepts; a test tries fewer.
defects: $(VENV)/.dev
	$(BIN)/python tests/new_defects.py 1000

# Five hundred random shapes and graphs, judged here and by pyshacl; a test tries fewer.
agreement: $(VENV)/.dev
	EXAMPLES=500 $(BIN)/python -m pytest -q tests/test_shacl_agreement.py

# Shapes and vocabularies of others, judged here and by pyshacl; what cannot be had is told.
vocabularies: $(VENV)/.dev
	$(BIN)/python -W ignore tests/vocabularies.py build/vocabularies

# Hold the lowest version that each bound allows against published advisories; needs the network, and pip-audit in an environment of its own.
advisories:
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.7,<3'
	$(PYTHON) .ci/lowest.py > build/lowest.txt
	build/audit/bin/pip-audit --strict --disable-pip --no-deps --requirement build/lowest.txt

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

# Make what is made of something else in the repository; tests hold each file to its origin.
generated: alignments picture
	$(BIN)/python -m airm_graph.triples.rml > build/made && mv build/made ontology/statements.rml.ttl
	$(BIN)/python -m airm_graph.triples.rml --page > build/made && mv build/made docs/statements.md
	$(BIN)/python -m airm_graph.ingest.tables.schema > build/made && mv build/made schemas/mapping.schema.json
	$(BIN)/python -m airm_graph.ontology_rows > build/made && mv build/made src/airm_graph/ontology_rows.json
	$(BIN)/python -m airm_graph.reason.ontology > build/made && mv build/made src/airm_graph/reason/ontology.json
	$(BIN)/python -m airm_graph.ingest.tables.own_mappings > build/made && mv build/made src/airm_graph/ingest/tables/own_mappings.json
	$(BIN)/python -m airm_graph.query.headers > build/made && mv build/made src/airm_graph/query/headers.json
	$(BIN)/python -m airm_graph.validate.default_shapes > build/made && mv build/made src/airm_graph/validate/default_shapes.json

# Make the Turtle files of the alignments from their tables.
alignments: $(VENV)/.run
	for table in ontology/alignments/*.sssom.tsv; do $(BIN)/airm-graph sssom $$table -o $${table%.sssom.tsv}.ttl; done

# Draw the two pictures of the README, of the examples.
picture: $(VENV)/.dev
	mkdir -p build
	$(BIN)/python docs/picture.py > build/picture.svg && mv build/picture.svg docs/picture.svg
	$(BIN)/airm-graph plot code-by-source -o docs/coverage.svg --data examples

# Fetch what the pages take from npm, each package checked against the digest in the lock file, none of their scripts run.
VENDORED := src/airm_graph/site/static/vendor
vendor:
	mkdir -p build/vendor $(VENDORED)
	cp deploy/vendor/package.json deploy/vendor/package-lock.json deploy/vendor/.npmrc build/vendor/
	npm ci --prefix build/vendor --ignore-scripts --silent
	cp build/vendor/node_modules/@zazuko/yasgui/build/yasgui.min.js build/vendor/node_modules/@zazuko/yasgui/build/yasgui.min.css $(VENDORED)/
	cp build/vendor/node_modules/cytoscape/dist/cytoscape.min.js $(VENDORED)/
	cp build/vendor/node_modules/oxigraph/web.js $(VENDORED)/oxigraph.js
	gzip -9nc build/vendor/node_modules/oxigraph/web_bg.wasm > $(VENDORED)/oxigraph.wasm.gz  # most hosts send it as it is
	cp deploy/vendor/package-lock.json $(VENDORED)/versions.json

# Every job beside its peers, in an environment with all of them; about a quarter of an hour. Also: make bench SIZES="1000 10000 100000 1000000",
# make bench JOBS="close queries". What is not installed is left out, and said to be.
BENCH ?= .venv-bench
SIZES ?= 1000 10000
ROUNDS ?= 3
JOBS ?=
RESULTS ?= benchmarks/results.json
$(BENCH)/.bench: pyproject.toml benchmarks/requirements.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[serve]' --requirement benchmarks/requirements.txt
	@touch $@

bench: $(BENCH)/.bench bench-tools
	$(BENCH)/bin/python benchmarks/run.py $(JOBS) --sizes $(SIZES) --rounds $(ROUNDS) --install --results $(RESULTS) --page $(RESULTS:.json=.html)

# The peers that are no Python packages, where that is ours to do: Jena and the client of the server's job.
bench-tools:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v wrk && command -v java && [ -e /usr/share/java/jena-core.jar ]; } >/dev/null; then \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends wrk default-jre-headless libapache-jena-java >/dev/null; fi

# Five hundred calls at once at /mcp: none may be lost, none mixed up; the tests try fewer.
calls: $(VENV)/.dev
	$(BIN)/airm-graph build examples -o build/demo
	$(BIN)/python benchmarks/concurrent_calls.py build/demo --calls 500

# Whether a ratio to a peer got worse than the recorded one.
bench-check: $(BENCH)/.bench
	$(BENCH)/bin/python benchmarks/gate.py $(JOBS) --against $(RESULTS)

# What the tools of others make of the exports, the answers and the query library, each tool at one version: prints the table of
# docs/compatibility.md, and fails where a row is another now; ten minutes, and 1.5 GB the first time. `make compatibility WRITE=--write` writes it.
WRITE ?=
compatibility: $(VENV)/.dev compatibility-tools
	$(BIN)/python compatibility/compatibility.py $(WRITE)

compatibility-tools:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v rapper && command -v serdi && command -v virtuoso-t && command -v soffice && command -v javac && [ -e /usr/share/java/jena-core.jar ]; } >/dev/null; then \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends raptor2-utils serdi virtuoso-opensource-7-bin libreoffice-calc libapache-jena-java openjdk-17-jdk-headless >/dev/null; fi

check: lint types own test

clean:
	rm -rf $(VENV) $(BENCH) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

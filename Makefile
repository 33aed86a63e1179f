# Rollcall's commands. `make` alone lists them. All that is needed beforehand is Python 3.11 to 3.13 and make.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench
QUALITY := .venv-quality
SPARK := .venv-spark
PEOPLE ?= 500
SEED ?= 7
.DEFAULT_GOAL := help
.PHONY: help run demo ui sandbox check-connections test test-spark lint bench torture docs requirements clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## One whole night, to its end: pull, check, compare, file
	@$(BIN)/python -m include.run night --people $(PEOPLE) --seed $(SEED)

demo: $(READY) ## A night, two reviewers, the fixes, and a second night that finds nothing new (sandbox only)
	@$(BIN)/python -m include.run demo --people $(PEOPLE) --seed $(SEED)

ui: $(READY) ## Serve Airflow with the review page, on what `make run` left
	@$(BIN)/python -m include.run ui --people $(PEOPLE) --seed $(SEED)

sandbox: $(READY) ## Serve a working copy of every platform on port 9400
	@$(BIN)/python -m include.sandbox --port 9400 --people $(PEOPLE) --seed $(SEED)

check-connections: $(READY) ## Which account each platform's connection opens, and what its key lacks
	@$(BIN)/python -m include.check_connections

test: $(READY) ## Every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

test-spark: $(SPARK)/.ready ## That Spark finds what DuckDB finds, byte for byte (needs Java; minutes)
	@PYSPARK_SUBMIT_ARGS="--master local[2] --conf spark.sql.shuffle.partitions=2 --conf spark.ui.enabled=false \
		--conf spark.sql.adaptive.enabled=false --conf spark.sql.codegen.wholeStage=false \
		--conf spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 pyspark-shell" $(SPARK)/bin/python -m pytest --timeout=1800 -k spark \
		tests/test_detect_identity.py tests/people/test_link_worlds.py

lint: $(READY) ## Style, types, spelling, and which file may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell

bench: $(READY) $(BENCH)/.ready $(QUALITY)/.ready ## Speeds as ratios, and how well it judges, beside what else there is
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.scale
	@$(BIN)/python -m tests.benchmarks.quality

torture: $(READY) ## Kill it at every moment, a hundred thousand steps of trouble, and each safeguard taken out (two hours)
	@$(BIN)/python -m tests.torture

docs: $(READY) ## Write the generated passages of the README anew
	@$(BIN)/python -m tests.docs --write

requirements: $(READY) ## Pin requirements.in anew into requirements.txt, and likewise those of the benchmarks
	@for each in requirements requirements-bench requirements-quality requirements-spark; do \
		$(BIN)/uv pip compile $$each.in --universal --python-version 3.11 --quiet --no-emit-index-url \
			--custom-compile-command "make requirements" --output-file $$each.txt --upgrade || exit; \
	done

clean: ## Remove what the commands above have made, the ledger of `make run` included
	rm -rf $(VENV) $(BENCH) $(QUALITY) $(SPARK) .rollcall .mypy_cache .ruff_cache

# The virtual environment. A half-made one (a killed start) is made anew; `.ready` is written last.
$(READY): requirements.txt
	@set -e; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
			if $$python -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
				found=$$python; break; \
			fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "Rollcall needs Python 3.11, 3.12 or 3.13, and found none: $$(python3 --version 2>&1). Install one" \
				"(with its venv module), or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; \
		fi; \
		echo "Setting up with $$($$found --version) (once; a minute or two)"; \
		rm -rf $(VENV); $$found -m venv $(VENV); \
	else echo "Bringing the installed packages up to requirements.txt"; fi; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)" \
		&& $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt \
		|| { echo "The packages of requirements.txt could not be installed. Is there a network, and does it reach the" \
			"package index? Then run the same command again: it goes on where it stopped." >&2; exit 2; }; \
	touch $(READY)

# What the benchmark holds Rollcall against, apart: it must have no say in what versions we run on.
$(BENCH)/.ready: requirements-bench.txt $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BENCH)
	@$(BIN)/uv pip install --quiet --python $(BENCH)/bin/python -r requirements-bench.txt
	@touch $@

# The labelled people and the matcher it is judged beside: they want a pandas that neither of the others runs on.
$(QUALITY)/.ready: requirements-quality.txt $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(QUALITY)
	@$(BIN)/uv pip install --quiet --python $(QUALITY)/bin/python -r requirements-quality.txt
	@touch $@

# All that Rollcall runs on, and Spark.
$(SPARK)/.ready: requirements-spark.txt $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(SPARK)
	@$(BIN)/uv pip install --quiet --python $(SPARK)/bin/python -r requirements-spark.txt
	@touch $@

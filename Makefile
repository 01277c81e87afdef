# Every target creates what it needs: only Python 3.11 or newer (with venv) and make have to be there.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: verify test lint types tests adapters bench report gallery wheel clean

verify: $(VENV)/core.stamp  ## judge the derivations of this repository
	$(BIN)/gradcheck check derivations

test: lint types tests  ## everything that must pass before a change lands

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

tests: $(VENV)/dev.stamp
	$(BIN)/pytest -n $(WORKERS)

adapters: $(VENV)/dev.stamp  ## torch, JAX and Dask, so that the tests with them run instead of skipping
	$(PIP) install "torch==2.13.0" "jax>=0.4.30" "distributed>=2024.1"

bench: $(VENV)/dev.stamp  ## the table of speed and memory, with ratios
	$(BIN)/python -m benchmarks

report: $(VENV)/dev.stamp  ## write the reports of derivations/ into reports/
	$(BIN)/gradcheck report derivations -o reports

gallery: report  ## the pictures of report pages in the README, with poppler
	$(BIN)/python tools/gallery.py

wheel: $(VENV)/dev.stamp
	$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "gradcheck needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable ".[test,dev]"
	@touch $@ $(VENV)/core.stamp

# make reproduce   set up .venv, then run the main job end to end
# make test        set up .venv, then run the tests
# make test-browser  the report in a real Chromium (on Debian: apt-get install chromium)
# make check       format, lint, types, import contract (the pre-commit hooks)
#
# INDEX=cpu takes PyTorch's small CPU wheels; INDEX=URL adds any other package index.

VENV    ?= .venv
INDEX   ?=
PROFILE ?= quick
ARGS    ?=

# The first Python >= 3.11 on the path that can make a virtual environment.
PYTHON  ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

ifeq ($(INDEX),cpu)
PIP_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu
else ifneq ($(INDEX),)
PIP_INDEX := --extra-index-url $(INDEX)
endif

BIN   := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup reproduce test test-browser check format clean
help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

setup: $(READY)

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "gaplab needs Python 3.11 or newer with the venv module; install it or name one with PYTHON=..." >&2; exit 2; }
	@echo "Setting up $(VENV) with $(PYTHON) (once; needs the package index and, with CUDA, 10 GB of disk for the time being)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_INDEX) --editable ".[real,dask,test,check]"
	@touch $@

reproduce: $(READY)
	$(BIN)/gaplab reproduce --profile $(PROFILE) $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

# The system's browser, or BROWSER=/path/to/chromium; REPORT=… looks at a report that exists.
BROWSER ?= $(shell for b in chromium chromium-browser google-chrome; do command -v $$b && break; done)
REPORT  ?=

test-browser: $(READY)
	@test -x "$(BROWSER)" || { echo "make test-browser needs Chromium, and found none: apt-get install chromium, or name one with BROWSER=/path/to/chromium" >&2; exit 2; }
	@$(BIN)/python -c 'import playwright' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_INDEX) --editable ".[browser]"
	GAPLAB_BROWSER="$(BROWSER)" GAPLAB_REPORT="$(REPORT)" $(BIN)/python -m pytest tests/figures/browser $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist

# CityLoop: `make demo` shows it, `make test` proves it. Needs python3 >= 3.11, python3-venv and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CITYLOOP_PORT ?= 8000
DEMO_HOME ?= $(CURDIR)/var/demo
export CITYLOOP_PORT

.PHONY: help demo demo-reset install test lint bench docs screenshots clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: install ## make the demo city and run it
	@CITYLOOP_HOME="$(DEMO_HOME)" $(BIN)/cityloop demo

demo-reset: install ## forget the demo city and begin anew
	@CITYLOOP_HOME="$(DEMO_HOME)" $(BIN)/cityloop demo --fresh

install: $(VENV)/.installed ## the program in .venv, so that .venv/bin/cityloop works

$(VENV)/.installed: requirements.lock pyproject.toml tools/install.sh
	@PYTHON="$(PYTHON)" sh tools/install.sh "$(VENV)" requirements.lock
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@PYTHON="$(PYTHON)" sh tools/install.sh "$(VENV)" requirements-test.lock
	@touch $@

test: $(VENV)/.installed-test ## everything CI runs
	@sh tools/test.sh "$(BIN)"

lint: $(VENV)/.installed-test ## format, types, walls, style
	@sh tools/lint.sh "$(BIN)"

bench: $(VENV)/.installed-test ## measure; figures belong in docs/reference/performance.md
	@$(BIN)/python -m benchmarks.run

docs: $(VENV)/.installed-test ## write the generated reference pages
	@$(BIN)/python tools/reference.py

screenshots: $(VENV)/.installed-test ## the pictures of the README
	@$(BIN)/python tools/screenshots.py

clean: ## remove what was built, keep the data in var/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

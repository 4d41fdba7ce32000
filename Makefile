# Each target makes .venv itself when it is missing or out of date. PYTHON names the interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
INDEX ?= index
PORT ?= 7860

# Nothing is fetched from a model hub and nothing is reported anywhere.
export HF_HUB_OFFLINE := 1
export TRANSFORMERS_OFFLINE := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export ANONYMIZED_TELEMETRY := False
export GRADIO_ANALYTICS_ENABLED := False
export LANGSMITH_TRACING := false
export DO_NOT_TRACK := 1

.PHONY: run test check format ingest eval bench triage-model clean

run: ingest
	$(BIN)/python app.py --index $(INDEX) --port $(PORT)

ingest: $(STAMP)
	$(BIN)/python -m ingest --index $(INDEX) --prune

test: $(STAMP)
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app.py ingest chatbot evals .ci
	$(BIN)/python .ci/audit.py

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# CASES over the starter library in an index of its own, so that nobody's documents matter; fails
# below GATE. With INDEX=DIR, over that index as it is.
ifeq ($(origin INDEX),file)
EVAL_INDEX := build/eval-index
else
EVAL_INDEX := $(INDEX)
endif
CASES ?= evals/cases
GATE ?= gate.toml
RUN ?= runs/latest

eval: $(STAMP)
ifeq ($(origin INDEX),file)
	$(BIN)/python -m ingest --index $(EVAL_INDEX) --prune
endif
	$(BIN)/python -m evals run $(CASES) --index $(EVAL_INDEX) --out $(RUN) --gate $(GATE)

bench: $(STAMP)
	$(BIN)/python -m evals bench ingest
	$(BIN)/python -m evals bench query

# What triage reads with, learned again from the examples (18 minutes on two cores, and more for the cross-validation).
triage-model: $(STAMP)
	$(BIN)/python -m evals train-triage

# torch is pinned first and alone: other ranges pull a build with several GB of CUDA.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "CiteWell needs Python 3.11 or newer; $$($(PYTHON) --version) is $(PYTHON). Run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) index runs build .pytest_cache .mypy_cache .ruff_cache

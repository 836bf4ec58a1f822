# make run | setup | test | check | eval | bench | kills | screenshots. Each works on a fresh checkout; run twice, the second is fast.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
export HF_HUB_OFFLINE := 1

.PHONY: run setup test check eval bench kills screenshots

run: $(VENV)/serving
	$(BIN)/duty serve

setup: $(VENV)/everything

test: $(VENV)/everything
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/everything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The release gate: fails when a metric is significantly below eval/baseline.json.
eval: $(VENV)/everything
	$(BIN)/duty index --corpus corpus/documents --home .duty/eval
	$(BIN)/duty eval --gate --home .duty/eval

bench: $(VENV)/everything
	$(BIN)/python -m bench
	$(BIN)/python -m bench.build

# Nothing is lost: 200 changes of documents, each killed at a random moment. Some ten minutes.
kills: $(VENV)/everything
	$(BIN)/python -m bench.kills --kills 200

# The main views of the page, for docs/. Needs Chromium: apt-get install chromium fonts-noto-cjk
screenshots: $(VENV)/everything
	$(BIN)/python -m tests.screenshots

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# What serving needs: no torch.
$(VENV)/serving: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e .
	touch $@

# And other models, training, tests. torch first and pinned: a range would take a CUDA build of several gigabytes.
$(VENV)/everything: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) torch==2.13.0
	$(PIP) -e '.[models,train,bots,llm,ocr,postgres,dev]'
	touch $@ $(VENV)/serving

# wenju: `make serve` and `make test` do all the set-up on a machine with Python 3.11 and pip.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARTICLES ?= eval/sample/articles
HOST ?= 127.0.0.1
PORT ?= 8000
# One question to show that it works; with other ARTICLES ask your own: make serve ARTICLES=folder QUESTION="…"
QUESTION ?= $(if $(filter eval/sample/articles,$(ARTICLES)),$(SAMPLE_QUESTION))
SAMPLE_QUESTION := 什么是专利开放许可？

.PHONY: help install serve index test check format browser weights bench clean

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## make the virtual environment and install everything into it

$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt torch
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[llm,onnx,test]'
	touch $@

index: install ## index ARTICLES (default: the sample articles)
	$(BIN)/wenju index "$(ARTICLES)"

serve: index ## index ARTICLES, ask one question, serve the chat page
	@if [ -n "$(QUESTION)" ]; then printf '\n%s\n' "$(QUESTION)"; $(BIN)/wenju ask "$(QUESTION)"; fi
	$(BIN)/wenju serve --host "$(HOST)" --port "$(PORT)"

check: install ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check browser ## run every check
	OMP_NUM_THREADS=1 $(BIN)/pytest

format: install ## put every file into its canonical format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The browser tests drive Debian's Chromium; without it and without root they are skipped, counted and named.
browser:
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-wqy-zenhei; \
	else echo "No Chromium and no root: the browser tests will be skipped."; fi

# The data of SHARED are not in the repository: gold/ (development questions), corpus/ and data/ (public sets).
SHARED ?= ../shared
GOLD = $(SHARED)/gold/corpus-dev.jsonl
FAR = $(SHARED)/data/cmrc2018-train/queries.jsonl.gz $(SHARED)/data/qed/queries.jsonl.gz
WEIGHTS_INDEX ?= .wenju/weights
weights: install ## fit ranking, sentence weights and confidence again, in this order (three minutes)
	WENJU_INDEX=$(WEIGHTS_INDEX) $(BIN)/wenju index $(SHARED)/corpus
	$(BIN)/python -m qa.ranking_training $(SHARED) $(WEIGHTS_INDEX) --write
	$(BIN)/python -m qa.extractive_training $(WEIGHTS_INDEX) $(GOLD) --write
	$(BIN)/python -m qa.confidence_training $(WEIGHTS_INDEX) $(GOLD) $(SHARED)/gold/unanswerable-dev.jsonl $(FAR) --write

bench: install ## measure speed and memory
	$(BIN)/wenju bench

clean: ## remove the virtual environment and the index
	rm -rf $(VENV) .wenju

# The two commands of the README are `make demo` and `make test`; everything else serves them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo up test check lint lock bench bench-connectors clean
demo: $(VENV)/.ready
	@$(BIN)/kanalvakt demo $(ARGS)

up: $(VENV)/.ready
	@$(BIN)/kanalvakt up $(ARGS)

test: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.run $(ARGS)

check: test

lint: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.run --lint

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench $(ARGS)

bench-connectors: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.connectors $(ARGS)

# Two lock files, hashes and no registry addresses: what runs, and what also tests.
lock: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate -c requirements.lock pyproject.toml --group test --group lint -o requirements-dev.lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@sh .ci/venv "$(PYTHON)" "$(VENV)" requirements.lock
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@sh .ci/venv "$(PYTHON)" "$(VENV)" requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) kanalvakt-data

# The two commands of the README are `make demo` and `make test`; everything else serves them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ASSETS := monitor/web/static/vendor
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo up test check lint lock sbom assets bench bench-connectors bench-emergency bench-scale soak pictures clean
demo: $(VENV)/.ready assets
	@$(BIN)/kanalvakt demo $(ARGS)

up: $(VENV)/.ready assets
	@$(BIN)/kanalvakt up $(ARGS)

test: $(VENV)/.ready-dev assets
	@$(BIN)/python -m tests.run $(ARGS)

check: test

lint: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.run --lint

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench $(ARGS)

bench-connectors: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.connectors $(ARGS)

bench-emergency: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.emergency $(ARGS)

# A whole house for a while, in which something fails every minute: ARGS="--minutes 30 --seed 1".
soak: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.soak $(ARGS)

bench-scale: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench.scale $(ARGS)

# Every page on people's days in every look, in kanalvakt-pictures/index.html, and the pictures of docs/.
pictures: $(VENV)/.ready-dev assets
	@$(BIN)/python -m tests.pictures $(ARGS)

# What the pages are dressed in, by npm; where the machine has none, by the one in requirements-node.lock.
assets: $(ASSETS)/designsystemet.css

$(ASSETS)/designsystemet.css: package.json package-lock.json .npmrc .ci/assets | $(VENV)/.ready
	@sh .ci/assets "$(BIN)/python" "$(ASSETS)"

# Lock files with hashes and no registry addresses: what runs, what also tests, npm, what installs all that, and each extra.
LOCKED = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate
ASKED = import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)["project"]["optional-dependencies"][sys.argv[1]], sep="\n")
lock: $(VENV)/.ready-dev
	$(LOCKED) pyproject.toml -o requirements.lock
	$(LOCKED) -c requirements.lock pyproject.toml --group test --group lint --group release -o requirements-dev.lock
	$(LOCKED) --group pyproject.toml:node -o requirements-node.lock
	$(LOCKED) --group pyproject.toml:installer -o requirements-installer.lock
	for extra in otel sentry video; do \
	  $(BIN)/python -c '$(ASKED)' $$extra <pyproject.toml | $(LOCKED) -c requirements.lock -c requirements-dev.lock - -o requirements-$$extra.lock || exit 1; done
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

# What runs, as a list for whoever watches for weaknesses: from the lock files, so that none of our tools is in it.
sbom: $(VENV)/.ready-dev
	@$(BIN)/python .ci/sbom build/sbom.json
	@echo build/sbom.json

$(VENV)/.ready: requirements.lock pyproject.toml
	@sh .ci/venv "$(PYTHON)" "$(VENV)" requirements.lock
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	@sh .ci/venv "$(PYTHON)" "$(VENV)" requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) $(ASSETS) kanalvakt-data build

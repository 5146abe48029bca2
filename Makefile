# SPDX-License-Identifier: AGPL-3.0-or-later
# Python 3.11 or newer is all that has to be there: Node, the live store and every tool come from PyPI
# and npm, pinned by hash, into .venv and node_modules.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

# Node is a program in .venv/bin, and so are the commands of node_modules through npx.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export NO_UPDATE_NOTIFIER := 1

SOURCES := $(shell find chat/browser chat/web/pages counsellor_ui scripts \
	-type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.mjs' \) 2>/dev/null)

.PHONY: help run build test test-long check format bench bundle sbom audit pin-images setup up lock

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: build ## Serve on this computer until Ctrl-C (PORT=8000)
	@PORT=$(PORT) kentering run

build: build/manifest.json ## Bundle the scripts of the pages and the desk

test: build ## Run every test but the long ones
	@scripts/ensure-browser.sh
	@scripts/test.sh

test-long: build ## Run the long tests: the big counts, the walks, the killing
	@scripts/ensure-browser.sh
	@scripts/test.sh long

check: build ## Lint, types, imports, generated files; changes nothing
	@scripts/check.sh

format: node_modules/.installed ## Put the sources into their one form
	@ruff check --fix-only --quiet .
	@ruff format --quiet .
	@npx biome check --write --log-level=error --linter-enabled=false

bench: build ## Measure the relay on this computer
	@python -m bench

bundle: node_modules/.installed ## Bundle anew, and list and pack what browsers are served: the same bytes everywhere
	@node scripts/build.mjs > /dev/null
	@python -m chat.bundle

sbom: node_modules/.installed ## List all that is shipped (CycloneDX, build/sbom.json)
	@python -m scripts.sbom

audit: .venv/.installed ## Ask whether a vulnerability is known in anything that is shipped (needs a network)
	@python -m scripts.audit

pin-images: .venv/.installed ## At a release: pull the images that containers begin with, and write their digests
	@python -m scripts.pin_images

setup: ## Answer four questions for the production set (needs Docker and nothing else)
	@docker build --quiet --tag kentering . > /dev/null
	@docker run --rm --interactive --tty --read-only --user "$$(id -u):$$(id -g)" --volume "$(CURDIR):/setup" \
		kentering setup /setup

up: ## Run the production set in containers
	@docker compose up --build

lock: .venv/.installed ## Renew the lock files after a change of requirements*.in
	@$(COMPILE) requirements.in -o requirements.lock
	@$(COMPILE) -c requirements.lock requirements-dev.in -o requirements-dev.lock

COMPILE := uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11

# A stamp file says that an installation is whole; a failed one leaves none.
.venv/.installed: requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Kentering needs Python 3.11 or newer." >&2; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv || \
		{ echo "Python's venv module is missing (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Installing the Python packages"
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.installed: package-lock.json .venv/.installed
	@echo "Installing the npm packages"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/manifest.json: node_modules/.installed $(SOURCES)
	@node scripts/build.mjs

# The two commands of a newcomer are `make run` and `make test`; `make help` lists the rest.
# Nothing is built or fetched inside the clone: both go to a cache folder, which a user's own
# CARGO_TARGET_DIR and TAVANA_CACHE_DIR override.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ifdef TAVANA_CACHE_DIR
CACHE := $(abspath $(TAVANA_CACHE_DIR))
else ifdef XDG_CACHE_HOME
CACHE := $(abspath $(XDG_CACHE_HOME))/tavana
else
CACHE := $(HOME)/.cache/tavana
endif

CARGO_TARGET_DIR ?= $(CACHE)/target
export CARGO_TARGET_DIR
RELEASE := $(CARGO_TARGET_DIR)/release

.PHONY: help run build deps test soak lint fmt bench docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## Build and start tavana on this machine with a sample lake (ARGS="--data FOLDER" allows a folder)
	@exec $(RELEASE)/tavana serve $(ARGS)

build: deps ## Build the release binaries tavana, tavana-gateway and tavana-worker
	cargo build --release --locked --workspace --bins

# The library and the extensions lie beside the binaries, where they are looked for.
deps: ## Fetch DuckDB and its extensions into the cache folder (a no-op when they are there)
	@scripts/fetch-deps --into $(RELEASE)

test: ## Run everything that decides whether a change is good: lints, Rust tests, client tests
	@scripts/test

soak: ## Run the long forms of the tests of faults for an hour (ARGS="600" for 600 minutes)
	@scripts/soak $(ARGS)

lint: ## Check formatting and lints
	@scripts/fetch-deps
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

fmt: ## Format the code
	cargo fmt --all

bench: build ## Run tavana, DuckDB and PostgreSQL side by side and write docs/benchmarks.md
	@scripts/bench/run $(ARGS)

docs: build ## Write docs/settings.md from what the programs read
	$(RELEASE)/tavana settings --markdown > docs/settings.md

clean: ## Remove what was built (the fetched files stay in the cache folder)
	cargo clean

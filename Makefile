# Wraps cargo and npm; nothing is hidden here. `make run` and `make test` do everything on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

WEB := web-client
# The same packages and features for everything that is built for tests, so that nothing is built twice.
CARGO_SCOPE := --locked --workspace
# What the tests need beside Rust and Node, as Debian packages.
APT_PACKAGES := chromium fonts-noto-cjk redis-server

.PHONY: help run test setup web programs lint test-rust test-web test-browser screenshots workshop workshop-short bindings bench licences

help: ## Lists what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: ## Builds Engawa and starts it with a ready rehearsal meeting; prints a link per role.
	cargo run --locked --release -p engawa-server --bin engawa -- rehearse

test: setup lint test-rust test-web test-browser workshop-short ## Installs what is needed and passes every test.
	@echo "make test: everything passed"

setup: ## Installs what the tests need (Debian packages, npm packages).
	@if ! command -v chromium >/dev/null || ! command -v redis-server >/dev/null || ! command -v redis-cli >/dev/null || ! fc-list 2>/dev/null | grep -q 'Noto Sans CJK'; then \
		echo "installing $(APT_PACKAGES)"; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -qq; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT_PACKAGES) >/dev/null; \
	fi
	cd $(WEB) && { [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund; }

web: setup
	cd $(WEB) && npm run build

lint: web ## Formatting, clippy with warnings denied, TypeScript, ESLint.
	cargo fmt --all --check
	cargo clippy $(CARGO_SCOPE) --all-targets -- -D warnings
	cd $(WEB) && npm run check

test-rust: web ## All Rust tests.
	cargo test $(CARGO_SCOPE)
	cargo test --locked -p engawa-protocol --features typescript --test typescript

programs: web # The programs and the tests, built and not run.
	cargo test $(CARGO_SCOPE) --no-run

test-web: setup ## Unit tests of the web client.
	cd $(WEB) && npm test

test-browser: programs ## Tests in a real browser against a real server.
	cd $(WEB) && npm run test:browser

screenshots: setup ## Pictures of every screen and state, at seven widths, into web-client/screenshots.
	cd $(WEB) && npm run build && npm run screenshots

workshop: ## The main job: a whole meeting of 97 teams over real sockets, checked by the oracle.
	cargo build --locked --release -p engawa-server -p engawa-load-tests
	target/release/engawa-load workshop

workshop-short: programs ## The same with fewer rounds, as part of the tests.
	target/debug/engawa-load workshop --short

bindings: ## Writes the generated TypeScript and the generated parts of SPEC.md anew.
	UPDATE=1 cargo test --locked -p engawa-protocol --features typescript --test typescript
	UPDATE=1 cargo test --locked -p engawa-protocol --test spec the_listed_parts
	UPDATE=1 cargo test --locked -p engawa-domain --test suite -- roles:: vectors::

bench: ## Benchmarks of the domain.
	cargo bench --locked -p engawa-domain

licences: ## Licences, sources and duplicate crates, by cargo-deny (installs it when it is missing).
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

# Wraps cargo and npm; nothing is hidden here. `make run` and `make test` do everything on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

WEB := web-client
# The same packages and features for everything that is built for tests, so that nothing is built twice.
CARGO_SCOPE := --locked --workspace
# What the tests need beside Rust and Node, as Debian packages.
APT_PACKAGES := chromium fonts-noto-cjk haproxy openssl redis-server strace

.PHONY: help run test setup web programs lint test-rust test-web test-browser workshop workshop-short bindings healing-long durability bench bench-redis licences lighthouse simulate chaos chaos-short store screenshots

help: ## Lists what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: ## Builds Engawa and starts it with a ready rehearsal meeting; prints a link per role.
	cargo run --locked --release -p engawa-server --bin engawa -- rehearse

test: setup lint test-rust test-web test-browser workshop-short chaos-short ## Installs what is needed and passes every test.
	@echo "make test: everything passed"

setup: ## Installs what the tests need (Debian packages, npm packages).
	@if ! command -v chromium >/dev/null || ! command -v redis-server >/dev/null || ! command -v redis-cli >/dev/null || ! { command -v haproxy || [ -x /usr/sbin/haproxy ]; } >/dev/null || ! command -v strace >/dev/null || ! command -v openssl >/dev/null || ! fc-list 2>/dev/null | grep -q 'Noto Sans CJK'; then \
		echo "installing $(APT_PACKAGES)"; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -qq; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT_PACKAGES) >/dev/null; \
	fi
	@# The server's build script looks at the same stamp.
	cd $(WEB) && { cmp -s package-lock.json node_modules/.engawa-installed-lock || { npm ci --no-audit --no-fund && cp package-lock.json node_modules/.engawa-installed-lock; }; }

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

lighthouse: web ## Lighthouse on the joining and the participant's page: performance, accessibility, best practices each 95 or more.
	cargo build --locked -p engawa-server
	cd $(WEB) && node scripts/lighthouse.mjs

screenshots: setup ## Pictures of every screen and state, at seven widths, into web-client/screenshots.
	cd $(WEB) && npm run build && npm run screenshots

workshop: ## The main job: a whole meeting of 97 teams over real sockets, checked by the oracle.
	cargo build --locked --release -p engawa-server -p engawa-load-tests
	target/release/engawa-load workshop

workshop-short: programs ## The same with fewer rounds, as part of the tests.
	target/debug/engawa-load workshop --short

simulate: ## Thousands of seeds of the simulation (SEEDS=n, SEED=first), optimised; a seed that fails leaves its plan.
	cargo test $(CARGO_SCOPE) --release --test simulation thousands_of_seeds -- --ignored --nocapture

chaos: ## The meeting on three nodes and a Redis that are killed, paused and stopped meanwhile, for minutes.
	cargo build $(CARGO_SCOPE) --release --bins
	target/release/engawa-load chaos

chaos-short: programs ## The same in small, each kind of fault once, as part of the tests.
	target/debug/engawa-load chaos --short

store: ## Measures what nodes and Redis cost, beside raw XADD.
	cargo build $(CARGO_SCOPE) --release --bins
	target/release/engawa-load store

bindings: ## Writes the generated TypeScript and the generated parts of SPEC.md anew.
	UPDATE=1 cargo test --locked -p engawa-protocol --features typescript --test typescript
	UPDATE=1 cargo test --locked -p engawa-protocol --test spec the_listed_parts
	UPDATE=1 cargo test --locked -p engawa-domain --test suite -- roles:: vectors::

healing-long: ## Healing with a node that sleeps for 30 s.
	ENGAWA_TEST_SLEEP_S=30 cargo test $(CARGO_SCOPE) --test suite healing::nodes

durability: ## What each durability level of Redis can lose, ten times over.
	ENGAWA_TEST_ROUNDS=10 cargo test $(CARGO_SCOPE) --test suite healing::durability

bench: ## Benchmarks of the domain.
	cargo bench --locked -p engawa-domain

bench-redis: ## A cold node takes a meeting of 20,000 notes from Redis; following a log.
	cargo bench $(CARGO_SCOPE) --bench redis_cold
	cargo bench $(CARGO_SCOPE) --bench redis_follow

licences: ## Licences, sources and duplicate crates, by cargo-deny (installs it when it is missing).
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

# Wraps cargo and npm; nothing is hidden here. `make run` and `make test` do everything on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

WEB := web-client
# The same packages and features for everything that is built for tests, so that nothing is built twice.
CARGO_SCOPE := --locked --workspace
# What the tests need beside Rust and Node, as Debian packages.
APT_PACKAGES := chromium fonts-noto-cjk haproxy openssl python3 redis-server strace

# Seconds for each parser in `make fuzz`.
FUZZ_SECONDS ?= 60
# The Autobahn suite runs on Python 2.7 only.
PYTHON2 ?= python2.7

.PHONY: help run test setup web programs lint test-rust test-web test-browser test-browser-hostile workshop workshop-short bindings healing-long durability bench bench-redis licences lighthouse simulate chaos chaos-short store screenshots record-office s3 fuzz autobahn clients load load-short peers

help: ## Lists what can be made.
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: ## Builds Engawa and starts it with a ready rehearsal meeting; prints a link per role.
	cargo run --locked --release -p engawa-server --bin engawa -- rehearse

test: setup lint test-rust test-web test-browser workshop-short chaos-short load-short ## Installs what is needed and passes every test.
	@echo "make test: everything passed"

setup: ## Installs what the tests need (Debian packages, npm packages).
	@if ! command -v chromium >/dev/null || ! command -v redis-server >/dev/null || ! command -v redis-cli >/dev/null || ! { command -v haproxy || [ -x /usr/sbin/haproxy ]; } >/dev/null || ! command -v strace >/dev/null || ! command -v openssl >/dev/null || ! command -v python3 >/dev/null || ! fc-list 2>/dev/null | grep -q 'Noto Sans CJK'; then \
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

test-rust: web ## All Rust tests; where LibreOffice is installed, the record is opened in it, too (see record-office).
	cargo test $(CARGO_SCOPE)
	@! command -v soffice >/dev/null || cargo test $(CARGO_SCOPE) --test suite record::office -- --ignored
	cargo test --locked -p engawa-protocol --features typescript --test typescript

programs: web # The programs and the tests, built and not run.
	cargo test $(CARGO_SCOPE) --no-run

test-web: setup ## Unit tests of the web client.
	cd $(WEB) && npm test

test-browser: programs ## Tests in a real browser against a real server.
	cd $(WEB) && npm run test:browser

test-browser-hostile: programs ## A participant's tasks in a real browser through each kind of hostile proxy (three minutes).
	cd $(WEB) && npm run test:hostile

lighthouse: web ## Lighthouse on the joining and the participant's page: performance, accessibility, best practices each 95 or more.
	cargo build --locked -p engawa-server
	cd $(WEB) && node scripts/lighthouse.mjs

screenshots: setup ## Pictures of every screen and state, at eight widths, into web-client/screenshots.
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

peers: ## Installs what Engawa is measured beside: Socket.IO (npm, into load-tests) and Mosquitto (Debian).
	@if ! [ -x /usr/sbin/mosquitto ] && ! command -v mosquitto >/dev/null; then \
		$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -qq; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto >/dev/null; \
	fi
	cd load-tests && npm ci --no-audit --no-fund

load: peers ## Every measuring scenario at its usual size, with the program as it is deployed, beside other servers; pages with curves in target/load. About ten minutes.
	cargo build --locked --profile dist -p engawa-server -p engawa-load-tests
	mkdir -p target/load
	failed=; for run in "brainstorm" "join-storm" "vote-burst" "broadcast" "reconnect-storm" "slow-readers" "fairness" "silent-sockets" "many-meetings" "node-loss" "scaling" \
		"brainstorm --people 2000 --ladder --from 20000 --seconds 4 --beside bare,socket-io,mosquitto"; do \
		name=$$(echo $$run | tr ' ,' '__'); \
		target/dist/engawa-load $$run --html target/load/$$name.html --json target/load/$$name.json || failed="$$failed $$name"; \
	done; [ -z "$$failed" ] || { echo "missed something:$$failed"; exit 1; }

load-short: programs ## Three of them in small, over each transport, judged by what arrived and not by time.
	target/debug/engawa-load brainstorm --people 27 --seconds 2 --pace 0.5 --no-budgets --unpinned
	target/debug/engawa-load reconnect-storm --people 36 --notes 10 --transport stream --no-budgets --unpinned
	target/debug/engawa-load vote-burst --people 30 --seconds 2 --transport poll --no-budgets --unpinned

bindings: ## Writes the generated TypeScript, the generated parts of SPEC.md and the OpenAPI document anew.
	UPDATE=1 cargo test --locked -p engawa-protocol --features typescript --test typescript
	UPDATE=1 cargo test --locked -p engawa-protocol --test spec the_listed_parts
	UPDATE=1 cargo test --locked -p engawa-domain --test suite -- roles:: vectors::
	UPDATE=1 cargo test $(CARGO_SCOPE) --test suite openapi::ht60_the_document

healing-long: ## Healing with a node that sleeps for 30 s.
	ENGAWA_TEST_SLEEP_S=30 cargo test $(CARGO_SCOPE) --test suite healing::nodes

durability: ## What each durability level of Redis can lose, ten times over.
	ENGAWA_TEST_ROUNDS=10 cargo test $(CARGO_SCOPE) --test suite healing::durability

record-office: ## Opens the record in LibreOffice (installs it when it is missing, 200 MB) and compares every cell.
	@command -v soffice >/dev/null || { $$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -qq; \
		$$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; }
	cargo test $(CARGO_SCOPE) --test suite record::office -- --ignored

s3: ## Posters in a bucket: moto (from PyPI) speaks S3, and checks signatures and policies.
	[ -x target/s3/bin/moto_server ] || { python3 -m venv target/s3 && target/s3/bin/pip install --quiet --disable-pip-version-check 'moto[server]>=5'; }
	ENGAWA_MOTO=$(CURDIR)/target/s3/bin/moto_server cargo test $(CARGO_SCOPE) --test suite poster_files::bucket -- --ignored

bench: ## Benchmarks of the domain, the hub and the embedded store.
	cargo bench --locked -p engawa-domain
	cargo bench $(CARGO_SCOPE) --bench hub

bench-redis: ## A cold node takes a meeting of 20,000 notes from Redis; following a log.
	cargo bench $(CARGO_SCOPE) --bench redis_cold
	cargo bench $(CARGO_SCOPE) --bench redis_follow

fuzz: ## Every parser of bytes from outside, FUZZ_SECONDS each (60 unless said); installs cargo-fuzz when it is missing.
	command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	SKIP_WEB=1 cargo fuzz build --fuzz-dir server/fuzz --sanitizer none parsers
	@for target in $$(ls server/tests/corpus); do \
		echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
		mkdir -p target/fuzz/$$target; \
		FUZZ_TARGET=$$target server/fuzz/target/*/release/parsers -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -rss_limit_mb=2048 \
			-timeout=10 -artifact_prefix=target/fuzz/$$target- -print_final_stats=1 \
			target/fuzz/$$target server/tests/corpus/$$target 2>&1 | tee target/fuzz/$$target.log | tail -n 12; \
	done

autobahn: ## The WebSocket side against the Autobahn suite's fuzzing client (needs Python 2.7 as python2.7, or PYTHON2=…).
	$(PYTHON2) -m pip install --quiet --disable-pip-version-check --target target/autobahn autobahntestsuite
	ENGAWA_AUTOBAHN="$(PYTHON2)" cargo test $(CARGO_SCOPE) --test suite autobahn -- --ignored --nocapture

clients: ## Two clients written from SPEC.md against a real server: Python (`websockets`) and Node (`ws`, fetch).
	cargo build --locked -p engawa-server
	cd protocol/tests/clients/python && { [ -x venv/bin/python ] || python3 -m venv venv; } && venv/bin/pip install --quiet 'websockets>=15' \
		&& ENGAWA_BIN=../../../../target/debug/engawa venv/bin/python -m unittest
	ENGAWA_BIN=target/debug/engawa node protocol/tests/clients/node/client.mjs

licences: ## Licences, sources and duplicate crates, by cargo-deny (installs it when it is missing).
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check licenses bans sources

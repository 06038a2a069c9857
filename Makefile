# Checkpoint Sampler: build, run and test. `make help` lists what there is.
#
# One Makefile for everything, not recursive but where a step must see what the one before installed.
# Variables: BUILD=release|asan, V=1 (show commands), PORT, CONFIG_PATH, RUNTIME_DIR (see `make run`).

VERSION := 0.1.0
BUILD   ?= release
DIR     := build/$(BUILD)
BIN     := $(DIR)/bin

MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

# --- C: what is compiled, and how --------------------------------------------------------------

CC = gcc
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wwrite-strings -Wcast-qual -Wvla -Wnull-dereference -Wimplicit-fallthrough \
	-Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types \
	-Werror=int-conversion
GCC_WARNINGS := -Wduplicated-cond -Wlogical-op
DEFINES := -Icommon -D_GNU_SOURCE -DVERSION='"$(VERSION)"'
HARDENING := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE \
	-fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
LINK_HARDENING := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
LIBRARIES := -lfcgi -lsqlite3 -ljson-c -lyaml -ldeflate -lz -lpng -ljpeg -lwebpdemux -lwebp \
	-lzimg -lcurl -lwebsockets -lm -lpthread

ifeq ($(BUILD),release)
VARIANT := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -ftrivial-auto-var-init=zero
else ifeq ($(BUILD),asan)
VARIANT := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(BUILD),fuzz)
CC := clang
GCC_WARNINGS :=
VARIANT := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else
$(error BUILD is release, asan or fuzz, not '$(BUILD)')
endif

# CI sets WERROR=1; a newer compiler's new warning never stops a user's build.
CFLAGS_ALL := -std=c17 $(DEFINES) $(WARNINGS) $(GCC_WARNINGS) $(HARDENING) $(VARIANT) \
	$(if $(WERROR),-Werror) $(CFLAGS)
LDFLAGS_ALL := $(LINK_HARDENING) $(VARIANT) $(LDFLAGS)

CGI_PROGRAMS := $(filter $(patsubst cgi/%.c,%,$(wildcard cgi/*.c)),catalog presets previews comfyui jobs feed watcher)
COMMON_SOURCES := $(filter-out common/stack/main.c,$(wildcard common/*/*.c)) \
	$(filter-out $(CGI_PROGRAMS:%=cgi/%.c),$(wildcard cgi/*.c))
WORKER_SOURCES := $(filter-out worker/main.c,$(wildcard worker/*.c))
DEMO_SOURCES := $(wildcard tests/demo/*.c)
BENCH_PROGRAMS := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c))
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_SUPPORT := $(patsubst %.c,$(DIR)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
MIGRATIONS := $(sort $(wildcard migrations/*.sql))

PROGRAMS := $(CGI_PROGRAMS:%=$(BIN)/%) $(BIN)/worker $(BIN)/checkpoint-sampler $(BIN)/demo-data
COMMON := $(DIR)/common.a
OBJECTS := $(COMMON_SOURCES:%.c=$(DIR)/%.o) $(WORKER_SOURCES:%.c=$(DIR)/%.o) $(DIR)/migrations.o

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' Makefile
	@printf '\nVariables: PORT, CONFIG_PATH, RUNTIME_DIR, LOG_LEVEL for run; BUILD=asan, V=1, WERROR=1 for build.\n'

.PHONY: run
run: ## Install what is missing, build, and serve on the configured port (Ctrl-C stops)
	@sh common/stack/deps.sh run
	@$(MAKE) build
	@exec setpriv --pdeathsig TERM sh common/stack/run.sh

.PHONY: logs
logs: ## Follow what the worker does (RUNTIME_DIR, else the stack that ran last)
	@exec tail -n 20 -F "$${RUNTIME_DIR:-$$(ls -dt build/run/* | head -n 1)}/log/worker/current"

.PHONY: test
test: ## Install what is missing and run the whole suite
	@sh common/stack/deps.sh test
	+@exec sh tests/run.sh

.PHONY: test-long
test-long: ## The suite, then what takes long (kill campaigns, fuzzing)
	@sh common/stack/deps.sh test
	+@sh tests/run.sh && $(MAKE) long-tests fuzz

.PHONY: test-compose
test-compose: build ## compose.yaml under a real Docker engine (COMPOSE_TESTS=skip leaves it out)
	@$(WEB_NODE) --test --test-concurrency=1 'tests/compose/*.test.mjs'

.PHONY: build
build: programs web ## Build the C programs and the web app

.PHONY: programs
programs: $(PROGRAMS)

.PHONY: deps
deps: ## Install the packages that run and test need
	@sh common/stack/deps.sh test

.PHONY: config
config: $(BIN)/checkpoint-sampler ## Print the effective configuration
	@$(BIN)/checkpoint-sampler config

# Everything below one directory, as in the source, and a link to the operator's program. DESTDIR is
# for packagers.
PREFIX ?= /usr/local
HOME_DIR = $(DESTDIR)$(PREFIX)/lib/checkpoint-sampler
.PHONY: install uninstall
install: build ## Install into PREFIX (/usr/local), with systemd units; see docs/operations.md
	$(Q)install -d $(HOME_DIR)/bin $(HOME_DIR)/common/stack/service $(HOME_DIR)/common/comfyui \
		$(HOME_DIR)/web $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/checkpoint-sampler \
		$(DESTDIR)$(PREFIX)/lib/systemd/system
	$(Q)install -m 755 $(filter-out %/demo-data,$(PROGRAMS)) $(HOME_DIR)/bin
	$(Q)install -m 755 common/stack/*.sh $(HOME_DIR)/common/stack
	$(Q)install -m 644 common/stack/service/* $(HOME_DIR)/common/stack/service
	$(Q)rm -rf $(HOME_DIR)/nginx $(HOME_DIR)/web/dist $(HOME_DIR)/common/comfyui/templates
	$(Q)cp -R nginx $(HOME_DIR)/nginx && cp -R web/dist $(HOME_DIR)/web/dist
	$(Q)cp -R common/comfyui/templates $(HOME_DIR)/common/comfyui/templates
	$(Q)install -m 644 config.example.yaml docs/*.md $(DESTDIR)$(PREFIX)/share/doc/checkpoint-sampler
	$(Q)sed 's|@prefix@|$(PREFIX)|g' 'common/stack/systemd/checkpoint-sampler@.service.in' \
		> '$(DESTDIR)$(PREFIX)/lib/systemd/system/checkpoint-sampler@.service'
	$(Q)ln -sf ../lib/checkpoint-sampler/bin/checkpoint-sampler $(DESTDIR)$(PREFIX)/bin/checkpoint-sampler

uninstall: ## Remove what install put there; configurations, databases and images stay
	$(Q)rm -rf $(HOME_DIR) $(DESTDIR)$(PREFIX)/share/doc/checkpoint-sampler
	$(Q)rm -f '$(DESTDIR)$(PREFIX)/lib/systemd/system/checkpoint-sampler@.service' \
		$(DESTDIR)$(PREFIX)/bin/checkpoint-sampler

.PHONY: backup
backup: $(BIN)/checkpoint-sampler ## Copy the database of the configuration into FILE, while everything runs
	@$(BIN)/checkpoint-sampler backup $(or $(FILE),$(error make backup FILE=a-new-file.db))

.PHONY: clean
clean: ## Remove all that was built, the demo data included
	$(Q)rm -rf build web/dist

# --- C: rules ------------------------------------------------------------------------------------

# Rewritten only when the flags change, so that a change rebuilds everything.
$(DIR)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL))' > $@
.PHONY: FORCE
FORCE:

$(DIR)/%.o: %.c $(DIR)/flags
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(DIR)/migrations.c: common/store/embed.sh $(MIGRATIONS)
	$(say) EMBED migrations
	@mkdir -p $(@D)
	$(Q)sh common/store/embed.sh $(MIGRATIONS) > $@

$(DIR)/migrations.o: $(DIR)/migrations.c $(DIR)/flags
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(COMMON): $(OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^

link = $(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o %.a,$^) $(LIBRARIES)

$(BIN)/checkpoint-sampler: $(DIR)/common/stack/main.o $(COMMON)
	$(say) LINK $@
	$(link)

$(CGI_PROGRAMS:%=$(BIN)/%): $(BIN)/%: $(DIR)/cgi/%.o $(COMMON)
	$(say) LINK $@
	$(link)

$(BIN)/worker: $(DIR)/worker/main.o $(COMMON)
	$(say) LINK $@
	$(link)

$(BIN)/demo-data: $(DEMO_SOURCES:%.c=$(DIR)/%.o) $(COMMON)
	$(say) LINK $@
	$(link)

$(BENCH_PROGRAMS:%=$(BIN)/bench/%): $(BIN)/bench/%: $(DIR)/tests/bench/%.o $(COMMON)
	$(say) LINK $@
	$(link)

# System calls that a test answers itself, as file systems do that a test cannot mount.
$(DIR)/unit/test_watch: private WRAPPED := -Wl,--wrap=readdir,--wrap=fstatat,--wrap=openat
$(DIR)/unit/test_network: private WRAPPED := -Wl,--wrap=fstatfs
$(DIR)/unit/test_preview_cache: private WRAPPED := -Wl,--wrap=readdir

$(DIR)/unit/%: $(DIR)/tests/unit/%.o $(UNIT_SUPPORT) $(COMMON)
	$(say) LINK $@
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) $(WRAPPED) -o $@ $(filter %.o %.a,$^) -lcmocka $(LIBRARIES)

$(DIR)/fuzz/%: $(DIR)/tests/fuzz/%.o $(COMMON)
	$(say) LINK $@
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(LIBRARIES)

-include $(shell [ -d $(DIR) ] && find $(DIR) -name '*.d')

# --- Web -----------------------------------------------------------------------------------------

# The lock file carries the Node that builds; any Node that can run npm may install it.
WEB_NODE = $(abspath $(firstword $(wildcard web/node_modules/node-linux-*/bin/node)))
WEB_SOURCES := $(shell [ -d web ] && find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*')
web_run = cd web && PATH="$(dir $(WEB_NODE)):$$PATH" npm run --silent

.PHONY: web
web: web/dist/index.html

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	$(say) NPM 'ci (web/package-lock.json)'
	$(Q)cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES) docs/openapi.yaml
	$(say) VITE web/dist
	$(Q)$(web_run) build
	@touch $@

# --- Tests, lint, bench --------------------------------------------------------------------------

.PHONY: unit-tests run-unit-tests
unit-tests: $(UNIT_TESTS:%=$(DIR)/unit/%)
run-unit-tests: unit-tests
	$(Q)status=0; for program in $(UNIT_TESTS:%=$(DIR)/unit/%); do \
		$$program || { echo "FAILED: $$program"; status=1; }; \
	done; exit $$status

.PHONY: web-test web-lint
web-test: web/node_modules/.package-lock.json
	$(Q)$(web_run) test
web-lint: web/node_modules/.package-lock.json
	$(Q)$(web_run) lint

# What the demonstration shows; painted once.
.PHONY: demo-data
demo-data: $(BIN)/demo-data
	$(Q)$(BIN)/demo-data build/demo

.PHONY: api-tests
api-tests: build demo-data
	$(Q)$(WEB_NODE) --test --test-concurrency=2 --test-reporter=tap 'tests/api/*.test.mjs'

.PHONY: contract-tests
contract-tests: web/node_modules/.package-lock.json
	$(Q)$(WEB_NODE) --test --test-concurrency=1 --test-reporter=tap 'tests/contract/*.test.mjs'

.PHONY: long-tests
long-tests: build
	$(Q)$(WEB_NODE) --test --test-concurrency=1 --test-reporter=spec 'tests/long/*.test.mjs'

.PHONY: browser-tests
browser-tests: build
	$(Q)cd tests/e2e && $(WEB_NODE) ../../web/node_modules/@playwright/test/cli.js test

.PHONY: screenshots
screenshots: build ## Photograph the main states of all screens (build/screenshots)
	@sh common/stack/deps.sh test
	$(Q)$(WEB_NODE) tests/e2e/screenshots.mjs

C_FILES := $(shell find cgi common tests worker -name '*.[ch]' 2>/dev/null)
TIDY := $(patsubst %.c,build/tidy/%.ok,$(filter %.c,$(C_FILES)))

.PHONY: lint
lint: lint-c web-lint ## Style and static analysis: C, web, and the house's own rules

.PHONY: lint-c
lint-c: lint-format lint-house lint-cppcheck $(TIDY)

.PHONY: lint-format lint-house lint-cppcheck
lint-format:
	$(say) FORMAT 'check'
	$(Q)clang-format --dry-run -Werror $(C_FILES)
lint-house:
	$(say) HOUSE 'includes, arrows, sizes'
	$(Q)sh tests/house.sh
lint-cppcheck:
	$(say) CPPCHK '*.c'
	$(Q)mkdir -p build/cppcheck && cppcheck --quiet --std=c11 --enable=warning,performance,portability \
		--inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 --cppcheck-build-dir=build/cppcheck \
		-j$(shell nproc) -Icommon -D_GNU_SOURCE -DVERSION='"x"' cgi common worker tests/demo tests/bench

# The analyser takes nearly all of the time; tests run under sanitizers instead.
tidy_checks = $(if $(filter tests/unit/% tests/fuzz/%,$<),--checks='-clang-analyzer-*')
build/tidy/%.ok: %.c .clang-tidy $(filter %.h,$(C_FILES))
	$(say) TIDY $<
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $(tidy_checks) $< -- -std=c17 $(DEFINES) >$@.log 2>&1 || { cat $@.log; exit 1; }
	@touch $@

.PHONY: format
format: ## Rewrite the C code in the committed style
	$(Q)clang-format -i $(C_FILES)

FUZZ_SECONDS ?= 300
.PHONY: fuzz
fuzz: ## Fuzz every parser of outside data, FUZZ_SECONDS each (default 300)
	@$(MAKE) BUILD=fuzz fuzzers
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run.sh
.PHONY: fuzzers
fuzzers: $(FUZZERS:%=$(DIR)/fuzz/%)

.PHONY: bench
bench: ## Measure the figures of docs/performance.md, side by side with their baselines
	@sh common/stack/deps.sh bench
	@$(MAKE) build bench-programs
	@sh tests/bench/run.sh
.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS:%=$(BIN)/bench/%)

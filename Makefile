# SPDX-License-Identifier: BSD-2-Clause
# make, make check, make bench, make install DESTDIR= PREFIX=, make clean; `make unit packet fuzz` builds the tests.
# Plain make. Every .c below a folder of user/ belongs to that folder's library or program; objects lie in $(BUILD).
PREFIX ?= /usr/local
DESTDIR ?=
# Below PREFIX, but for the configuration, which has one place when PREFIX is the system's or the administrator's.
SYSCONFDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
SYSTEMDDIR ?= $(PREFIX)/lib
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
BPFTOOL ?= $(shell scripts/find-bpftool)
PKG_CONFIG ?= pkg-config
WERROR ?= -Werror
VERSION := 0.1.0

WARN := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE -fno-common
FUZZ_CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
# Whose branches guide the fuzzers: all but the hash, which has none and is a tenth of their time.
FUZZ_WATCH = $(if $(filter %/base/hash.o,$@),,-fsanitize=fuzzer-no-link)
# Under sanitizers gcc loses track of lengths: what it says of truncation there is said falsely; the plain build still checks.
SANITIZE := -Wno-unknown-warning-option -Wno-format-truncation -Wno-maybe-uninitialized -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS ?= -O2 -g
CPPFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE -DPEERGATE_VERSION='"$(VERSION)"' -Iinclude -Iuser/base -I$(BUILD) $(CPPFLAGS)
CFLAGS_ALL = $(CFLAGS) $(WARN) $(HARDEN)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-enum-conversion -Wno-unused-function \
	-Iinclude -I/usr/include/$(shell gcc -print-multiarch)

# What each part may include and link; tests/lint/arrows checks the same.
LIBS_base := $(shell $(PKG_CONFIG) --libs jansson) -lm
LIBS_daemon := $(shell $(PKG_CONFIG) --libs libbpf libuv jansson libcap libseccomp sqlite3) -linih -lm
LIBS_cli := $(shell $(PKG_CONFIG) --libs libuv jansson ncursesw libcurl libsystemd) -lm
INC_core := -Iuser/core
INC_daemon := -Iuser/core -Iuser/daemon
INC_lib := -Iuser/lib
INC_adapters := -Iuser/lib -Iuser/adapters
INC_cli := -Iuser/lib -Iuser/adapters -Iuser/cli

PARTS := base core daemon lib adapters cli
sources_of = $(wildcard user/$(1)/*.c)
objects_of = $(patsubst %.c,$(2)/%.o,$(call sources_of,$(1)))

all: $(BUILD)/peergated $(BUILD)/peergate $(BUILD)/libpeergate.a

define PART
$$(BUILD)/user/$(1)/%.o: user/$(1)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(INC_$(1)) $$(CFLAGS_ALL) -MMD -MP -c -o $$@ $$<

$$(BUILD)/asan/user/$(1)/%.o: user/$(1)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS_ALL) $$(INC_$(1)) -O1 -g $$(WARN) $$(SANITIZE) -MMD -MP -c -o $$@ $$<

$$(BUILD)/fuzz/user/$(1)/%.o: user/$(1)/%.c
	@mkdir -p $$(@D)
	$$(CLANG) $$(CPPFLAGS_ALL) $$(INC_$(1)) $$(FUZZ_CFLAGS) $$(FUZZ_WATCH) -MMD -MP -c -o $$@ $$<

$$(BUILD)/lib$(1).a: $$(call objects_of,$(1),$$(BUILD))
	@mkdir -p $$(@D); rm -f $$@
	$$(if $$^,$$(AR) rcs $$@ $$^,echo '!<arch>' > $$@)

$$(BUILD)/asan/lib$(1).a: $$(filter-out %/main.o,$$(call objects_of,$(1),$$(BUILD)/asan))
	@mkdir -p $$(@D); rm -f $$@
	$$(if $$^,$$(AR) rcs $$@ $$^,echo '!<arch>' > $$@)

$$(BUILD)/fuzz/lib$(1).a: $$(filter-out %/main.o,$$(call objects_of,$(1),$$(BUILD)/fuzz))
	@mkdir -p $$(@D); rm -f $$@
	$$(if $$^,$$(AR) rcs $$@ $$^,echo '!<arch>' > $$@)
endef
$(foreach part,$(PARTS),$(eval $(call PART,$(part))))

# The public library: one object that shows what its headers promise and hides the rest, so that no name clashes.
PUBLIC_OBJECTS = $(call objects_of,lib,$(BUILD)) $(patsubst %,$(BUILD)/user/base/%.o,addr why words)
PUBLIC_NAMES := peergate_* addr_* prefix_* endpoint_* source_* why_* *_word *_of
$(BUILD)/libpeergate.a: $(PUBLIC_OBJECTS)
	@rm -f $@
	$(CC) -r -nostdlib -o $(BUILD)/libpeergate.o $^
	objcopy -w $(PUBLIC_NAMES:%=-G '%') $(BUILD)/libpeergate.o
	$(AR) rcs $@ $(BUILD)/libpeergate.o

# The gate: each .bpf.c is one door; the static linker makes one object of them, and that one skeleton.
# The maps come first: the linker of libbpf 1.1 gets the offsets of maps wrong that are named before they are defined.
BPF_SOURCES := bpf/maps.bpf.c $(filter-out bpf/maps.bpf.c,$(wildcard bpf/*.bpf.c))
$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gate.bpf.o: $(patsubst %.c,$(BUILD)/%.o,$(BPF_SOURCES))
	$(BPFTOOL) gen object $@ $^

$(BUILD)/gate.skel.h: $(BUILD)/gate.bpf.o
	$(BPFTOOL) gen skeleton $< name gate_bpf > $@.tmp
	mv $@.tmp $@

$(foreach kind,$(BUILD) $(BUILD)/asan $(BUILD)/fuzz,$(call objects_of,daemon,$(kind))): | $(BUILD)/gate.skel.h

# The clients' tables as C strings.
CLIENT_TABLES := $(sort $(wildcard user/adapters/clients/*.conf))
$(BUILD)/clients.inc: $(CLIENT_TABLES)
	@mkdir -p $(@D)
	for table in $^; do \
		name=$${table##*/}; echo "{\"$${name%.conf}\","; \
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $$table; echo '},'; \
	done > $@.tmp
	mv $@.tmp $@

$(foreach kind,$(BUILD) $(BUILD)/asan $(BUILD)/fuzz,$(kind)/user/adapters/client_tables.o): $(BUILD)/clients.inc

$(BUILD)/peergated: $(call objects_of,daemon,$(BUILD)) $(BUILD)/libcore.a $(BUILD)/libbase.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_daemon)

$(BUILD)/peergate: $(call objects_of,cli,$(BUILD)) $(BUILD)/libadapters.a $(BUILD)/liblib.a $(BUILD)/libbase.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_cli)

# Unit tests: tests/unit/test_NAME.c, one program each, against the sanitized parts without their main().
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
TEST_INC := $(sort $(INC_core) $(INC_daemon) $(INC_cli)) -Ibpf
TEST_LIBS := $(LIBS_daemon) $(LIBS_cli) $(LIBS_base)
libraries_of = $(patsubst %,$(BUILD)/$(1)/lib%.a,cli adapters lib daemon core base)
group = -Wl,--start-group $(1) -Wl,--end-group

$(BUILD)/tests/test_%: tests/unit/test_%.c $(call libraries_of,asan)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(TEST_INC) -Itests/unit -O1 -g $(WARN) $(SANITIZE) -MMD -MP -MF $@.d -o $@ $< \
		$(call group,$(call libraries_of,asan)) $(TEST_LIBS) -lcmocka

# Law 11's second build: the same program without sanitizers; the first compares what both decide.
$(BUILD)/tests/test_law_11: $(BUILD)/tests/plain/law_11
$(BUILD)/tests/plain/law_11: tests/unit/test_law_11.c $(BUILD)/libcore.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_core) -Itests/unit $(CFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $(filter-out %.h,$^) $(LIBS_base) -lcmocka

# Replays: scripts of tests/replay/ played against the policy alone; one program plays them all.
REPLAY_OBJECTS := $(patsubst tests/%.c,$(BUILD)/asan/tests/%.o,$(wildcard tests/replay/*.c))
$(BUILD)/asan/tests/replay/%.o: tests/replay/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_core) -Itests/unit -O1 -g $(WARN) $(SANITIZE) -MMD -MP -c -o $@ $<

TESTS += $(BUILD)/tests/test_replay
$(BUILD)/tests/test_replay: $(REPLAY_OBJECTS) $(BUILD)/asan/libcore.a $(BUILD)/asan/libbase.a
	@mkdir -p $(@D)
	$(CC) $(SANITIZE) -o $@ $^ $(LIBS_base)

# Packet tests: tests/packet/test_NAME.c, over BPF_PROG_TEST_RUN; each wants the skeleton.
PACKET_TESTS := $(patsubst tests/packet/%.c,$(BUILD)/tests/packet/%,$(wildcard tests/packet/test_*.c))
$(BUILD)/tests/packet/test_%: tests/packet/test_%.c $(wildcard tests/packet/*.[ch]) $(BUILD)/gate.skel.h $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Ibpf -Itests/packet $(CFLAGS_ALL) -MMD -MP -MF $@.d -o $@ \
		$(filter-out tests/packet/test_%,$(wildcard tests/packet/*.c)) $< $(BUILD)/libbase.a $(LIBS_daemon) -lcmocka

# Fuzzers: tests/fuzz/fuzz_NAME.c for libFuzzer, against the parts built by clang. Absent runtime: not built, tests/fuzz/smoke says so.
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
$(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(call libraries_of,fuzz)
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS_ALL) $(TEST_INC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $< \
		$(call group,$(call libraries_of,fuzz)) $(TEST_LIBS)

$(BUILD)/fuzz/tests/replay/%.o: tests/replay/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS_ALL) $(INC_core) -Itests/unit $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/fuzz_replay: tests/fuzz/fuzz_replay.c \
		$(patsubst tests/%.c,$(BUILD)/fuzz/tests/%.o,$(filter-out %/replay.c,$(wildcard tests/replay/*.c))) \
		$(BUILD)/fuzz/libcore.a $(BUILD)/fuzz/libbase.a
	$(CLANG) $(CPPFLAGS_ALL) $(INC_core) -Itests/unit -Itests/replay $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $(filter-out %.h,$^) $(LIBS_base)

unit: $(TESTS)
packet: $(PACKET_TESTS)
fuzz: $(FUZZERS)

# Ten million forged lines, about ten minutes of two cores; what is found on the way is kept in $(BUILD)/fuzz/kept.
fuzz-nightly: fuzz
	BUILD=$(BUILD) tests/fuzz/nightly

# What needs no privilege; scripts/check runs everything.
check: all unit fuzz
	BUILD=$(BUILD) LAW_SEEDS=$${LAW_SEEDS:-2000} scripts/prove tests/lint/* tests/install/* $(TESTS) tests/fuzz/smoke

# What the policy alone costs; tests/bench/run runs it with the rest.
$(BUILD)/bench/core_bench: tests/bench/core_bench.c $(BUILD)/libcore.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_core) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $^ $(LIBS_base)

# The simulation: a network of nodes that each hold the very policy; docs/SIMULATION.md.
$(BUILD)/sim/sim: $(wildcard tests/sim/*.c) $(BUILD)/libcore.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_core) -Ibpf -Itests/sim $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter-out %.h,$^) $(LIBS_base)

$(BUILD)/sim/sim: $(wildcard tests/sim/*.h user/core/*.h bpf/*.h)

# The whole set, and its tables and plots in docs/; the quick one, which scripts/check runs, with its verdict.
sim: $(BUILD)/sim/sim
	BUILD=$(BUILD) tests/sim/run full
	tests/sim/report $(BUILD)/sim/full

sim-quick: $(BUILD)/sim/sim
	BUILD=$(BUILD) scripts/prove tests/sim/quick.t

# Benchmarks that speak BPF: tests/bench/NAME.c beside the generator of random sources, each with the gate's own object.
$(BUILD)/bench/%.bpf.o: tests/bench/%.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bench/%.skel.h: $(BUILD)/bench/%.bpf.o
	$(BPFTOOL) gen skeleton $< name $*_bpf > $@.tmp
	mv $@.tmp $@

BPF_BENCHES := $(patsubst %,$(BUILD)/bench/%,refusal flood dial)
$(BPF_BENCHES): $(BUILD)/bench/%: tests/bench/%.c tests/packet/builder.c $(BUILD)/bench/generator.skel.h $(BUILD)/gate.skel.h $(BUILD)/libbase.a
	$(CC) $(CPPFLAGS_ALL) -Ibpf -Itests/packet $(CFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $(filter %.c,$^) $(BUILD)/libbase.a \
		$(LIBS_daemon)

# How fast a log becomes reports.
$(BUILD)/bench/follow_bench: tests/bench/follow_bench.c $(BUILD)/libadapters.a $(BUILD)/liblib.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_adapters) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $(filter-out %.h,$^) $(LIBS_cli)

# The census under load: the gate's own part of the daemon without its main().
$(BUILD)/bench/census_bench: tests/bench/census_bench.c $(filter-out %/main.o,$(call objects_of,daemon,$(BUILD))) $(BUILD)/libcore.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_daemon) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $^ $(LIBS_daemon) -lpthread

# A store with as many bans as one likes.
$(BUILD)/bench/restore_bench: tests/bench/restore_bench.c $(filter-out %/main.o,$(call objects_of,daemon,$(BUILD))) $(BUILD)/libcore.a $(BUILD)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(INC_daemon) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $^ $(LIBS_daemon) -lpthread

# Clients of a live daemon; tests/bench/wire runs them.
WIRE_BENCHES := $(patsubst %,$(BUILD)/bench/%,wire_bench ask_bench report_to_refusal line_bench kill_bench)
$(WIRE_BENCHES): $(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -MF $@.d -o $@ $< $(shell $(PKG_CONFIG) --libs libbpf)

bench: all $(WIRE_BENCHES) $(BUILD)/bench/census_bench $(BUILD)/bench/restore_bench $(BUILD)/bench/core_bench $(BUILD)/bench/follow_bench $(BPF_BENCHES)
	BUILD=$(BUILD) tests/bench/run

# The templates are filled with the final places, without DESTDIR. A configuration that is there already is kept.
PUT = install -D -m
IN = $(DESTDIR)$(PREFIX)
FILL = sed -e 's|@PREFIX@|$(PREFIX)|g' -e 's|@SBINDIR@|$(PREFIX)/sbin|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' -e 's|@VERSION@|$(VERSION)|g'
EXAMPLE := docs/peergate.conf.example

install: all
	$(PUT) 755 $(BUILD)/peergated $(IN)/sbin/peergated
	$(PUT) 755 $(BUILD)/peergate $(IN)/bin/peergate
	$(PUT) 644 $(BUILD)/libpeergate.a $(IN)/lib/libpeergate.a
	for header in include/peergate/*.h; do $(PUT) 644 $$header $(IN)/include/peergate/$${header##*/} || exit; done
	for page in docs/*.[18]; do $(PUT) 644 $$page $(IN)/share/man/man$${page##*.}/$${page##*/} || exit; done
	for table in $(CLIENT_TABLES); do $(PUT) 644 $$table $(IN)/share/peergate/clients/$${table##*/} || exit; done
	$(PUT) 644 scripts/peergate.bash $(IN)/share/bash-completion/completions/peergate
	$(PUT) 644 LICENSE $(IN)/share/doc/peergate/LICENSE
	for text in README.md docs/*.md; do [ ! -f $$text ] || $(PUT) 644 $$text $(IN)/share/doc/peergate/$${text##*/} || exit; done
	$(PUT) 644 $(EXAMPLE) $(IN)/share/doc/peergate/peergate.conf.example
	[ -e $(DESTDIR)$(SYSCONFDIR)/peergate/peergate.conf ] || $(PUT) 644 $(EXAMPLE) $(DESTDIR)$(SYSCONFDIR)/peergate/peergate.conf
	$(PUT) 644 scripts/system/sysusers.conf $(DESTDIR)$(SYSTEMDDIR)/sysusers.d/peergate.conf
	$(PUT) 644 scripts/system/tmpfiles.conf $(DESTDIR)$(SYSTEMDDIR)/tmpfiles.d/peergate.conf
	install -d $(IN)/lib/pkgconfig $(DESTDIR)$(SYSTEMDDIR)/systemd/system
	$(FILL) user/lib/peergate.pc.in > $(IN)/lib/pkgconfig/peergate.pc
	for unit in peergated peergate-follow@; do \
		$(FILL) scripts/system/$$unit.service.in > $(DESTDIR)$(SYSTEMDDIR)/systemd/system/$$unit.service || exit; \
	done

# Real libp2p peers, for the demonstration and the namespace tests: a Go module of its own.
PEERS := $(BUILD)/peers/peers
$(PEERS): $(wildcard tests/peers/*.go) tests/peers/go.mod tests/peers/go.sum
	@mkdir -p $(@D)
	cd tests/peers && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(abspath $@) .

peers: $(PEERS)

# One more, of Rust's libp2p, whose QUIC is quinn. Its crates take two minutes, once.
PEERS_RUST := $(BUILD)/peers-rust/release/peers-rust
$(PEERS_RUST): tests/peers-rust/src/main.rs tests/peers-rust/Cargo.toml tests/peers-rust/Cargo.lock
	cargo build --quiet --release --locked --manifest-path tests/peers-rust/Cargo.toml --target-dir $(abspath $(BUILD))/peers-rust
	@touch $@

peers-rust: $(PEERS_RUST)

clean:
	rm -rf $(BUILD)

.PHONY: all unit peers peers-rust packet fuzz fuzz-nightly check sim sim-quick bench install clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

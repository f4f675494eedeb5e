# SPDX-License-Identifier: BSD-2-Clause
# Plain make. Every .c below a folder of user/ belongs to that folder's library or program; objects lie in $(BUILD).
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config
VERSION := 0.1.0

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE -fno-common
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS ?= -O2 -g
CPPFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE -DPEERGATE_VERSION='"$(VERSION)"' -Iinclude -Iuser/base -I$(BUILD) $(CPPFLAGS)
CFLAGS_ALL = $(CFLAGS) $(WARN) $(HARDEN)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-enum-conversion -Wno-unused-function \
	-Iinclude -I/usr/include/$(shell $(CC) -print-multiarch)

# What each part may include and link; scripts/arrows checks the same.
LIBS_base := $(shell $(PKG_CONFIG) --libs jansson)
LIBS_daemon := $(shell $(PKG_CONFIG) --libs libbpf libuv jansson libcap libseccomp) -linih
LIBS_cli := $(shell $(PKG_CONFIG) --libs libuv jansson ncursesw)
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

$$(BUILD)/lib$(1).a: $$(call objects_of,$(1),$$(BUILD))
	@mkdir -p $$(@D); rm -f $$@
	$$(if $$^,$$(AR) rcs $$@ $$^,echo '!<arch>' > $$@)

$$(BUILD)/asan/lib$(1).a: $$(call objects_of,$(1),$$(BUILD)/asan)
	@mkdir -p $$(@D); rm -f $$@
	$$(if $$^,$$(AR) rcs $$@ $$^,echo '!<arch>' > $$@)
endef
$(foreach part,base core lib adapters,$(eval $(call PART,$(part))))
$(foreach part,daemon cli,$(eval $(call PART,$(part))))

# The public library holds what its headers promise: the client and the base it stands on.
$(BUILD)/libpeergate.a: $(call objects_of,lib,$(BUILD)) $(call objects_of,base,$(BUILD))
	@rm -f $@
	$(AR) rcs $@ $^

# The gate: each .bpf.c is one door; the static linker makes one object of them, and that one skeleton.
BPF_SOURCES := $(wildcard bpf/*.bpf.c)
$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/gate.bpf.o: $(patsubst %.c,$(BUILD)/%.o,$(BPF_SOURCES))
	$(BPFTOOL) gen object $@ $^

$(BUILD)/gate.skel.h: $(BUILD)/gate.bpf.o
	$(BPFTOOL) gen skeleton $< name gate_bpf > $@.tmp
	mv $@.tmp $@

$(call objects_of,daemon,$(BUILD)) $(call objects_of,daemon,$(BUILD)/asan): | $(BUILD)/gate.skel.h

$(BUILD)/peergated: $(call objects_of,daemon,$(BUILD)) $(BUILD)/libcore.a $(BUILD)/libbase.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_daemon)

$(BUILD)/peergate: $(call objects_of,cli,$(BUILD)) $(BUILD)/libadapters.a $(BUILD)/liblib.a $(BUILD)/libbase.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_cli)

# Unit tests: tests/unit/test_NAME.c, one program each, against the sanitized libraries and all of the daemon but main.
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
UNIT_LIBS := $(BUILD)/asan/libadapters.a $(BUILD)/asan/liblib.a $(BUILD)/asan/libcore.a $(BUILD)/asan/libbase.a
$(BUILD)/tests/test_%: tests/unit/test_%.c $(UNIT_LIBS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Iuser/core -Iuser/lib -Iuser/adapters -Iuser/daemon -Ibpf -Itests/unit -O1 -g $(WARN) $(SANITIZE) \
		-MMD -MP -MF $@.d -o $@ $< $(UNIT_LIBS) $(UNIT_LIBS) $(LIBS_cli) $(LIBS_base) -lcmocka

unit: $(TESTS)

clean:
	rm -rf $(BUILD)

.PHONY: all unit check bench install clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

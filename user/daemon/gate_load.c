/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "gate.skel.h"
#include "gate_build.h"
#include "gate_maps.h"
#include "gate_variants.h"

enum { KERNEL_MAJOR = 5, KERNEL_MINOR = 15 /* the oldest one that is tried */ };
enum { LOG_SIZE = 64 * 1024, LOADED_MAPS_MAX = 32 };

/* Newer than the headers of Debian 12: linux/bpf.h of 5.18 and of 6.6. */
enum { XDP_HAS_FRAGS = 1U << 5, TCX_INGRESS = 46 };

static int check_kernel(struct why *why)
{
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return 0; /* then the load itself tells */
	if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR))
		return 0;
	return why_fill(why, -ENOSYS, "kernel %s is too old for the gate: it needs %d.%d or later",
			name.release, KERNEL_MAJOR, KERNEL_MINOR);
}

/* Loads a program that only passes; 0 or a negative errno. */
static int try_xdp(uint32_t flags)
{
	const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	DECLARE_LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = flags);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "probe", "GPL", pass, 2, &options);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static bool try_tcx(void)
{
	uint32_t count = 0;
	const int loopback = 1;

	return !bpf_prog_query(loopback, (enum bpf_attach_type)TCX_INGRESS, 0, NULL, NULL, &count);
}

int gate_probe(struct gate *self, struct why *why)
{
	int error = check_kernel(why);

	if (error)
		return error;
	error = try_xdp(0);
	if (error == -EPERM)
		return why_fill(why, error,
				"the kernel refuses to load programs: start as root, or with "
				"CAP_BPF, CAP_PERFMON, "
				"CAP_NET_ADMIN and CAP_SYS_ADMIN (given up again after the start)");
	if (error)
		return why_fill(why, error,
				"the kernel loads no XDP program (CONFIG_BPF_SYSCALL): %s",
				strerror(-error));
	self->has_frags = !try_xdp(XDP_HAS_FRAGS);
	self->has_tcx = try_tcx();
	return 0;
}

static int say_why_not(int error, char *log, struct why *why)
{
	const char *reason = log_reason(log);

	if (error == -EPERM)
		return why_fill(why, error,
				"the kernel refuses the gate's programs: CAP_BPF, CAP_PERFMON and "
				"CAP_NET_ADMIN are "
				"needed at start");
	if (access("/sys/kernel/btf/vmlinux", R_OK) && (error == -ESRCH || error == -ENOENT))
		return why_fill(why, error,
				"this kernel carries no BTF: it needs CONFIG_DEBUG_INFO_BTF");
	if (error == -ENOMEM)
		return why_fill(why, error,
				"no memory for the gate's maps: make the size of sources smaller");
	return why_fill(why, error, "the kernel refuses the gate's programs: %s%s%s",
			strerror(-error), reason[0] ? ": " : "", reason);
}

int program_identify(struct gate_program *self)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(self->fd, &info, &size))
		return -errno;
	self->id = info.id;
	/* As bpftool prints it: the bytes in order. */
	self->tag = 0;
	for (int i = 0; i < BPF_TAG_SIZE; i++)
		self->tag = self->tag << 8 | info.tag[i];
	return 0;
}

static int stay_quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

void gate_hush(void)
{
	libbpf_set_print(stay_quiet);
}

/* *ret_refused: it was the kernel that did not take it, maybe for an optional program. */
static int load(struct gate *self, struct gate_bpf *skeleton, char *log, bool *ret_refused,
		struct why *why)
{
	int error;

	variants_weigh(self, skeleton->obj);
	error = gate_bpf__load(skeleton);
	*ret_refused = error && error != -ENOMEM;
	if (error)
		return say_why_not(error, log, why);
	return variants_take(self, skeleton->obj, why);
}

static bool take_pinned(struct gate *self, const int pinned[MAPS], const bool adopted[MAPS])
{
	size_t size = 0;
	const void *object = gate_bpf__elf_bytes(&size);

	self->build = build_of(object, size);
	for (int i = 0; i < MAPS; i++)
		if (!adopted[i])
			return false;
	return build_take(self, self->build, pinned);
}

static int attempt(struct gate *self, const struct gate_settings *settings, const int pinned[MAPS],
		   bool ret_adopted[MAPS], bool *ret_refused, struct why *why)
{
	char *log = calloc(1, LOG_SIZE);
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, options, .kernel_log_buf = log,
			    .kernel_log_size = log ? LOG_SIZE : 0);
	struct gate_bpf *skeleton;
	int error;

	skeleton = log ? gate_bpf__open_opts(&options) : NULL;
	if (!skeleton) {
		free(log);
		return why_fill(why, -ENOMEM, "no memory to open the gate's programs");
	}
	error = variants_choose(self, skeleton->obj, why);
	if (!error)
		error = maps_size(skeleton->obj, settings, why);
	if (!error)
		error = maps_adopt(skeleton->obj, pinned, ret_adopted, why);
	if (!error && !take_pinned(self, pinned, ret_adopted))
		error = load(self, skeleton, log, ret_refused, why);
	if (!error)
		error = maps_take(skeleton->obj, self->maps);
	for (int i = 0; !error && i < MAPS; i++)
		self->max[i] = bpf_map__max_entries(
			bpf_object__find_map_by_name(skeleton->obj, map_name((enum map)i)));
	gate_bpf__destroy(skeleton);
	free(log);
	return error;
}

int gate_load(struct gate *self, const struct gate_settings *settings, const int pinned[MAPS],
	      bool ret_adopted[MAPS], struct why *why)
{
	bool refused = false;
	int error = attempt(self, settings, pinned, ret_adopted, &refused, why);

	/* The programs are all tried together first, since most kernels take them all and the verifier is slow. */
	if (refused && variants_try(self)) {
		*why = (struct why){0};
		error = attempt(self, settings, pinned, ret_adopted, &refused, why);
	}
	return error;
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) ? info.id : 0;
}

/* The constants of the object that a program is of, which libbpf keeps in a map of that object's own. */
static bool holds_constants(uint32_t map)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_map_get_fd_by_id(map);
	bool holds = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) &&
		     strstr(info.name, ".rodata");

	if (fd >= 0)
		close(fd);
	return holds;
}

bool program_keeps_to(int program, const int maps[MAPS])
{
	uint32_t ids[LOADED_MAPS_MAX] = {0};
	struct bpf_prog_info info = {.nr_map_ids = LOADED_MAPS_MAX,
				     .map_ids = (uint64_t)(uintptr_t)ids};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(program, &info, &size) || info.nr_map_ids > LOADED_MAPS_MAX)
		return false;
	for (uint32_t i = 0; i < info.nr_map_ids; i++) {
		int map = 0;

		while (map < MAPS && map_id(maps[map]) != ids[i])
			map++;
		if (map == MAPS && !holds_constants(ids[i]))
			return false;
	}
	return true;
}

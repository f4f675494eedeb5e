/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_variants.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate.skel.h"
#include "gate_load.h"

enum { LOG_SIZE = 64 * 1024 };

static const char *const names[VARIANTS] = {
	[VARIANT_XDP] = "gate_xdp",
	[VARIANT_TC] = "gate_tc",
	[VARIANT_TC_BARE] = "gate_tc_bare",
	[VARIANT_EGRESS] = "gate_egress",
	[VARIANT_EGRESS_BARE] = "gate_egress_bare",
	[VARIANT_SOCK_OPS] = "gate_sockops",
	[VARIANT_CONNECT4] = "gate_connect4",
	[VARIANT_CONNECT6] = "gate_connect6",
	[VARIANT_SENDMSG4] = "gate_sendmsg4",
	[VARIANT_SENDMSG6] = "gate_sendmsg6",
	[VARIANT_CENSUS] = "gate_census",
	[VARIANT_FLOWS] = "gate_flows",
	[VARIANT_SETTLE] = "gate_settle",
	[VARIANT_SETTLE_CROWDS] = "gate_settle_crowds",
	[VARIANT_KILL] = "gate_kill",
};

/* Without frags in the kernel the plain variant takes the place of the other, name of the pin included. */
static void choose_xdp(struct gate *self, struct bpf_object *object)
{
	struct bpf_program *frags = bpf_object__find_program_by_name(object, "gate_xdp");
	struct bpf_program *plain = bpf_object__find_program_by_name(object, "gate_xdp_plain");

	if (!self->has_frags)
		self->programs[VARIANT_XDP].pin = "gate_xdp_plain";
	bpf_program__set_autoload(frags, self->has_frags);
	bpf_program__set_autoload(plain, !self->has_frags);
}

int variants_choose(struct gate *self, struct bpf_object *object, struct why *why)
{
	for (int i = 0; i < VARIANTS; i++) {
		struct gate_program *program = &self->programs[i];
		struct bpf_program *built = bpf_object__find_program_by_name(object, names[i]);

		program->pin = names[i];
		if (!built)
			return why_fill(why, -ENOENT, "this build's gate has no program called %s",
					names[i]);
		bpf_program__set_autoload(built, !program->note[0]);
	}
	choose_xdp(self, object);
	return 0;
}

static bool kernel_has(const char *function)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has;
}

void variants_weigh(struct gate *self, struct bpf_object *object)
{
	struct gate_program *kill = &self->programs[VARIANT_KILL];

	if (kill->note[0] || kernel_has("bpf_sock_destroy"))
		return;
	snprintf(kill->note, sizeof(kill->note),
		 "this kernel has no bpf_sock_destroy (6.5 has): TCP is closed by SOCK_DESTROY, "
		 "where CAP_NET_ADMIN is kept");
	bpf_program__set_autoload(bpf_object__find_program_by_name(object, kill->pin), false);
}

int variants_take(struct gate *self, struct bpf_object *object, struct why *why)
{
	for (int i = 0; i < VARIANTS; i++) {
		struct gate_program *program = &self->programs[i];
		struct bpf_program *loaded;

		if (program->note[0])
			continue;
		loaded = bpf_object__find_program_by_name(object, program->pin);
		program->fd = fcntl(bpf_program__fd(loaded), F_DUPFD_CLOEXEC, 0);
		if (program->fd < 0)
			return why_fill(why, -errno, "%s: %s", program->pin, strerror(errno));
		if (program_identify(program))
			return why_fill(why, -errno, "%s: cannot read its tag: %s", program->pin,
					strerror(errno));
	}
	return 0;
}

/* The verifier ends with figures of its work; the reason stands before them. */
static bool is_figures(const char *line)
{
	return !strncmp(line, "processed ", 10) || !strncmp(line, "verification time ", 18) ||
	       !strncmp(line, "stack depth ", 12);
}

const char *log_reason(char *log)
{
	char *line;

	for (;;) {
		size_t length = strlen(log);

		while (length && log[length - 1] == '\n')
			log[--length] = '\0';
		line = strrchr(log, '\n');
		line = line ? line + 1 : log;
		if (!is_figures(line) || line == log)
			return is_figures(line) ? "" : line;
		line[-1] = '\0';
	}
}

/* One entry each, or what the kind of map asks for. */
static void shrink(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map (map, object) {
		enum bpf_map_type type = bpf_map__type(map);

		if (type == BPF_MAP_TYPE_RINGBUF)
			bpf_map__set_max_entries(map, (uint32_t)sysconf(_SC_PAGESIZE));
		else if (type != BPF_MAP_TYPE_SK_STORAGE && !bpf_map__is_internal(map))
			bpf_map__set_max_entries(map, 1);
	}
}

static void note_refusal(struct gate_program *program, int error, char *log)
{
	const char *reason = log_reason(log);

	if (!reason[0] && error == -ESRCH)
		reason = "no such thing in its BTF";
	snprintf(program->note, sizeof(program->note), "this kernel refuses %s: %s%s%.300s",
		 program->pin, strerror(-error), reason[0] ? ": " : "", reason);
}

/* Loads @program and nothing else; 0 or the kernel's answer. */
static int load_alone(struct gate_program *program, char *log)
{
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, options, .kernel_log_buf = log,
			    .kernel_log_size = LOG_SIZE);
	struct gate_bpf *skeleton = gate_bpf__open_opts(&options);
	struct bpf_program *one;
	int error;

	if (!skeleton)
		return -ENOMEM;
	bpf_object__for_each_program (one, skeleton->obj)
		bpf_program__set_autoload(one, !strcmp(bpf_program__name(one), program->pin));
	shrink(skeleton->obj);
	error = gate_bpf__load(skeleton);
	gate_bpf__destroy(skeleton);
	return error;
}

unsigned int variants_try(struct gate *self)
{
	char *log = malloc(LOG_SIZE);
	unsigned int refused = 0;

	for (int i = VARIANTS_NEEDED; log && i < VARIANTS; i++) {
		struct gate_program *program = &self->programs[i];
		int error;

		if (program->note[0])
			continue;
		memset(log, 0, LOG_SIZE);
		error = load_alone(program, log);
		if (error)
			note_refusal(program, error, log);
		refused += error != 0;
	}
	free(log);
	return refused;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_build.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "gate_load.h"
#include "hash.h"

static const char pin[] = "build";

uint64_t build_of(const void *object, size_t size)
{
	const struct hash_key key = hash_key_from(PEERGATE_ABI);
	uint64_t build = hash_bytes(&key, object, size);

	return build ? build : 1;
}

/* 0 when nothing is noted. */
static uint64_t noted(const struct pins *pins)
{
	int fd = pins_get(pins, pin);
	uint32_t zero = 0, size;
	struct bpf_map_info info = {0};
	uint64_t build = 0;

	if (fd < 0)
		return 0;
	size = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.value_size != sizeof(build) ||
	    bpf_map_lookup_elem(fd, &zero, &build))
		build = 0;
	close(fd);
	return build;
}

static void let_go(struct gate_program programs[VARIANTS])
{
	for (int i = 0; i < VARIANTS; i++)
		if (programs[i].fd >= 0)
			close(programs[i].fd);
}

bool build_take(struct gate *self, uint64_t build, const int maps[MAPS])
{
	struct gate_program held[VARIANTS];
	bool ours = noted(&self->pins) == build;

	for (int i = 0; i < VARIANTS; i++) {
		held[i] = (struct gate_program){.pin = self->programs[i].pin, .fd = -1};
		if (ours)
			held[i].fd = pins_get(&self->pins, held[i].pin);
		ours = ours && held[i].fd >= 0 && !program_identify(&held[i]) &&
		       program_keeps_to(held[i].fd, maps);
	}
	if (!ours) {
		let_go(held);
		return false;
	}
	for (int i = 0; i < VARIANTS; i++)
		self->programs[i] = held[i];
	return true;
}

void build_forget(const struct pins *pins)
{
	(void)pins_remove(pins, pin);
}

int build_note(const struct gate *self, const struct pins *pins)
{
	uint32_t zero = 0;
	int error = 0;
	int fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, pin, sizeof(zero), sizeof(self->build), 1, NULL);

	if (fd < 0)
		return -errno;
	if (bpf_map_update_elem(fd, &zero, &self->build, BPF_ANY))
		error = -errno;
	if (!error)
		error = pins_put(pins, pin, fd);
	close(fd);
	return error;
}

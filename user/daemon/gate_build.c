/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_build.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
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

/* What is noted: whose programs are pinned, and which of them are not there, for which reason. */
struct note {
	uint64_t build;
	char refused[VARIANTS][WHY_MAX];
};

/* False: nothing is noted, or by a build that noted other things. */
static bool noted(const struct pins *pins, struct note *ret)
{
	int fd = pins_get(pins, pin);
	uint32_t zero = 0, size;
	struct bpf_map_info info = {0};
	bool read;

	if (fd < 0)
		return false;
	size = sizeof(info);
	read = !bpf_obj_get_info_by_fd(fd, &info, &size) && info.value_size == sizeof(*ret) &&
	       !bpf_map_lookup_elem(fd, &zero, ret);
	close(fd);
	return read;
}

static void let_go(struct gate_program programs[VARIANTS])
{
	for (int i = 0; i < VARIANTS; i++)
		if (programs[i].fd >= 0)
			close(programs[i].fd);
}

static bool take(const struct gate *self, const int maps[MAPS], struct gate_program *program)
{
	if (program->note[0])
		return true;
	program->fd = pins_get(&self->pins, program->pin);
	return program->fd >= 0 && !program_identify(program) &&
	       program_keeps_to(program->fd, maps);
}

bool build_take(struct gate *self, uint64_t build, const int maps[MAPS])
{
	struct gate_program held[VARIANTS];
	struct note note;
	bool ours = noted(&self->pins, &note) && note.build == build;

	for (int i = 0; i < VARIANTS; i++) {
		held[i] = (struct gate_program){.pin = self->programs[i].pin, .fd = -1};
		if (ours)
			memcpy(held[i].note, note.refused[i], sizeof(held[i].note));
		ours = ours && take(self, maps, &held[i]);
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
	struct note note = {.build = self->build};
	uint32_t zero = 0;
	int error = 0;
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, pin, sizeof(zero), sizeof(note), 1, NULL);

	if (fd < 0)
		return -errno;
	for (int i = 0; i < VARIANTS; i++)
		if (self->programs[i].fd < 0)
			memcpy(note.refused[i], self->programs[i].note, sizeof(note.refused[i]));
	if (bpf_map_update_elem(fd, &zero, &note, BPF_ANY))
		error = -errno;
	if (!error)
		error = pins_put(pins, pin, fd);
	close(fd);
	return error;
}

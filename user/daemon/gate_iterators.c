/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_iterators: links of the programs that walk sockets or a map; whoever holds one reads it without any privilege. */
#include "gate_iterators.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	enum variant variant;
	enum map map; /* MAPS: it walks sockets */
} table[ITERATORS] = {
	[ITERATOR_CENSUS] = {VARIANT_CENSUS, MAPS},
	[ITERATOR_FLOWS] = {VARIANT_FLOWS, MAP_FLOWS},
	[ITERATOR_SETTLE] = {VARIANT_SETTLE, MAP_WITNESS},
	[ITERATOR_SETTLE_CROWDS] = {VARIANT_SETTLE_CROWDS, MAP_CROWDS},
	[ITERATOR_KILL] = {VARIANT_KILL, MAPS},
};

static int create(const struct gate *self, enum iterator iterator)
{
	bool over_map = table[iterator].map != MAPS;
	union bpf_iter_link_info target = {0};
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, options);
	int fd;

	if (over_map) {
		target.map.map_fd = (uint32_t)self->maps[table[iterator].map];
		options.iter_info = &target;
		options.iter_info_len = sizeof(target);
	}
	fd = bpf_link_create(self->programs[table[iterator].variant].fd, 0, BPF_TRACE_ITER,
			     &options);
	return fd < 0 ? -errno : fd;
}

void iterators_open(struct gate *self)
{
	for (int i = 0; i < ITERATORS; i++) {
		struct gate_program *program = &self->programs[table[i].variant];

		if (program->fd < 0)
			continue;
		self->iterators[i] = create(self, (enum iterator)i);
		if (self->iterators[i] < 0)
			snprintf(program->note, sizeof(program->note),
				 "this kernel makes no iterator of %s: %s", program->pin,
				 strerror(-self->iterators[i]));
	}
}

void iterators_close(struct gate *self)
{
	for (int i = 0; i < ITERATORS; i++) {
		if (self->iterators[i] >= 0)
			close(self->iterators[i]);
		self->iterators[i] = -1;
	}
}

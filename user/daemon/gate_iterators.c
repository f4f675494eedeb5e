/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_iterators: links of the programs that walk sockets; whoever holds one reads it without any privilege. */
#include "gate_iterators.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const enum variant variants[ITERATORS] = {
	[ITERATOR_CENSUS] = VARIANT_CENSUS,
	[ITERATOR_KILL] = VARIANT_KILL,
};

void iterators_open(struct gate *self)
{
	for (int i = 0; i < ITERATORS; i++) {
		struct gate_program *program = &self->programs[variants[i]];

		if (program->fd < 0)
			continue;
		self->iterators[i] = bpf_link_create(program->fd, 0, BPF_TRACE_ITER, NULL);
		if (self->iterators[i] < 0)
			snprintf(program->note, sizeof(program->note),
				 "this kernel makes no iterator of %s: %s", program->pin,
				 strerror(errno));
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

/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialogue.h"

#include <string.h>

#include <bpf/bpf.h>
#include <peergate/source.h>

static struct shape shape_of(const struct dialogue *self, enum flight flight, const char *to,
			     const char *from)
{
	unsigned int type = self->version == QUIC_VERSION_2 ? (flight + 1) & 3 : flight;

	return (struct shape){
		.family = self->family,
		.transport = TRANSPORT_QUIC,
		.source = self->source,
		.source_port = self->source_port,
		.tags = self->tags,
		.token = self->token,
		.version = self->version,
		.payload = self->size		    ? self->size + 1
			   : flight == SHORT_HEADER ? 101
						    : 0,
		.quic = flight == SHORT_HEADER ? 0x41 : 0xc3 | type << 4,
		.to = to,
		.from = from,
	};
}

void they_say(const struct dialogue *self, const char *what, enum flight flight, const char *to,
	      const char *from, struct count count)
{
	struct shape shape = shape_of(self, flight, to, from);

	expect_on(self->rig, what, self->door, &shape, count);
}

bool they_reach(const struct dialogue *self, enum flight flight, const char *to, const char *from)
{
	struct shape shape = shape_of(self, flight, to, from);
	struct frame frame;

	shape.bare = self->door == DOOR_TC_BARE;
	frame_build(&frame, &shape);
	return rig_run(self->rig, self->door, &frame) == RIG_PASS;
}

bool we_say(const struct dialogue *self, enum flight flight, const char *to, const char *from)
{
	struct shape shape = shape_of(self, flight, to, from);
	struct frame frame;

	shape.out = 1;
	shape.bare = self->door == DOOR_TC_BARE;
	frame_build(&frame, &shape);
	return rig_leaves(self->rig, shape.bare, &frame);
}

struct witness their_witness(const struct dialogue *self)
{
	struct shape shape = shape_of(self, SHORT_HEADER, "", NULL);
	struct witness witness = {0};
	struct source_key key;
	struct frame frame;

	shape.bare = self->door == DOOR_TC_BARE;
	frame_build(&frame, &shape);
	source_normalise(frame.source);
	source_key_of(&key, frame.source);
	bpf_map_lookup_elem(bpf_map__fd(self->rig->gate->maps.witness), &key, &witness);
	return witness;
}

void each_dialogue(struct dialogue *self, void (*with)(const struct dialogue *self))
{
	for (self->door = DOOR_XDP; self->door <= DOOR_TC_BARE; self->door++)
		for (self->family = 0; self->family <= FAMILY_IPV6; self->family++)
			for (int way = 0; way < 4; way++) {
				void *state = self->rig;

				self->version = way & 1 ? QUIC_VERSION_2 : 0;
				self->tags = self->door == DOOR_TC_BARE ? 0 : way & 2;
				rig_clear(&state);
				rig_remembers(self->rig, true);
				with(self);
			}
}

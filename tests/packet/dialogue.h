/* SPDX-License-Identifier: BSD-2-Clause */
/* dialogue: packets of QUIC in both directions between us and one peer, through the front door and the way out. */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "expect.h"

enum flight { INITIAL, ZERO_RTT, HANDSHAKE, RETRY, SHORT_HEADER };

/* Where they speak; what a 0 means is as in struct shape. */
struct dialogue {
	struct rig *rig;
	enum rig_door door;
	enum family family;
	const char *source;
	uint32_t version;
	uint16_t source_port;
	uint8_t tags, token;
	uint16_t size; /* of the datagram */
};

#define QUIC_VERSION_2 0x6b3343cf

/* What they say must be counted so. @from is NULL for a short header. */
void they_say(const struct dialogue *self, const char *what, enum flight flight, const char *to,
	      const char *from, struct count count);

/* Whether they get through. */
bool they_reach(const struct dialogue *self, enum flight flight, const char *to, const char *from);

/* Whether what we say leaves. */
bool we_say(const struct dialogue *self, enum flight flight, const char *to, const char *from);

/* Their record in the witness, or one of zeros. */
struct witness their_witness(const struct dialogue *self);

/* Every door, family, version and a tag where the door takes one. @self->rig is given. */
void each_dialogue(struct dialogue *self, void (*with)(const struct dialogue *self));

#endif

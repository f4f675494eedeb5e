/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_build: the pin "build" says from which object the pinned programs were loaded. The same build takes them as they are:
 * the verifier needs a quarter of a second for each, which is most of a start.
 */
#ifndef GATE_BUILD_H
#define GATE_BUILD_H

#include "gate_state.h"

/* The build whose object these bytes are; never 0. */
uint64_t build_of(const void *object, size_t size);

/*
 * Whether the pinned programs are those of @build, and use no maps but @maps. Then they are taken into the gate; else the gate
 * stays as it was.
 */
bool build_take(struct gate *self, uint64_t build, const int maps[MAPS]);

/* From now on the pinned programs may be any build's, until it is noted whose they are. */
void build_forget(const struct pins *pins);

/* Notes below @pins that the programs there are the gate's build's. 0 or a negative errno. */
int build_note(const struct gate *self, const struct pins *pins);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_variants: which programs there are, and which of the optional ones this kernel takes. A kernel that takes none of those
 * still has the gate.
 */
#ifndef GATE_VARIANTS_H
#define GATE_VARIANTS_H

#include "gate_state.h"

struct bpf_object;

/* Gives each program its name, and lets the object load those that were not found out to be refused. -ENOENT: the object has no such program. */
int variants_choose(struct gate *self, struct bpf_object *object, struct why *why);

/* Leaves out what the kernel would load and which could do nothing there. */
void variants_weigh(struct gate *self, struct bpf_object *object);

/*
 * After a load that failed: loads each optional program alone, beside maps of a single entry, and notes the kernel's reason
 * against each that it refuses. Returns how many those are.
 */
unsigned int variants_try(struct gate *self);

/* Takes descriptors of our own of what the object has loaded. */
int variants_take(struct gate *self, struct bpf_object *object, struct why *why);

/* The line of the verifier's log that says why, cut out of @log; "" when there is none. */
const char *log_reason(char *log);

#endif

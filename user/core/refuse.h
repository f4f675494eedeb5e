/* SPDX-License-Identifier: BSD-2-Clause */
/* refuse: one refusal of the source that a hearing is about, unless somebody is trusted (law 2) or protected (law 5) there. */
#ifndef REFUSE_H
#define REFUSE_H

#include "judge.h"

/* A refusal from the hearing's moment on, for its reason; a ban for all services, a backoff for the one reported. */
struct ruling ruling_for(const struct hearing *hearing, enum standing standing, uint32_t seconds);

/* Writes it, unless it would be over already; merged with one that is live. */
void refuse(struct policy *self, const struct hearing *hearing, const struct ruling *ruling);

#endif

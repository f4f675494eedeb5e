/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offence: what follows from suspicion: points, failures in a row, backoffs. Laws 1, 4, 6, 13 and 16 meet here; ban.h has
 * proof, refuse.h keeps 2 and 5.
 */
#ifndef OFFENCE_H
#define OFFENCE_H

#include "judge.h"

void on_suspect(struct policy *self, struct hearing *hearing);
void on_churn(struct policy *self, struct hearing *hearing);

/* Takes points from the peer and, when @source, from its source. Returns what the source lost. */
unsigned int offence_debit(struct policy *self, const struct hearing *hearing,
			   struct source *source, unsigned int points);

/* A suspicion of so many points; @is_failure: a connection that never worked. */
void offence_suspect(struct policy *self, const struct hearing *hearing, unsigned int points,
		     bool is_failure);

/* Suspect: 10 minutes, then four times longer a level; who was good for an hour gets the first step only. */
void offence_back_off(struct policy *self, const struct hearing *hearing, struct source *source,
		      uint32_t max_s);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offence: what follows from evidence against somebody: points, backoffs, bans. Laws 1, 3, 4, 15 and 16 meet here; refuse.h
 * keeps 2 and 5.
 */
#ifndef OFFENCE_H
#define OFFENCE_H

#include "judge.h"

void on_suspect(struct policy *self, struct hearing *hearing);
void on_churn(struct policy *self, struct hearing *hearing);
void on_fork(struct policy *self, struct hearing *hearing);
void on_proof(struct policy *self, struct hearing *hearing);

#endif

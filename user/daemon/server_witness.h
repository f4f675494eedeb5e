/* SPDX-License-Identifier: BSD-2-Clause */
/* server_witness: the kernel's sightings on the loop: from the ring buffer through witness_churn to the policy. */
#ifndef SERVER_WITNESS_H
#define SERVER_WITNESS_H

struct server;

/* To be called once the engine is open, before the loop runs. */
void server_witness_open(struct server *self);

/* Something lies in the ring buffer. */
void server_witness_read(struct server *self);

/* Says in the log when nothing can bear a follower out. Once the doors are open, and after a reload. */
void server_witness_warn(const struct server *self);

/* Each turn of the loop. */
void server_witness_turn(struct server *self);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* mesh: see policy_mesh(); here for one peer's account. */
#ifndef MESH_H
#define MESH_H

#include "policy.h"

/* The peer's number in the order, from 1 on, and of how many; 0: it is not in it. */
uint32_t mesh_position(const struct policy *self, int service, uint32_t peer, uint64_t now_ns,
		       uint32_t *ret_of);

#endif

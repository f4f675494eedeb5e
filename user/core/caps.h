/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps: how many links one network (IPv4 /16, IPv6 /32) may hold of a contested service: two, and of the target its share of all
 * verified sources. An attacker with many addresses in one place gets that place's share; an honest hosting network gets its own.
 */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/addr.h>

struct policy;

/* UINT32_MAX: nobody is verified yet, so that there is nothing to share by. */
uint32_t network_cap(const struct policy *self, const struct prefix *source, uint32_t target);

/* Whether the network of @source holds all that it may of a service that wants @target. */
bool network_is_capped(const struct policy *self, const struct prefix *source, uint32_t target);

#endif

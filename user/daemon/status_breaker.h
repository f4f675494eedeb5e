/* SPDX-License-Identifier: BSD-2-Clause */
/* status_breaker: the state of law 6's breaker, as gate_status and gate_breaker tell it. */
#ifndef STATUS_BREAKER_H
#define STATUS_BREAKER_H

#include <jansson.h>

#include "policy.h"

/* {"open", "by", "since", "until", "opened", "voided", "why"}, a new reference; NULL without memory. */
json_t *status_breaker(const struct policy *policy);

/* A sentence into @sentences while it is open. */
/* What the policy doubts of the node itself: sentences. */
json_t *status_doubts(const struct policy *policy);

void status_breaker_warn(const struct policy *policy, json_t *sentences);

#endif

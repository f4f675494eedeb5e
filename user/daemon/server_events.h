/* SPDX-License-Identifier: BSD-2-Clause */
/* server_events: what happens, as JSON for the subscribers. Each returns a new reference. */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include <jansson.h>

#include "config.h"
#include "gate.h"
#include "policy.h"

/* A sampled judgement of the kernel. */
json_t *event_judgement(const struct event *event, const struct config *config);

/* A decision of the policy that reached the kernel. */
json_t *event_decision(const struct decision *decision);

/* An interface that vanished or came back. */
json_t *event_interface(const struct gate_interface *interface);

#endif

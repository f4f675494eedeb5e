/* SPDX-License-Identifier: BSD-2-Clause */
/* event: one event of the daemon's stream as a line. */
#ifndef EVENT_H
#define EVENT_H

#include "output.h"

/* "14:03:10  refused  192.0.2.7:4001 …"; an event of a type that is not known here is told member by member. */
tell_fn event_tell;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_gate: the daemon, its interfaces, and what it warns of. */
#include <string.h>

#include "answer.h"
#include "doctor.h"

enum { LEASE_LATE_S = 3 };

static void look_at_mode(struct doctor *self)
{
	const char *mode = answer_text(self->status, "mode", "?");
	double lease_s = answer_number(self->status, "lease_age_s", 0);

	if (!strcmp(mode, "enforce"))
		doctor_find(self, HEALTH_WELL, "daemon", NULL, "peergated %s enforces",
			    answer_text(self->status, "version", "?"));
	else
		doctor_find(self, HEALTH_NOTE, "daemon",
			    "when `peergate top` and `peergate explain` show what you would "
			    "expect: peergate mode enforce",
			    "peergated %s only observes: nothing is refused",
			    answer_text(self->status, "version", "?"));
	if (lease_s > LEASE_LATE_S)
		doctor_find(self, HEALTH_FAULT, "daemon", "systemctl restart peergated",
			    "the lease was last renewed %.0f s ago: the daemon hangs", lease_s);
}

void doctor_daemon(struct doctor *self)
{
	const json_t *warnings = json_object_get(self->status, "warnings"), *warning;
	size_t i;

	if (!self->status) {
		doctor_find(self, HEALTH_FAULT, "daemon",
			    "systemctl start peergated, or name its socket with --socket",
			    "peergated does not answer: %s", self->gone ? self->gone : "no answer");
		return;
	}
	look_at_mode(self);
	json_array_foreach (warnings, i, warning)
		doctor_find(self, HEALTH_FAULT, "daemon", "peergate status tells more",
			    "it warns: %s",
			    json_is_string(warning) ? json_string_value(warning) : "?");
}

static void look_at_interface(struct doctor *self, const json_t *interface)
{
	const char *name = answer_text(interface, "name", "?"),
		   *rung = answer_text(interface, "rung", "none"),
		   *note = answer_text(interface, "note", "");

	if (!strcmp(rung, "none"))
		doctor_find(self, HEALTH_FAULT, "interface", "peergate status tells more",
			    "%s is not gated now%s%s", name, note[0] ? ": " : "", note);
	else if (!strcmp(rung, "generic"))
		doctor_find(self, HEALTH_NOTE, "interface",
			    "a kernel of 6.6 or later has TCX, which is cheaper",
			    "%s is gated on the rung generic, the dearest%s%s", name,
			    note[0] ? ": " : "", note);
	else
		doctor_find(self, HEALTH_WELL, "interface", NULL, "%s is gated on the rung %s%s%s",
			    name, rung, note[0] ? ": " : "", note);
}

void doctor_interfaces(struct doctor *self)
{
	const json_t *interfaces = json_object_get(self->status, "interfaces"), *interface;
	size_t i;

	if (!self->status)
		return;
	if (!json_array_size(interfaces))
		doctor_find(self, HEALTH_FAULT, "interface",
			    "name one in /etc/peergate/peergate.conf: interface = eth0",
			    "no interface is gated");
	json_array_foreach (interfaces, i, interface)
		look_at_interface(self, interface);
}

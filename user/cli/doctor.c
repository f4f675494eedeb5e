/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *doctor_path(const struct doctor *self, const char *path, char ret[DOCTOR_PATH_MAX])
{
	snprintf(ret, DOCTOR_PATH_MAX, "%s%s", self->root, path);
	return ret;
}

bool doctor_line(const struct doctor *self, const char *path, char *ret, size_t room)
{
	char at[DOCTOR_PATH_MAX];
	FILE *file = fopen(doctor_path(self, path, at), "re");
	bool is_read;

	if (!file)
		return false;
	is_read = fgets(ret, (int)room, file) != NULL;
	fclose(file);
	if (is_read)
		ret[strcspn(ret, "\n")] = '\0';
	return is_read;
}

void doctor_find(struct doctor *self, enum health health, const char *check, const char *remedy,
		 const char *format, ...)
{
	static const char *const words[HEALTHS] = {"well", "note", "fault"};
	char sentence[1024];
	va_list args;
	json_t *text;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	self->faults += health == HEALTH_FAULT;
	/* Names of processes and files may hold anything. */
	text = json_string(sentence);
	if (!text)
		text = json_string("found something whose name is not UTF-8");
	json_array_append_new(self->findings,
			      json_pack("{s:s, s:s, s:o, s:s?}", "check", check, "health",
					words[health], "finding", text, "remedy", remedy));
}

void doctor_run(struct doctor *self)
{
	static void (*const checks[])(struct doctor *) = {
		doctor_kernel, doctor_daemon, doctor_interfaces, doctor_xdp,   doctor_ports,
		doctor_log,    doctor_api,    doctor_follower,	 doctor_clock, doctor_sysctls};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](self);
}

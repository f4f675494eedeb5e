/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_limit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "units.h"

enum { TEXT_MAX = 512 };

static int parse_value(const char *text, uint32_t max, uint32_t *ret, struct why *why)
{
	uint64_t value = 0;
	int error = 0;

	if (strcmp(text, "off"))
		error = whole_parse(text, 0, max, &value, why);
	if (!error)
		*ret = (uint32_t)value;
	return error;
}

static int add_own(struct config_limit *self, const char *service, const char *text, uint32_t max,
		   struct why *why)
{
	uint32_t n = self->own_count, value;
	int error;

	if (!service[0] || strlen(service) >= SERVICE_NAME_MAX)
		return why_fill(why, -EINVAL, "\"%.40s\" is no name of a service", service);
	for (uint32_t i = 0; i < n; i++)
		if (!strcmp(self->own[i].service, service))
			return why_fill(why, -EINVAL, "%s is named twice", service);
	if (n == SERVICES_MAX)
		return why_fill(why, -EINVAL, "%s is one service too many: at most %d", service,
				SERVICES_MAX);
	error = parse_value(text, max, &value, why);
	if (error)
		return error;
	strcpy(self->own[n].service, service);
	self->own[n].value = value;
	self->own_count++;
	return 0;
}

static int add(struct config_limit *self, char *text, uint32_t max, bool *has_all, struct why *why)
{
	char *value = strchr(text, ':');
	int error;

	if (value) {
		*value++ = '\0';
		return add_own(self, text, value, max, why);
	}
	if (*has_all)
		return why_fill(why, -EINVAL,
				"\"%.20s\": there is a number for all services "
				"already; write NAME:NUMBER for one of them",
				text);
	error = parse_value(text, max, &self->all, why);
	*has_all = !error;
	return error;
}

int config_limit_parse(struct config_limit *self, const char *text, uint32_t max, struct why *why)
{
	struct config_limit next = {.all = self->all};
	char copy[TEXT_MAX], *rest = copy, *word;
	bool has_all = false;
	int error = 0;

	if (strlen(text) >= sizeof(copy))
		return why_fill(why, -EINVAL, "longer than %d letters", TEXT_MAX - 1);
	strcpy(copy, text);
	while (!error && (word = strsep(&rest, ", \t")))
		if (word[0])
			error = add(&next, word, max, &has_all, why);
	if (!error && !has_all && !next.own_count)
		error = why_fill(why, -EINVAL, "nothing is given; \"off\" is no limit");
	if (!error)
		*self = next;
	return error;
}

uint32_t config_limit_of(const struct config_limit *self, const char *service)
{
	for (uint32_t i = 0; i < self->own_count; i++)
		if (!strcmp(self->own[i].service, service))
			return self->own[i].value;
	return self->all;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "docker.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The name that people use stands in the container's own configuration, with a slash before it. */
static bool is_called(const char *folder, const char *id, const char *name)
{
	char path[DOCKER_PATH_MAX];
	const char *told;
	json_t *config;
	bool is_it;

	if (snprintf(path, sizeof(path), "%s/%s/config.v2.json", folder, id) >= (int)sizeof(path))
		return false;
	config = json_load_file(path, 0, NULL);
	told = json_string_value(json_object_get(config, "Name"));
	is_it = told && !strcmp(told[0] == '/' ? told + 1 : told, name);
	json_decref(config);
	return is_it;
}

/* Docker shows twelve letters of an ID; fewer may be a name. */
static bool begins(const char *id, const char *container)
{
	size_t length = strlen(container);

	return length >= 4 && length <= strlen(id) && !strncmp(id, container, length) &&
	       strspn(container, "0123456789abcdef") == length;
}

static int say_found(const char *folder, const char *container, const char *id, unsigned int count,
		     char ret[DOCKER_PATH_MAX], struct why *why)
{
	if (!count)
		return why_fill(why, -ENOENT,
				"no container \"%.64s\" in %s: `docker ps` names those that run",
				container, folder);
	if (count > 1)
		return why_fill(
			why, -EMLINK,
			"%u containers have an ID that begins with \"%.64s\": write more of it",
			count, container);
	if (snprintf(ret, DOCKER_PATH_MAX, "%s/%s/%s-json.log", folder, id, id) >= DOCKER_PATH_MAX)
		return why_fill(why, -ENAMETOOLONG, "%s/%s: the path is too long", folder, id);
	if (access(ret, F_OK) && errno == ENOENT)
		return why_fill(
			why, -ENOENT,
			"the container \"%.64s\" has no %s: does it log by the driver json-file?",
			container, ret);
	return 0;
}

int docker_log(const char *folder, const char *container, char ret[DOCKER_PATH_MAX],
	       struct why *why)
{
	DIR *all = opendir(folder);
	char found[256] = "";
	struct dirent *entry;
	unsigned int count = 0;

	if (!all)
		return why_fill(why, -errno,
				"%s: %s: Docker's logs are for root, or whom an ACL lets in",
				folder, strerror(errno));
	while ((entry = readdir(all))) {
		bool named = entry->d_name[0] != '.' && is_called(folder, entry->d_name, container);

		if (entry->d_name[0] == '.' || (!named && !begins(entry->d_name, container)))
			continue;
		snprintf(found, sizeof(found), "%s", entry->d_name);
		/* A name is one container's. */
		count = named ? 1 : count + 1;
		if (named)
			break;
	}
	closedir(all);
	return say_found(folder, container, found, count, ret, why);
}

int unwrapper_init(struct unwrapper *ret,
		   void (*bytes)(void *context, const char *bytes, size_t length), void *context)
{
	*ret = (struct unwrapper){.bytes = bytes, .context = context};
	return lines_init(&ret->lines);
}

void unwrapper_release(struct unwrapper *self)
{
	lines_free(&self->lines);
}

static void take_line(void *context, const char *line, size_t length)
{
	struct unwrapper *self = context;
	json_t *object = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	const json_t *log = json_object_get(object, "log");

	if (json_is_string(log))
		self->bytes(self->context, json_string_value(log), json_string_length(log));
	else if (length)
		self->malformed++;
	json_decref(object);
}

void unwrapper_feed(struct unwrapper *self, const char *bytes, size_t length)
{
	lines_feed(&self->lines, bytes, length, take_line, self);
}

void unwrapper_restart(struct unwrapper *self)
{
	lines_restart(&self->lines);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "docker.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DRIVER_MAX = 32 };

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

/* The driver's name stands beside: "json-file", "local", "journald", "none" … */
static void read_driver(const char *folder, const char *id, char ret[DRIVER_MAX])
{
	char path[DOCKER_PATH_MAX];
	const char *told;
	json_t *config;

	snprintf(path, sizeof(path), "%s/%s/hostconfig.json", folder, id);
	config = json_load_file(path, 0, NULL);
	told = json_string_value(json_object_get(json_object_get(config, "LogConfig"), "Type"));
	snprintf(ret, DRIVER_MAX, "%.*s", DRIVER_MAX - 1, told ? told : "json-file");
	json_decref(config);
}

static int say_readable(const char *folder, const char *container, const char *id, const char *path,
			struct why *why)
{
	char driver[DRIVER_MAX];

	read_driver(folder, id, driver);
	if (strcmp(driver, "json-file") != 0)
		return why_fill(why, -ENOTSUP,
				"the container \"%.64s\" logs by the driver %s, not json-file: use "
				"docker logs -f --tail 0 %.64s 2>&1 | peergate follow CLIENT -",
				container, driver, container);
	if (!access(path, R_OK) || errno == ENOENT)
		return 0;
	return why_fill(why, -errno, "%s: %s: Docker's logs are for root, or whom an ACL lets in",
			path, strerror(errno));
}

static int say_found(const char *folder, const char *container, const char *id, unsigned int count,
		     char ret[DOCKER_PATH_MAX], struct why *why)
{
	if (!count)
		return why_fill(why, -ESRCH,
				"no container \"%.64s\" in %s: `docker ps` names those that run",
				container, folder);
	if (count > 1)
		return why_fill(
			why, -EMLINK,
			"%u containers have an ID that begins with \"%.64s\": write more of it",
			count, container);
	if (snprintf(ret, DOCKER_PATH_MAX, "%s/%s/%s-json.log", folder, id, id) >= DOCKER_PATH_MAX)
		return why_fill(why, -ENAMETOOLONG, "%s/%s: the path is too long", folder, id);
	return say_readable(folder, container, id, ret, why);
}

int docker_log(const char *folder, const char *container, char ret[DOCKER_PATH_MAX],
	       struct why *why)
{
	DIR *all = opendir(folder);
	char found[256] = "";
	struct dirent *entry;
	unsigned int count = 0;

	if (!all)
		return why_fill(why, errno == ENOENT ? -ESRCH : -errno,
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

static void put_line(void *context, const char *line, size_t length)
{
	struct unwrapper *self = context;

	buffer_append(&self->out, line, length);
	buffer_append(&self->out, "\n", 1);
}

int unwrapper_init(struct unwrapper *ret,
		   void (*bytes)(void *context, const char *bytes, size_t length), void *context)
{
	*ret = (struct unwrapper){.bytes = bytes, .context = context};
	stitch_init(&ret->stitch, put_line, ret);
	return lines_init(&ret->lines);
}

void unwrapper_release(struct unwrapper *self)
{
	lines_free(&self->lines);
	stitch_release(&self->stitch);
	buffer_free(&self->out);
}

static void take_record(void *context, const char *line, size_t length)
{
	struct unwrapper *self = context;
	json_t *object = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	const json_t *log = json_object_get(object, "log");
	const char *stream = json_string_value(json_object_get(object, "stream"));
	const char *text = json_string_value(log);
	size_t wanted = json_string_length(log);
	bool ends = wanted && text[wanted - 1] == '\n';

	if (!stream || !stream[0] || strlen(stream) >= STITCH_NAME_MAX)
		stream = "stderr";
	if (text)
		stitch_piece(&self->stitch, stream, text, wanted - ends,
			     ends ? STITCH_ENDS : STITCH_GOES_ON);
	else if (length) {
		put_line(self, "", 0);
		unwrapper_doubt(self);
	}
	json_decref(object);
}

void unwrapper_feed(struct unwrapper *self, const char *bytes, size_t length)
{
	uint64_t too_long = self->lines.too_long;

	lines_feed(&self->lines, bytes, length, take_record, self);
	if (self->lines.too_long != too_long)
		unwrapper_doubt(self);
	if (self->out.length && !self->out.failed)
		self->bytes(self->context, self->out.bytes, self->out.length);
	buffer_clear(&self->out);
}

void unwrapper_skip(struct unwrapper *self)
{
	stitch_skip(&self->stitch);
}

void unwrapper_doubt(struct unwrapper *self)
{
	stitch_doubt(&self->stitch, "stdout");
	stitch_doubt(&self->stitch, "stderr");
}

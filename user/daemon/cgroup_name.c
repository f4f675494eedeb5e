/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_name.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char *after(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncmp(text, word, length) ? NULL : text + length;
}

static size_t digits_of(const char *text)
{
	return strspn(text, "0123456789abcdef");
}

/* systemd.unit(5): what the name of a unit consists of. */
static int check_unit(const char *name, struct why *why)
{
	size_t length = 0;

	while (isalnum((unsigned char)name[length]) ||
	       (name[length] && strchr(":-_.\\@", name[length])))
		length++;
	if (length && !name[length])
		return 0;
	return why_fill(why, -EINVAL,
			"\"%.80s\" is no unit: write unit:beacon.service, as systemctl names it",
			name);
}

static int check_container(const char *id, struct why *why)
{
	size_t digits = digits_of(id);

	if (!id[digits] && digits >= CONTAINER_DIGITS_MIN && digits <= CONTAINER_DIGITS)
		return 0;
	return why_fill(why, -EINVAL,
			"\"%.80s\" is no container's ID: give %d to %d of its hex digits (docker "
			"inspect -f '{{.Id}}' NAME)",
			id, CONTAINER_DIGITS_MIN, CONTAINER_DIGITS);
}

/* Each part of a path is a name: not empty, not ".", not "..". */
static int check_path(const char *path, struct why *why)
{
	const char *part = path;

	if (!strcmp(path, "/"))
		return 0;
	while (*part) {
		size_t length = strcspn(++part, "/");

		if (!length || (part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'))))
			return why_fill(why, -EINVAL,
					"\"%.200s\" is no plain path: no //, no . or .., no / at "
					"its end",
					path);
		part += length;
	}
	return 0;
}

int cgroup_name_parse(const char *text, enum cgroup_kind *ret_kind, const char **ret_name,
		      struct why *why)
{
	static const struct {
		const char *word;
		enum cgroup_kind kind;
		int (*check)(const char *name, struct why *why);
	} kinds[] = {
		{"unit:", CGROUP_UNIT, check_unit},
		{"container:", CGROUP_CONTAINER, check_container},
	};

	if (!strcmp(text, "auto") || !strcmp(text, "none")) {
		*ret_kind = text[0] == 'a' ? CGROUP_AUTO : CGROUP_NONE;
		*ret_name = text + strlen(text);
		return 0;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *name = after(text, kinds[i].word);
		int error = name ? kinds[i].check(name, why) : 0;

		if (!name)
			continue;
		if (!error) {
			*ret_kind = kinds[i].kind;
			*ret_name = name;
		}
		return error;
	}
	if (text[0] != '/')
		return why_fill(why, -EINVAL,
				"\"%.80s\" is none of auto, none, /PATH, unit:NAME, container:ID",
				text);
	if (check_path(text, why))
		return -EINVAL;
	*ret_kind = CGROUP_PATH;
	*ret_name = text;
	return 0;
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t ending = strlen(end);

	return length >= ending && !strncmp(text + length - ending, end, ending);
}

static const char *last_part(const char *folder)
{
	return strrchr(folder, '/') + 1;
}

/* Units lie in slices; those of a user below the service that is his own systemd. */
static bool is_systemds(const char *folder)
{
	const char *last = last_part(folder), *part = folder + 1;

	while (part < last) {
		size_t length = strcspn(part, "/");
		bool user = !strncmp(part, "user@", 5) && ends_with(part, length, ".service");

		if (!user && !ends_with(part, length, ".slice"))
			return false;
		part += length + 1;
	}
	return part > folder + 1;
}

bool cgroup_is_unit(const char *folder, const char *name)
{
	const char *last = last_part(folder);
	size_t length = strlen(name);

	/* A name that could be one of the kernel's own files has a _ before it (systemd's cg_escape). */
	if (strncmp(last, name, length))
		last += last[0] == '_';
	if (strncmp(last, name, length) || !is_systemds(folder))
		return false;
	return !last[length] || (!strchr(name, '.') && !strcmp(last + length, ".service"));
}

const char *cgroup_container(const char *folder)
{
	/* The systemd driver's scopes; the cgroupfs driver's folders are the ID alone. */
	static const char *const before[] = {"docker-", "libpod-",  "cri-containerd-",
					     "crio-",	"nerdctl-", ""};
	const char *last = last_part(folder);

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		const char *id = after(last, before[i]);

		if (id && digits_of(id) == CONTAINER_DIGITS &&
		    (!id[CONTAINER_DIGITS] || !strcmp(id + CONTAINER_DIGITS, ".scope")))
			return id;
	}
	return NULL;
}

bool cgroup_is_container(const char *folder, const char *id)
{
	const char *whole = cgroup_container(folder);

	return whole && !strncmp(whole, id, strlen(id));
}

const char *cgroup_shared_with(const char *folder)
{
	static const struct {
		const char *begin, *end, *with;
	} shared[] = {
		{"session-", ".scope", "a login session and its shell"},
		{"tmux-spawn-", ".scope", "a terminal and its shell"},
		{"vte-spawn-", ".scope", "a terminal and its shell"},
		{"init", ".scope", "the service manager"},
		{"docker", ".service", "docker, which holds the port for a container"},
		{"containerd", ".service", "containerd, which holds the port for a container"},
		{"podman", ".service", "podman, which holds the port for a container"},
	};
	const char *last = last_part(folder);

	if (!last[0])
		return "all the rest of the host";
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (after(last, shared[i].begin) && ends_with(last, strlen(last), shared[i].end))
			return shared[i].with;
	return NULL;
}

bool cgroup_is_within(const char *folder, const char *above)
{
	const char *rest = after(folder, above);

	return !strcmp(above, "/") || (rest && (!*rest || *rest == '/'));
}

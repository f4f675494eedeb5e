/* SPDX-License-Identifier: BSD-2-Clause */
#include "node_place.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ID_LENGTH = CONTAINER_ID_MAX - 1 };

/* --- its user --- */

static struct passwd *passwd_in(const char *root, unsigned int uid)
{
	char path[PROC_PATH_MAX];
	struct passwd *entry;
	FILE *file;

	snprintf(path, sizeof(path), "%s/etc/passwd", root);
	file = fopen(path, "re");
	while (file && (entry = fgetpwent(file)) && entry->pw_uid != uid)
		;
	entry = file ? entry : NULL;
	if (file)
		fclose(file);
	return entry;
}

/* The environment tells where its home is to whom it may tell; the host's users are the next best source. */
static void find_home(struct node_place *ret, const char *root, const struct passwd *entry)
{
	enum { ENVIRONMENT_MAX = 64 << 10 };
	char *text = malloc(ENVIRONMENT_MAX);
	size_t length = 0;

	if (text)
		length = node_text(root, ret->pid, "environ", text, ENVIRONMENT_MAX);
	for (const char *at = text; length && at < text + length; at += strlen(at) + 1)
		if (!strncmp(at, "HOME=/", 6))
			snprintf(ret->home, sizeof(ret->home), "%s", at + 5);
	free(text);
	if (!ret->home[0] && !ret->in_container && entry && entry->pw_dir[0] == '/')
		snprintf(ret->home, sizeof(ret->home), "%s", entry->pw_dir);
}

static void find_user(struct node_place *ret, const char *root)
{
	const struct passwd *entry;
	const char *line;
	char text[4096];

	node_text(root, ret->pid, "status", text, sizeof(text));
	line = strstr(text, "\nUid:");
	/* Real, then effective. */
	if (!line || sscanf(line, "\nUid: %*u %u", &ret->uid) != 1)
		return;
	entry = root[0] ? passwd_in(root, ret->uid) : getpwuid(ret->uid);
	if (entry && !ret->in_container)
		snprintf(ret->user, sizeof(ret->user), "%s", entry->pw_name);
	else
		snprintf(ret->user, sizeof(ret->user), "%u", ret->uid);
	find_home(ret, root, entry);
}

/* --- its control group --- */

static bool is_id(const char *text, size_t length)
{
	return length == ID_LENGTH && strspn(text, "0123456789abcdef") >= ID_LENGTH;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void take_id(struct node_place *ret, const char *id)
{
	memcpy(ret->docker, id, ID_LENGTH);
	ret->docker[ID_LENGTH] = '\0';
	ret->in_container = true;
}

/*
 * A part of the path: "prysm.service", "docker-ID.scope", ID below "docker". A scope is a login or what somebody started there:
 * what is below one is no unit's own. A user's manager is a unit, but what it runs are others.
 */
static void take_part(struct node_place *ret, const char *part, size_t length, bool below_docker)
{
	static const char service[] = ".service", scope[] = ".scope";
	const size_t service_length = sizeof(service) - 1, scope_length = sizeof(scope) - 1;

	if (below_docker && is_id(part, length)) {
		take_id(ret, part);
	} else if (length > scope_length &&
		   !memcmp(part + length - scope_length, scope, scope_length)) {
		ret->unit[0] = '\0';
		if (begins(part, "docker-") && is_id(part + 7, length - 7 - scope_length))
			take_id(ret, part + 7);
		ret->in_container |= begins(part, "libpod-") || begins(part, "cri-containerd-") ||
				     begins(part, "crio-") || begins(part, "machine-");
	} else if (length > service_length && length < UNIT_NAME_MAX &&
		   !memcmp(part + length - service_length, service, service_length)) {
		ret->is_users_unit |= begins(part, "user@");
		memcpy(ret->unit, part, length);
		ret->unit[length] = '\0';
	} else {
		ret->in_container |= begins(part, "kubepods") || begins(part, "lxc.payload");
	}
}

static void take_path(struct node_place *ret, const char *path)
{
	bool below_docker = false;

	ret->unit[0] = '\0';
	ret->is_users_unit = false;
	for (const char *at = path; *at == '/'; at += strcspn(at, "/")) {
		size_t length = strcspn(++at, "/");

		take_part(ret, at, length, below_docker);
		below_docker = length == 6 && !memcmp(at, "docker", 6);
	}
	if (begins(ret->unit, "user@"))
		ret->unit[0] = '\0';
	/* A container's unit would be Docker's own. */
	if (ret->in_container)
		ret->unit[0] = '\0';
}

/* Version 2's line is "0::PATH"; of version 1, systemd's own hierarchy names units, the others may name a container alone. */
static void find_group(struct node_place *ret, const char *root)
{
	char text[8192], *line, *rest = text;
	bool is_named = false;

	node_text(root, ret->pid, "cgroup", text, sizeof(text));
	while ((line = strsep(&rest, "\n"))) {
		char *controllers = strchr(line, ':'), *path;

		path = controllers ? strchr(++controllers, ':') : NULL;
		if (!path || is_named)
			continue;
		*path++ = '\0';
		is_named = begins(controllers, "name=systemd");
		if (is_named || !*controllers || !ret->in_container)
			take_path(ret, path);
	}
}

/* --- its namespaces --- */

static enum kinship kin(const char *root, int pid, const char *name)
{
	char path[PROC_PATH_MAX], theirs[64] = "", ours[64] = "", link[32];

	snprintf(link, sizeof(link), "ns/%s", name);
	if (readlink(node_proc(root, pid, link, path), theirs, sizeof(theirs) - 1) <= 0)
		return KIN_UNKNOWN;
	snprintf(path, sizeof(path), "%s/proc/self/%s", root, link);
	if (readlink(path, ours, sizeof(ours) - 1) <= 0)
		return KIN_UNKNOWN;
	return strcmp(theirs, ours) ? KIN_OTHER : KIN_SAME;
}

void node_place_find(struct node_place *ret, const char *root, int pid)
{
	*ret = (struct node_place){.pid = pid};
	find_group(ret, root);
	find_user(ret, root);
	ret->mounts = kin(root, pid, "mnt");
	ret->network = kin(root, pid, "net");
}

/* --- its files --- */

static int follow_link(const struct node_place *self, const char *root, const char *name,
		       char ret[PATH_MAX])
{
	char path[PROC_PATH_MAX];
	ssize_t length = readlink(node_proc(root, self->pid, name, path), ret, PATH_MAX - 1);

	if (length < 0)
		return -errno;
	ret[length] = '\0';
	return 0;
}

static int join(char ret[PATH_MAX], const char *folder, const char *separator, const char *path)
{
	return snprintf(ret, PATH_MAX, "%s%s%s", folder, separator, path) >= PATH_MAX
		       ? -ENAMETOOLONG
		       : 0;
}

/* From the root on, in the node's own eyes. */
static int make_absolute(const struct node_place *self, const char *root, const char *path,
			 char ret[PATH_MAX])
{
	char folder[PATH_MAX];

	if (path[0] == '/')
		return join(ret, "", "", path);
	if (begins(path, "~/"))
		return self->home[0] ? join(ret, self->home, "", path + 1) : -ENOENT;
	if (follow_link(self, root, "cwd", folder))
		return -ENOENT;
	while (begins(path, "./"))
		path += 2;
	return join(ret, folder, "/", path);
}

/*
 * A unit may have a mount namespace of its own that shows the same file: the plain path is the better one then, since it outlives
 * the process.
 */
static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return !stat(one, &a) && !stat(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int node_place_path(const struct node_place *self, const char *root, const char *path,
		    char ret[PATH_MAX])
{
	char absolute[PATH_MAX], plain[PATH_MAX], within[PROC_PATH_MAX];
	int error = make_absolute(self, root, path, absolute);

	if (!error)
		error = join(plain, root, "", absolute);
	if (!error && self->mounts == KIN_OTHER)
		error = join(ret, node_proc(root, self->pid, "root", within), "", absolute);
	if (error)
		return error;
	if (self->mounts != KIN_OTHER || is_same_file(plain, ret))
		strcpy(ret, plain);
	/* Whoever may not see a container's root sees other files at its paths. */
	return self->in_container && self->mounts == KIN_UNKNOWN ? -EACCES : 0;
}

int node_place_stream(const struct node_place *self, const char *root, int fd, char ret[PATH_MAX])
{
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", fd);
	return follow_link(self, root, name, ret);
}

int node_place_stream_stat(const struct node_place *self, const char *root, int fd,
			   struct stat *ret)
{
	char name[32], path[PROC_PATH_MAX];

	snprintf(name, sizeof(name), "fd/%d", fd);
	return stat(node_proc(root, self->pid, name, path), ret) ? -errno : 0;
}

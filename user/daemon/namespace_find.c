/* SPDX-License-Identifier: BSD-2-Clause */
#include "namespace_find.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup_mount.h"
#include "cgroup_name.h"
#include "cgroup_tree.h"
#include "units.h"

enum { PID_MAX = 1 << 22 /* include/linux/threads.h: PID_MAX_LIMIT */ };

static const char pid_word[] = "pid:", container_word[] = "container:";

static bool begins(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

static int parse_pid(const char *text, uint64_t *ret, struct why *why)
{
	const char *number = text + strlen(pid_word);

	if (!whole_parse(number, 1, PID_MAX, ret, NULL))
		return 0;
	return why_fill(why, -EINVAL, "\"%.40s\" is no process: write pid:1234", text);
}

int namespace_name_check(const char *text, struct why *why)
{
	enum cgroup_kind kind;
	const char *name;
	uint64_t pid;

	if (begins(text, pid_word))
		return parse_pid(text, &pid, why);
	if (begins(text, container_word))
		return cgroup_name_parse(text, &kind, &name, why);
	if (text[0] == '/' && text[1])
		return 0;
	return why_fill(why, -EINVAL,
			"\"%.80s\" names no namespace: write /run/netns/NAME, pid:N or "
			"container:ID",
			text);
}

static int watch_begin(struct namespace_watch *self, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char folder[256];
	struct stat now;

	if (strlen(path) >= sizeof(folder))
		return -ENAMETOOLONG;
	memcpy(folder, path, (size_t)(name - path));
	folder[name - path] = '\0';
	self->dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self->dir < 0)
		return -errno;
	strcpy(self->name, name);
	if (fstatat(self->dir, name, &now, 0))
		return -errno;
	self->inode = now.st_ino;
	return 0;
}

static int open_namespace(const char *path, const char *text, struct why *why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would wait for a writer */
	struct statfs type;

	if (fd < 0 && !strcmp(text, path))
		return why_fill(why, -errno, "%s cannot be opened: %s", path, strerror(errno));
	if (fd < 0)
		return why_fill(why, -errno, "%s: %s cannot be opened: %s", text, path,
				strerror(errno));
	if (!fstatfs(fd, &type) && type.f_type == NSFS_MAGIC)
		return fd;
	close(fd);
	return why_fill(why, -EINVAL, "%s is no namespace: ip netns makes them below /run/netns",
			text);
}

static int find_path(const char *text, struct namespace_watch *ret, struct why *why)
{
	int fd = open_namespace(text, text, why), error;

	if (fd < 0)
		return fd;
	error = watch_begin(ret, text);
	if (!error)
		return fd;
	close(fd);
	return why_fill(why, error, "%s: %s", text, strerror(-error));
}

static int open_of_process(pid_t pid, const char *text, struct why *why)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	return open_namespace(path, text, why);
}

static int find_process(const char *text, struct namespace_watch *ret, struct why *why)
{
	uint64_t pid;
	int fd, error = parse_pid(text, &pid, why);

	if (error)
		return error;
	ret->is_process = true;
	ret->dir = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (ret->dir < 0)
		return why_fill(why, -errno, "%s: there is no such process", text);
	fd = open_of_process((pid_t)pid, text, why);
	return fd;
}

struct search {
	const char *id;
	char folder[CGROUP_PATH_MAX];
};

static int search_folder(void *context, const char *folder, uint64_t id)
{
	struct search *self = context;

	(void)id;
	if (!cgroup_is_container(folder, self->id))
		return 0;
	if (self->folder[0] && !cgroup_is_within(folder, self->folder))
		return -ENOTUNIQ;
	if (!self->folder[0])
		strcpy(self->folder, folder);
	return 0;
}

static int find_container(const char *text, struct namespace_watch *ret, struct why *why)
{
	struct search search = {.id = text + strlen(container_word)};
	char mount[CGROUP_PATH_MAX], path[2 * CGROUP_PATH_MAX];
	int error = cgroup_mount_find(CGROUP_MOUNTS, mount, why);
	pid_t pid;

	if (error)
		return error;
	error = cgroup_tree_walk(mount, search_folder, &search, NULL);
	if (error)
		return why_fill(why, error,
				"%s: more than one container begins so: give more digits", text);
	pid = search.folder[0] ? cgroup_tree_process(mount, search.folder) : 0;
	if (!pid)
		return why_fill(why, -ESRCH, "%s: no such container runs", text);
	snprintf(path, sizeof(path), "%s%s", mount, search.folder);
	error = watch_begin(ret, path);
	if (error)
		return why_fill(why, error, "%s: %s: %s", text, path, strerror(-error));
	return open_of_process(pid, text, why);
}

int namespace_find(const char *text, struct namespace_watch *ret, struct why *why)
{
	int fd;

	*ret = (struct namespace_watch){.dir = -1};
	if (begins(text, pid_word))
		fd = find_process(text, ret, why);
	else if (begins(text, container_word))
		fd = find_container(text, ret, why);
	else
		fd = find_path(text, ret, why);
	if (fd < 0)
		namespace_watch_close(ret);
	return fd;
}

bool namespace_is_same(const struct namespace_watch *self)
{
	struct pollfd process = {.fd = self->dir, .events = POLLIN};
	struct stat now;

	if (self->dir < 0)
		return true;
	if (self->is_process)
		return poll(&process, 1, 0) <= 0;
	if (fstatat(self->dir, self->name, &now, 0))
		return errno != ENOENT;
	return now.st_ino == self->inode;
}

void namespace_watch_close(struct namespace_watch *self)
{
	if (self->dir >= 0)
		close(self->dir);
	self->dir = -1;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	int (*visit)(void *context, const char *folder, uint64_t id);
	void *context;
	char folder[CGROUP_PATH_MAX]; /* of which the walk is in */
	size_t room;		      /* of it: with the mount before it, it fits too */
	unsigned int left_out;
};

/* Goes into @name below the present folder; the walk's length of path bounds the depth. */
static int descend(struct walk *self, int parent, const char *name, uint64_t id);

static int walk_folder(struct walk *self, int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		close(fd);
		return 0;
	}
	while (!result && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") &&
		    strcmp(entry->d_name, ".."))
			result = descend(self, dirfd(dir), entry->d_name, entry->d_ino);
	closedir(dir);
	return result;
}

static int descend(struct walk *self, int parent, const char *name, uint64_t id)
{
	size_t length = strlen(self->folder);
	int result, fd;

	if (length + 1 + strlen(name) >= self->room) {
		self->left_out++;
		return 0;
	}
	self->folder[length] = '/';
	strcpy(self->folder + length + 1, name);
	result = self->visit(self->context, self->folder, id);
	if (!result) {
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd >= 0) /* else it was removed a moment ago */
			result = walk_folder(self, fd);
	}
	self->folder[length] = '\0';
	return result;
}

int cgroup_tree_walk(const char *mount,
		     int (*visit)(void *context, const char *folder, uint64_t id), void *context,
		     unsigned int *ret_left_out)
{
	struct walk walk = {visit, context, "", CGROUP_PATH_MAX - strlen(mount), 0};
	struct stat root;
	int result, fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &root)) {
		int error = -errno;

		close(fd);
		return error;
	}
	result = visit(context, "/", root.st_ino);
	if (!result)
		result = walk_folder(&walk, fd);
	else
		close(fd);
	if (ret_left_out)
		*ret_left_out = walk.left_out;
	return result;
}

uint64_t cgroup_tree_id(const char *mount, const char *folder)
{
	char path[PATH_MAX];
	struct stat now;

	snprintf(path, sizeof(path), "%s%s", mount, folder);
	return stat(path, &now) || !S_ISDIR(now.st_mode) ? 0 : now.st_ino;
}

static pid_t first_process(const char *mount, const char *folder)
{
	char path[PATH_MAX];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "%s%s/cgroup.procs", mount, folder);
	file = fopen(path, "re");
	if (file && fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

struct search {
	const char *mount, *above;
	pid_t pid;
};

static int search_folder(void *context, const char *folder, uint64_t id)
{
	struct search *self = context;
	size_t length = strlen(self->above);

	(void)id;
	if (strncmp(folder, self->above, length) || (folder[length] && folder[length] != '/'))
		return 0;
	self->pid = first_process(self->mount, folder);
	return self->pid > 0;
}

pid_t cgroup_tree_process(const char *mount, const char *folder)
{
	struct search search = {mount, folder, 0};

	cgroup_tree_walk(mount, search_folder, &search, NULL);
	return search.pid;
}

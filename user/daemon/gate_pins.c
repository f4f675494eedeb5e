/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_pins.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* By descriptor: once privileges are gone, a mount of mode 0700 (systemd's) would not let us through by name. */
static void path_of(char ret[PIN_PATH_MAX], const struct pins *self, const char *name)
{
	snprintf(ret, PIN_PATH_MAX, "/proc/self/fd/%d/%s", self->fd, name);
}

/* The kernel's own list of locks names the holder by the file's device and inode; 0 when it lives in another pid namespace. */
static pid_t lock_holder(int fd)
{
	FILE *locks = fopen("/proc/locks", "re");
	unsigned int major_number, minor_number;
	unsigned long inode;
	char line[256];
	pid_t pid, holder = 0;
	struct stat file;

	if (!locks || fstat(fd, &file)) {
		if (locks)
			fclose(locks);
		return 0;
	}
	while (!holder && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*s FLOCK %*s WRITE %d %x:%x:%lu", &pid, &major_number,
			   &minor_number, &inode) == 4 &&
		    inode == file.st_ino && major_number == major(file.st_dev) &&
		    minor_number == minor(file.st_dev))
			holder = pid;
	fclose(locks);
	return holder;
}

static int lock(const struct pins *self, struct why *why)
{
	pid_t holder;

	if (!flock(self->fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return why_fill(why, -errno, "%s: cannot lock it: %s", self->dir, strerror(errno));
	holder = lock_holder(self->fd);
	if (!holder)
		return why_fill(why, -EBUSY,
				"%s: held by another peergated (its pid is not visible from here)",
				self->dir);
	return why_fill(why, -EBUSY,
			"%s: held by another peergated, pid %d: stop it, or take another --pin-dir",
			self->dir, holder);
}

static int check_is_bpffs(const char *dir, struct why *why)
{
	struct statfs fs;

	if (statfs(dir, &fs))
		return why_fill(why, -errno, "%s: %s", dir, strerror(errno));
	if ((unsigned long)fs.f_type != BPF_FS_MAGIC)
		return why_fill(why, -EOPNOTSUPP,
				"%s is not on a BPF file system: mount -t bpf bpf /sys/fs/bpf, or "
				"set --pin-dir below one",
				dir);
	return 0;
}

static int check_parent(const char *dir, struct why *why)
{
	char parent[PINS_DIR_MAX];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", dir);
	slash = strrchr(parent, '/');
	if (!slash)
		return why_fill(why, -EINVAL, "%s: the folder of pins needs a full path", dir);
	slash[slash == parent] = '\0';
	return check_is_bpffs(parent, why);
}

/* Whether the path still leads to the folder that we have just locked. */
static bool is_current(const struct pins *self)
{
	struct stat ours, named;

	return !fstat(self->fd, &ours) && !stat(self->dir, &named) && ours.st_ino == named.st_ino &&
	       ours.st_dev == named.st_dev;
}

static int make(struct pins *self, struct why *why)
{
	int error = check_parent(self->dir, why);

	if (error)
		return error;
	if (mkdir(self->dir, 0700) && errno != EEXIST)
		return why_fill(why, -errno, "%s: cannot make it: %s", self->dir, strerror(errno));
	self->fd = open(self->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (self->fd < 0)
		return why_fill(why, -errno, "%s: cannot open it: %s", self->dir, strerror(errno));
	error = check_is_bpffs(self->dir, why);
	if (!error)
		error = lock(self, why);
	if (error)
		return error;
	if (fchmod(self->fd, 0700) || fchown(self->fd, self->owner, self->group))
		return why_fill(why, -errno, "%s: cannot give it to user %u: %s", self->dir,
				self->owner, strerror(errno));
	return 0;
}

int pins_name(char ret[PINS_DIR_MAX], const char *dir, struct why *why)
{
	size_t length = strlen(dir);

	while (length > 1 && dir[length - 1] == '/')
		length--;
	/* The sibling's name is longer by five. */
	if (!length || length + sizeof("_next") > PINS_DIR_MAX)
		return why_fill(why, -ENAMETOOLONG, "%s: a folder of pins has 1 to %zu letters",
				dir, PINS_DIR_MAX - sizeof("_next"));
	memcpy(ret, dir, length);
	ret[length] = '\0';
	return 0;
}

int pins_open(struct pins *ret, const char *dir, uid_t owner, gid_t group, struct why *why)
{
	struct pins self = {.fd = -1, .owner = owner, .group = group};
	int error = pins_name(self.dir, dir, why);

	if (error)
		return error;
	do {
		pins_close(&self);
		error = make(&self, why);
	} while (!error && !is_current(&self));
	if (error)
		pins_close(&self);
	else
		*ret = self;
	return error;
}

void pins_close(struct pins *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
}

bool pins_are_gone(const struct pins *self)
{
	struct stat file;

	return fstat(self->fd, &file) || !file.st_nlink;
}

int pins_put(const struct pins *self, const char *name, int fd)
{
	static const char fresh[] = "fresh";
	char path[PIN_PATH_MAX];

	path_of(path, self, fresh);
	unlinkat(self->fd, fresh, 0);
	if (bpf_obj_pin(fd, path))
		return -errno;
	if (fchmodat(self->fd, fresh, 0600, 0) ||
	    (geteuid() == 0 && fchownat(self->fd, fresh, self->owner, self->group, 0)) ||
	    renameat(self->fd, fresh, self->fd, name)) {
		int error = -errno;

		unlinkat(self->fd, fresh, 0);
		return error;
	}
	return 0;
}

int pins_get(const struct pins *self, const char *name)
{
	char path[PIN_PATH_MAX];
	int fd;

	path_of(path, self, name);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

int pins_remove(const struct pins *self, const char *name)
{
	return unlinkat(self->fd, name, 0) && errno != ENOENT ? -errno : 0;
}

static bool is_name(const char *name)
{
	return strcmp(name, ".") && strcmp(name, "..");
}

int pins_each(const struct pins *self, int (*take)(void *context, const char *name), void *context)
{
	int fd = openat(self->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		result = -errno;
		if (fd >= 0)
			close(fd);
		return result;
	}
	while (!result && (entry = readdir(dir)))
		if (is_name(entry->d_name))
			result = take(context, entry->d_name);
	closedir(dir);
	return result;
}

static int stop_at_once(void *context, const char *name)
{
	(void)context;
	(void)name;
	return 1;
}

bool pins_are_empty(const struct pins *self)
{
	return !pins_each(self, stop_at_once, NULL);
}

static int remove_one(void *context, const char *name)
{
	pins_remove(context, name);
	return 0;
}

int pins_look(struct pins *ret, const char *dir)
{
	struct pins self = {.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};

	if (self.fd < 0)
		return -errno;
	snprintf(self.dir, sizeof(self.dir), "%s", dir);
	*ret = self;
	return 0;
}

/* Who has lost his privileges may not be allowed to remove the folder itself; an empty one holds nothing. */
int pins_wipe(struct pins *self)
{
	int error = pins_each(self, remove_one, self);

	if (!error && rmdir(self->dir) && errno != EACCES && errno != EPERM && errno != ENOENT)
		error = -errno;
	pins_close(self);
	return error;
}

static int wipe_left_over(const char *dir)
{
	struct pins left = {.fd = -1};
	int error = pins_look(&left, dir);

	return error == -ENOENT ? 0 : error ? error : pins_wipe(&left);
}

int pins_open_next(struct pins *ret, const struct pins *self, struct why *why)
{
	char dir[PINS_DIR_MAX];
	int error;

	snprintf(dir, sizeof(dir), "%.*s_next", PINS_DIR_MAX - 6, self->dir);
	/* Left by a daemon that died in the middle: what it holds is a copy, the links and the first folder decide. */
	error = wipe_left_over(dir);
	if (error)
		return why_fill(why, error, "%s: cannot remove what an interrupted start left: %s",
				dir, strerror(-error));
	return pins_open(ret, dir, self->owner, self->group, why);
}

int pins_exchange(struct pins *self, struct pins *next, struct why *why)
{
	int fd = self->fd;

	if (renameat2(AT_FDCWD, next->dir, AT_FDCWD, self->dir, RENAME_EXCHANGE))
		return why_fill(why, -errno, "%s: cannot exchange it with %s: %s", self->dir,
				next->dir, strerror(errno));
	self->fd = next->fd;
	next->fd = fd;
	return 0;
}

void pin_name(char ret[PIN_NAME_MAX], const char *prefix, const char *ifname)
{
	int length = snprintf(ret, PIN_NAME_MAX, "%s", prefix);

	for (; *ifname && length + 4 < PIN_NAME_MAX; ifname++)
		length += snprintf(ret + length, (size_t)(PIN_NAME_MAX - length),
				   *ifname == '.' || *ifname == '%' ? "%%%02x" : "%c", *ifname);
}

bool pin_name_parse(char ret_ifname[16], const char *prefix, const char *pin)
{
	size_t length = strlen(prefix), count = 0;
	unsigned int letter;

	if (strncmp(pin, prefix, length))
		return false;
	for (pin += length; *pin && count < 15; count++) {
		if (*pin == '%' && sscanf(pin, "%%%2x", &letter) == 1) {
			ret_ifname[count] = (char)letter;
			pin += 3;
		} else {
			ret_ifname[count] = *pin++;
		}
	}
	ret_ifname[count] = '\0';
	return !*pin && count;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static const char default_folder[] = "/var/lib/peergate";

/* A file that root left there when the daemon had no user of its own. No link of any kind is followed, since others may write there. */
static void give_file(int folder, const char *name, uid_t user, gid_t group)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat info;

	if (fd < 0)
		return;
	if (!fstat(fd, &info) && S_ISREG(info.st_mode) && info.st_nlink == 1 && !info.st_uid &&
	    fchown(fd, user, group))
		log_warning("%s: cannot be given to the daemon's user: %s", name, strerror(errno));
	close(fd);
}

static void give_files(int folder, const char *name, uid_t user, gid_t group)
{
	static const char *const suffixes[] = {"", "-wal", "-journal"};
	char file[300];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", name, suffixes[i]);
		give_file(folder, file, user, group);
	}
}

void store_give_folder(const char *path, uid_t user, gid_t group)
{
	const char *name = strrchr(path, '/');
	char folder[256];
	bool made;
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", (int)(name - path), path);
	made = !mkdir(folder, 0750);
	if (!made && (errno != EEXIST || strcmp(folder, default_folder)))
		return;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fchown(fd, user, group))
		log_warning("%s: cannot be given to the daemon's user: %s", folder,
			    strerror(errno));
	give_files(fd, name + 1, user, group);
	close(fd);
}

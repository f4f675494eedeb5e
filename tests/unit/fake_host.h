/* SPDX-License-Identifier: BSD-2-Clause */
/* A host made of files, with processes in its proc: for what looks for running nodes. */
#ifndef FAKE_HOST_H
#define FAKE_HOST_H

#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct host {
	char root[64];
};

static inline struct host *host_new(void)
{
	struct host *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	strcpy(self->root, "/tmp/pgtest-host-XXXXXX");
	assert_non_null(mkdtemp(self->root));
	assert_int_equal(chmod(self->root, 0755), 0);
	return self;
}

static inline void host_free(struct host *self)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	assert_int_equal(system(command), 0);
	free(self);
}

/* ROOT/@path in @ret, its folders made. */
static inline const char *host_path(const struct host *self, const char *path, char ret[512])
{
	snprintf(ret, 512, "%s%s", self->root, path);
	for (char *slash = strchr(ret + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(ret, 0755);
		*slash = '/';
	}
	return ret;
}

static inline void host_put_bytes(const struct host *self, const char *path, const char *bytes,
				  size_t length)
{
	char at[512];
	FILE *file = fopen(host_path(self, path, at), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static inline void host_put(const struct host *self, const char *path, const char *text)
{
	host_put_bytes(self, path, text, strlen(text));
}

static inline void host_link(const struct host *self, const char *path, const char *target)
{
	char at[512];

	unlink(host_path(self, path, at));
	assert_int_equal(symlink(target, at), 0);
}

/* A process with its arguments apart by blanks ("_" within one stands for a blank), of user 1000. */
static inline void host_run(const struct host *self, int pid, const char *comm,
			    const char *arguments)
{
	char path[64], text[4096];
	size_t length = strlen(arguments) + 1;

	assert_true(length < sizeof(text));
	for (size_t i = 0; i < length; i++)
		text[i] = (char)(arguments[i] == ' '   ? '\0'
				 : arguments[i] == '_' ? ' '
						       : arguments[i]);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	host_put_bytes(self, path, text, length);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	snprintf(text, sizeof(text), "%s\n", comm);
	host_put(self, path, text);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	host_put(self, path, "Name:\tx\nUid:\t0\t1000\t1000\t1000\nGid:\t1\t1\t1\t1\n");
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	/* The name in brackets may hold anything. */
	snprintf(text, sizeof(text),
		 "%d (a ) 1 b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %d00 20\n", pid, pid);
	host_put(self, path, text);
}

static inline void host_end(const struct host *self, int pid)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s/proc/%d", self->root, pid);
	assert_int_equal(system(command), 0);
}

#endif

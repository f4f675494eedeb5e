/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tail: the bytes that are written to a file, through truncation and rotation, from before it exists. File events of its
 * folder wake it; a slow timer looks where events do not reach (another mount, a link's target).
 */
#ifndef TAIL_H
#define TAIL_H

#include <peergate/why.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* How often the file is looked at without an event. */
enum { TAIL_LOOK_MS = 5000, TAIL_CHUNK = 64 << 10, TAIL_MARK = 256 };

struct tail_output {
	void *context;
	void (*before)(void *context, const char *bytes,
		       size_t length); /* at most TAIL_CHUNK that stand before the start */
	void (*bytes)(void *context, const char *bytes, size_t length);
	void (*restarted)(void *context); /* what comes next is another file's beginning */
};

struct tail {
	const char *path; /* borrowed */
	struct tail_output output;
	int fd;		 /* -1: the file is not there */
	uint64_t offset; /* read so far */
	char mark
		[TAIL_MARK]; /* the last bytes read: others stand there when the file was cut and has grown again */
	size_t marked;
	bool watching; /* the folder */
	bool linked;   /* the path is a symbolic link: its target is watched, too */
	uv_fs_event_t folder, file;
	uv_timer_t look;
	char chunk[TAIL_CHUNK];
};

/*
 * Begins to follow @path from its start, or from its end when it exists and not @from_start. Reads what is there at once.
 * -EISDIR, -EACCES …: it is there and cannot be read, the sentence in @why.
 */
int tail_start(struct tail *self, uv_loop_t *loop, const char *path, bool from_start,
	       const struct tail_output *output, struct why *why);

/* Closes its handles; the loop has to run once more. */
void tail_stop(struct tail *self);

#endif

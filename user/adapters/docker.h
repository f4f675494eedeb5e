/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * docker: where Docker's json-file driver keeps what a container writes, and its lines as the container wrote them: each line of that
 * file is an object whose member "log" is a piece of the output, mostly a line (docs.docker.com, "JSON File logging driver").
 */
#ifndef DOCKER_H
#define DOCKER_H

#include <peergate/why.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"

#define DOCKER_FOLDER "/var/lib/docker/containers"

enum { DOCKER_PATH_MAX = 512 };

/*
 * The log of @container, its name or the beginning of its ID, below @folder. -ENOENT: no such container, the nearest or the reason in
 * @why; -EMLINK: several begin so; -EACCES.
 */
int docker_log(const char *folder, const char *container, char ret[DOCKER_PATH_MAX],
	       struct why *why);

/* Takes the wrapping off. Bytes in, bytes out. */
struct unwrapper {
	struct lines lines;
	uint64_t malformed; /* lines that were no such object: nothing of them is taken */
	void (*bytes)(void *context, const char *bytes, size_t length);
	void *context;
};

int unwrapper_init(struct unwrapper *ret,
		   void (*bytes)(void *context, const char *bytes, size_t length), void *context);
void unwrapper_release(struct unwrapper *self);
void unwrapper_feed(struct unwrapper *self, const char *bytes, size_t length);
void unwrapper_restart(struct unwrapper *self); /* another file's beginning */

#endif

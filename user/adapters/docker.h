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

#include "buffer.h"
#include "stitch.h"

#define DOCKER_FOLDER "/var/lib/docker/containers"

enum { DOCKER_PATH_MAX = 512 };

/*
 * The log of @container, its name or the beginning of its ID, below @folder; it may not be there yet. -ESRCH: no such container, the reason in
 * @why; -EMLINK: several begin so; -ENOTSUP: it logs by another driver; -EACCES.
 */
int docker_log(const char *folder, const char *container, char ret[DOCKER_PATH_MAX],
	       struct why *why);

/*
 * Takes the wrapping off. Bytes in, whole lines out; a long line comes as several records, and those of the two outputs may lie
 * between each other. A record that is none is told as an empty line, and casts doubt on the next line of each output.
 */
struct unwrapper {
	struct lines lines;
	struct stitch stitch;
	struct buffer out; /* of one feed */
	void (*bytes)(void *context, const char *bytes, size_t length);
	void *context;
};

int unwrapper_init(struct unwrapper *ret,
		   void (*bytes)(void *context, const char *bytes, size_t length), void *context);
void unwrapper_release(struct unwrapper *self);
void unwrapper_feed(struct unwrapper *self, const char *bytes, size_t length);

/* Of lines that have begun the rest is left out, too: what was fed so far is old news, or another file begins. */
void unwrapper_skip(struct unwrapper *self);

/* Nobody knows what stood before. */
void unwrapper_doubt(struct unwrapper *self);

#endif

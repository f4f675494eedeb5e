/* SPDX-License-Identifier: BSD-2-Clause */
#include "last_moment.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENDING_LENGTH = 512 << 10 };

/* A container's lines are wrapped (docker.h). */
static int moment_of(struct follower *follower, const char *line, size_t length, int64_t *ret_ms)
{
	int error = follower_moment(follower, line, length, ret_ms);
	json_t *record = error ? json_loadb(line, length, JSON_ALLOW_NUL, NULL) : NULL;
	const json_t *log = json_object_get(record, "log");
	size_t wanted = json_string_length(log);

	if (wanted) {
		const char *text = json_string_value(log);

		error = follower_moment(follower, text, wanted - (text[wanted - 1] == '\n'),
					ret_ms);
	}
	json_decref(record);
	return error;
}

int follower_last_moment(struct follower *follower, const char *file, int64_t *ret_ms)
{
	char *bytes = malloc(ENDING_LENGTH);
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error = -ENOENT;
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	ssize_t length = 0;

	if (bytes && size > 0)
		length = pread(fd, bytes, ENDING_LENGTH,
			       size > ENDING_LENGTH ? size - ENDING_LENGTH : 0);
	while (length > 0 && error) {
		const char *newline = memrchr(bytes, '\n', (size_t)length - 1);
		size_t begin = newline ? (size_t)(newline - bytes) + 1 : 0;

		length -= bytes[length - 1] == '\n';
		error = moment_of(follower, bytes + begin, (size_t)length - begin, ret_ms);
		length = (ssize_t)begin;
	}
	if (fd >= 0)
		close(fd);
	free(bytes);
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "last_moment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENDING_LENGTH = 512 << 10 };

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
		error = follower_moment(follower, bytes + begin, (size_t)length - begin, ret_ms);
		length = (ssize_t)begin;
	}
	if (fd >= 0)
		close(fd);
	free(bytes);
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "candidates.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

static void bad_line(struct candidates *self, uint64_t line, const char *sentence)
{
	fprintf(stderr, "peergate: line %" PRIu64 ": %s\n", line, sentence);
	self->bad++;
}

static bool is_blank(const char *line, size_t length)
{
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return !length;
}

static int add(struct candidates *self, json_t *candidate, uint64_t line)
{
	size_t count = json_array_size(self->list), room = self->room ? self->room * 2 : 64;
	uint64_t *lines;

	if (count == self->room) {
		lines = reallocarray(self->lines, room, sizeof(*lines));
		if (!lines)
			return -ENOMEM;
		self->lines = lines;
		self->room = room;
	}
	self->lines[count] = line;
	return json_array_append(self->list, candidate) ? -ENOMEM : 0;
}

static int take_line(struct candidates *self, uint64_t line, const char *text, size_t length)
{
	json_error_t fault;
	json_t *candidate;
	int error = 0;

	if (is_blank(text, length))
		return 0;
	candidate = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!candidate)
		bad_line(self, line, fault.text);
	else if (!json_is_object(candidate))
		bad_line(self, line, "a candidate is an object, such as {\"peer\": \"16Uiu2…\"}");
	else
		error = add(self, candidate, line);
	json_decref(candidate);
	return error;
}

static int read_all(struct candidates *self, struct input *input)
{
	char *line = NULL;
	size_t length = 0;
	int error = 0;

	while (!error) {
		switch (input_next(input, &line, &length)) {
		case INPUT_LINE:
			error = take_line(self, input->line, line, length);
			break;
		case INPUT_TOO_LONG:
			bad_line(self, input->line, "longer than 1 MiB: skipped");
			break;
		case INPUT_MORE:
			error = input_fill(input);
			break;
		case INPUT_END:
			return 0;
		}
	}
	return error;
}

int candidates_read(struct candidates *ret, const char *path, struct why *why)
{
	bool is_file = strcmp(path, "-") != 0;
	int fd = is_file ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct input input;
	int error;

	*ret = (struct candidates){0};
	if (fd < 0)
		return why_fill(why, -errno, "%s: %s", path, strerror(errno));
	ret->list = json_array();
	error = ret->list ? input_init(&input, fd) : -ENOMEM;
	if (!error) {
		error = read_all(ret, &input);
		input_free(&input);
	}
	if (is_file)
		close(fd);
	return error ? why_fill(why, error, "%s: %s", path, strerror(-error)) : 0;
}

void candidates_free(struct candidates *self)
{
	json_decref(self->list);
	free(self->lines);
	*self = (struct candidates){0};
}

void candidates_name_line(const struct candidates *self, struct why *why)
{
	static const char begin[] = "candidates[";
	char rest[WHY_MAX];
	const char *behind;
	unsigned long long index;
	char *end;

	behind = strstr(why->sentence, begin);
	if (!behind)
		return;
	index = strtoull(behind + sizeof(begin) - 1, &end, 10);
	if (strncmp(end, "]: ", 3) || index >= json_array_size(self->list))
		return;
	snprintf(rest, sizeof(rest), "%s", end + 3);
	why->sentence[0] = '\0';
	why_fill(why, 0, "line %" PRIu64 ": %s", self->lines[index], rest);
}

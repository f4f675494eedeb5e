/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

/* What is found in @pieces, written one by one: "1:text", "3!" for a line that is too long, parted by blanks. */
static void expect_lines(const char *what, const char *const *pieces, const char *expected)
{
	char found[4096] = "", *line = NULL;
	struct input input;
	int ends[2];
	size_t length = 0, piece = 0;
	enum input_found kind;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(input_init(&input, ends[0]), 0);
	while ((kind = input_next(&input, &line, &length)) != INPUT_END) {
		size_t used = strlen(found);

		if (kind == INPUT_LINE)
			snprintf(found + used, sizeof(found) - used, "%d:%.*s ", (int)input.line,
				 (int)(length < 20 ? length : 20), line);
		else if (kind == INPUT_TOO_LONG)
			snprintf(found + used, sizeof(found) - used, "%d! ", (int)input.line);
		if (kind != INPUT_MORE)
			continue;
		if (pieces[piece])
			assert_int_equal(write(ends[1], pieces[piece], strlen(pieces[piece])),
					 strlen(pieces[piece]));
		else
			close(ends[1]);
		piece++;
		assert_int_equal(input_fill(&input), 0);
	}
	expect_true(what, !strcmp(found, expected));
	input_free(&input);
	close(ends[0]);
}

static const struct {
	const char *what, *pieces[6], *expected;
} streams[] = {
	{"nothing", {NULL}, ""},
	{"one line", {"a\n", NULL}, "1:a "},
	{"the last line needs no newline", {"a\nb", NULL}, "1:a 2:b "},
	{"pieces", {"a", "b", "\nc", "\n", NULL}, "1:ab 2:c "},
	{"empty lines count", {"\n\na\n", NULL}, "1: 2: 3:a "},
};

static void test_streams(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++)
		expect_lines(streams[i].what, streams[i].pieces, streams[i].expected);
}

/* A file, since a pipe does not hold so much: @count bytes of 'x', then @tail. */
static void expect_long(size_t count, const char *tail, const char *expected)
{
	char path[] = "/tmp/test_cli_input.XXXXXX", found[256] = "", *line = NULL;
	char *bytes = malloc(count);
	int fd = mkstemp(path);
	enum input_found kind;
	struct input input;
	size_t length = 0;

	memset(bytes, 'x', count);
	assert_int_equal(write(fd, bytes, count), count);
	assert_int_equal(write(fd, tail, strlen(tail)), strlen(tail));
	lseek(fd, 0, SEEK_SET);
	unlink(path);
	free(bytes);
	assert_int_equal(input_init(&input, fd), 0);
	while ((kind = input_next(&input, &line, &length)) != INPUT_END) {
		size_t used = strlen(found);

		if (kind == INPUT_MORE)
			assert_int_equal(input_fill(&input), 0);
		else
			snprintf(found + used, sizeof(found) - used, "%d%s%d ", (int)input.line,
				 kind == INPUT_LINE ? ":" : "!",
				 kind == INPUT_LINE ? (int)length : 0);
	}
	assert_string_equal(found, expected);
	input_free(&input);
	close(fd);
}

static void test_long_lines(void **state)
{
	(void)state;
	expect_long(INPUT_LINE_MAX, "\nab\n", "1:1048576 2:2 ");
	expect_long(INPUT_LINE_MAX, "", "1:1048576 ");
	expect_long(INPUT_LINE_MAX + 1, "\nab\n", "1!0 2:2 ");
	expect_long(INPUT_LINE_MAX + 1, "", "1!0 ");
	expect_long(3 * INPUT_LINE_MAX, "\n\nab", "1!0 2:0 3:2 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a log may come from besides a file: a container's wrapped lines, systemd's journal. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "docker.h"
#include "journal.h"

struct heard {
	char text[8192];
	size_t length;
};

static void hear(void *context, const char *bytes, size_t length)
{
	struct heard *self = context;

	assert_in_range(self->length + length, 0, sizeof(self->text) - 1);
	memcpy(self->text + self->length, bytes, length);
	self->length += length;
	self->text[self->length] = '\0';
}

static void make_folder(char folder[64])
{
	strcpy(folder, "/tmp/pgtest-sources-XXXXXX");
	assert_non_null(mkdtemp(folder));
}

static void remove_folder(const char *folder)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

static void put(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_container_by_name_and_by_id(void **state)
{
	static const struct {
		const char *container;
		int error;
		const char *words;
	} rows[] = {
		{"prysm", 0, "/aaaa1111/aaaa1111-json.log"},
		{"aaaa11", 0, "/aaaa1111/aaaa1111-json.log"},
		{"aaaa2", 0, "/aaaa2222/aaaa2222-json.log"}, /* not started yet: waited for */
		{"erigon", -ENOTSUP, "docker logs -f --tail 0 erigon"},
		{"aaaa", -EMLINK, "write more of it"},
		{"lighthouse", -ESRCH, "docker ps"},
		{"aaa", -ESRCH, "docker ps"},
		{"../etc", -ESRCH, "docker ps"},
		{"", -ESRCH, "docker ps"},
	};
	char folder[64], path[DOCKER_PATH_MAX];

	(void)state;
	make_folder(folder);
	put(folder, "aaaa1111/config.v2.json", "{\"Name\":\"/prysm\"}");
	put(folder, "aaaa1111/aaaa1111-json.log", "");
	put(folder, "aaaa2222/config.v2.json", "{\"Name\":\"/geth\"}");
	put(folder, "bbbb/config.v2.json", "not JSON");
	put(folder, "cccc/config.v2.json", "{\"Name\":\"/erigon\"}");
	put(folder, "cccc/hostconfig.json", "{\"LogConfig\":{\"Type\":\"journald\"}}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct why why = {""};
		int error = docker_log(folder, rows[i].container, path, &why);

		expect_true(rows[i].container,
			    error == rows[i].error &&
				    strstr(error ? why.sentence : path, rows[i].words));
	}
	remove_folder(folder);
	assert_int_equal(docker_log("/nonexistent", "x", path, NULL), -ESRCH);
}

static void hear_line(void *context, const char *line, size_t length)
{
	hear(context, line, length);
	hear(context, "|", 1);
}

static void wrapped_lines_come_out_as_they_went_in(void **state)
{
	static const char wrapped[] =
		"{\"log\":\"time=1 "
		"msg=\\\"a\\\"\\n\",\"stream\":\"stderr\",\"time\":\"2026-01-01T00:00:00Z\"}\n"
		"{\"log\":\"a long li\",\"stream\":\"stderr\"}\n"
		"{\"log\":\"ne\\u001b[31m\\n\",\"stream\":\"stderr\"}\n"
		"garbage\n"
		"{\"log\":7}\n"
		"{\"log\":\"x\",\"log\":\"y\"}\n"
		"{\"log\":\"perhaps the end of another line\\n\"}\n"
		"{\"log\":\"last\\n\"}\n"
		"{\"log\":\"half";
	struct unwrapper unwrapper;

	(void)state;
	for (size_t step = 1; step < sizeof(wrapped); step += 7) {
		struct heard heard = {.length = 0};

		assert_int_equal(unwrapper_init(&unwrapper, hear, &heard), 0);
		for (size_t at = 0; at < sizeof(wrapped) - 1; at += step) {
			size_t left = sizeof(wrapped) - 1 - at;

			unwrapper_feed(&unwrapper, wrapped + at, left < step ? left : step);
		}
		assert_string_equal(heard.text,
				    "time=1 msg=\"a\"\na long line\033[31m\n\n\n\nlast\n");
		unwrapper_release(&unwrapper);
	}
}

static void feed_text(struct unwrapper *unwrapper, const char *text)
{
	unwrapper_feed(unwrapper, text, strlen(text));
}

/* Docker writes a line of more than 16 KiB as several records, and each output by itself. */
static void pieces_of_two_outputs(void **state)
{
	struct unwrapper unwrapper;
	struct heard heard = {.length = 0};

	(void)state;
	assert_int_equal(unwrapper_init(&unwrapper, hear, &heard), 0);
	feed_text(&unwrapper, "{\"log\":\"one \",\"stream\":\"stderr\"}\n"
			      "{\"log\":\"two \",\"stream\":\"stdout\"}\n"
			      "{\"log\":\"three\\n\",\"stream\":\"stderr\"}\n"
			      "{\"log\":\"four\\n\",\"stream\":\"stdout\"}\n");
	assert_string_equal(heard.text, "one three\ntwo four\n");
	/* What had begun before anybody read, or in another file, is no line. */
	feed_text(&unwrapper, "{\"log\":\"begun \",\"stream\":\"stderr\"}\n");
	unwrapper_skip(&unwrapper);
	feed_text(&unwrapper, "{\"log\":\"[a piece] \",\"stream\":\"stderr\"}\n"
			      "{\"log\":\"[and its end]\\n\",\"stream\":\"stderr\"}\n"
			      "{\"log\":\"five\\n\",\"stream\":\"stderr\"}\n");
	assert_string_equal(heard.text, "one three\ntwo four\nfive\n");
	unwrapper_release(&unwrapper);
}

/* Only so many lines are held unfinished; the one that waited longest is given up. */
static void lines_that_never_end(void **state)
{
	struct heard heard = {.length = 0};
	struct stitch stitch;
	char name[8];

	(void)state;
	stitch_init(&stitch, hear_line, &heard);
	for (int i = 0; i <= STITCH_OPEN_MAX; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		stitch_piece(&stitch, name, "begun ", 6, STITCH_GOES_ON);
	}
	assert_string_equal(heard.text, "|");
	stitch_piece(&stitch, "s1", "end", 3, STITCH_ENDS);
	stitch_piece(&stitch, "s2", "cut", 3, STITCH_CUT);
	stitch_piece(&stitch, "s2", "a\nb", 3, STITCH_ENDS);
	assert_string_equal(heard.text, "|begun end||a b|");
	for (int i = 0; i < 300; i++)
		stitch_piece(&stitch, "s3", heard.text + 1, 1024, STITCH_GOES_ON);
	stitch_piece(&stitch, "s3", "end", 3, STITCH_ENDS);
	assert_string_equal(heard.text, "|begun end||a b||");
	assert_true(stitch_is_open(&stitch));
	stitch_release(&stitch);
}

/* A journal's file is made by systemd's own tool from its export format. */
static bool make_journal(const char *folder)
{
	static const char export[] =
		"__REALTIME_TIMESTAMP=1700000000000000\n__MONOTONIC_TIMESTAMP=1000\n"
		"_BOOT_ID=0123456789abcdef0123456789abcdef\n_SYSTEMD_UNIT=prysm.service\nMESSAGE="
		"first\n\n"
		"__REALTIME_TIMESTAMP=1700000001000000\n__MONOTONIC_TIMESTAMP=2000\n"
		"_BOOT_ID=0123456789abcdef0123456789abcdef\n_SYSTEMD_UNIT=sshd.service\nMESSAGE=of "
		"another\n\n"
		"__REALTIME_TIMESTAMP=1700000002000000\n__MONOTONIC_TIMESTAMP=3000\n"
		"_BOOT_ID=0123456789abcdef0123456789abcdef\n_SYSTEMD_UNIT=prysm.service\n"
		"MESSAGE\n\x0b\0\0\0\0\0\0\0two\nof them\n\n";
	char command[256], path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/export", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(export, 1, sizeof(export) - 1, file);
	fclose(file);
	snprintf(command, sizeof(command),
		 "/lib/systemd/systemd-journal-remote -o %s/system.journal %s >/dev/null 2>&1",
		 folder, path);
	return !access("/lib/systemd/systemd-journal-remote", X_OK) && !system(command);
}

static void run_journal(const char *folder, bool from_start, struct heard *heard)
{
	const struct tail_output output = {.context = heard, .bytes = hear};
	struct journal *journal = NULL;
	struct why why = {""};
	uv_loop_t loop;

	uv_loop_init(&loop);
	if (journal_start(&journal, &loop, "prysm", folder, from_start, &output, &why))
		fail_msg("%s", why.sentence);
	journal_drain(journal);
	journal_stop(journal);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_units_messages_are_lines(void **state)
{
	struct heard heard = {.length = 0};
	char folder[64];

	(void)state;
	make_folder(folder);
	if (!make_journal(folder)) {
		remove_folder(folder);
		print_message("# SKIP systemd-journal-remote is lacking\n");
		skip();
	}
	run_journal(folder, true, &heard);
	assert_string_equal(heard.text, "first\ntwo of them\n");
	heard.length = 0;
	heard.text[0] = '\0';
	run_journal(folder, false, &heard);
	assert_string_equal(heard.text, "");
	remove_folder(folder);
}

static void units_that_are_none(void **state)
{
	static const char *const units[] = {"", "a/b", "a b", "a\nb"};
	const struct tail_output output = {.bytes = hear};
	struct journal *journal;
	char folder[64];
	uv_loop_t loop;

	(void)state;
	make_folder(folder);
	uv_loop_init(&loop);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct why why = {""};

		expect_true(units[i], journal_start(&journal, &loop, units[i], folder, true,
						    &output, &why) == -EINVAL &&
					      strstr(why.sentence, "no name of a unit"));
	}
	assert_int_equal(journal_start(&journal, &loop, "x", "/nonexistent", true, &output, NULL),
			 -ENOENT);
	uv_loop_close(&loop);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_by_name_and_by_id),
		cmocka_unit_test(wrapped_lines_come_out_as_they_went_in),
		cmocka_unit_test(pieces_of_two_outputs),
		cmocka_unit_test(lines_that_never_end),
		cmocka_unit_test(a_units_messages_are_lines),
		cmocka_unit_test(units_that_are_none),
	};

	return cmocka_run_group_tests_name("sources of a log", tests, NULL, NULL);
}

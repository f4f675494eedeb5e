/* SPDX-License-Identifier: BSD-2-Clause */
/* What a follower makes of nodes that come and go, and what it prints for those who set it up. */
#include "node_look.h"

#include <errno.h>

#include "finder.h"
#include "follow_setup.h"

/* --- nodes that come and go --- */

static void start(const struct host *host, int pid, const char *folder, const char *more)
{
	char text[256];

	snprintf(text, sizeof(text), "beacon-chain --datadir=%s %s", folder, more);
	host_run(host, pid, "beacon-chain", text);
	snprintf(text, sizeof(text), "%s/logs/beacon-chain.log", folder);
	host_put(host, text, "");
}

static void a_node_that_comes_back(void **state)
{
	struct follow_settings settings = {.dialect = prysm()};
	struct host *host = host_new();
	static struct finder finder;
	struct why why = {0};
	const char *name;

	(void)state;
	assert_int_equal(finder_init(&finder, &settings, 0, &why), 0);
	finder.root = host->root;
	start(host, 5, "/a", "");
	assert_int_equal(finder_begin(&finder, &settings, &why), 0);
	name = settings.name;
	assert_string_equal(settings.name + strlen(host->root), "/a/logs/beacon-chain.log");
	assert_int_equal(settings.kind, SOURCE_FILE);
	assert_string_equal(settings.api, "http://127.0.0.1:3500");
	assert_int_equal(settings.peers_max, 70);
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING);
	host_end(host, 5);
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING);
	start(host, 6, "/a", "");
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING);
	assert_int_equal(finder.now->place.pid, 6);
	host_end(host, 6);
	start(host, 7, "/a", "--http-port=4500");
	assert_int_equal(finder_look(&finder, &settings), FINDER_API);
	assert_string_equal(settings.api, "http://127.0.0.1:4500");
	assert_ptr_equal(settings.name, name);
	host_end(host, 7);
	start(host, 8, "/b", "--http-port=4500");
	assert_int_equal(finder_look(&finder, &settings), FINDER_SOURCE);
	assert_string_equal(settings.name + strlen(host->root), "/b/logs/beacon-chain.log");
	host_end(host, 8);
	start(host, 9, "/a", "");
	start(host, 10, "/c", "");
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING); /* which? */
	start(host, 11, "/b", "--http-port=4500");
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING); /* that one */
	assert_int_equal(finder.now->place.pid, 11);
	assert_string_equal(settings.name + strlen(host->root), "/b/logs/beacon-chain.log");
	finder_release(&finder);
	host_free(host);
}

/* --pid names a process; what comes after it is known by its log. */
static void a_named_process_that_ends(void **state)
{
	struct follow_settings settings = {.dialect = prysm()};
	struct host *host = host_new();
	static struct finder finder;
	struct why why = {0};

	(void)state;
	assert_int_equal(finder_init(&finder, &settings, 5, &why), 0);
	finder.root = host->root;
	start(host, 5, "/a", "");
	start(host, 6, "/b", "");
	assert_int_equal(finder_begin(&finder, &settings, &why), 0);
	host_end(host, 5);
	assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING);
	assert_string_equal(settings.name + strlen(host->root), "/a/logs/beacon-chain.log");
	start(host, 7, "/a", "--http-port=4500");
	assert_int_equal(finder_look(&finder, &settings), FINDER_API);
	assert_int_equal(finder.now->place.pid, 7);
	finder_release(&finder);
	host_free(host);
}

static void what_is_given_wins(void **state)
{
	struct host *host = host_new();
	char log[512];
	struct follow_settings settings = {.dialect = prysm(),
					   .kind = SOURCE_FILE,
					   .name = host_path(host, "/x/log", log),
					   .peers_max = 9};
	static struct finder finder;
	struct why why = {0};

	(void)state;
	host_put(host, "/x/log", "");
	assert_int_equal(finder_init(&finder, &settings, 0, &why), 0);
	finder.root = host->root;
	start(host, 5, "/a", "");
	assert_int_equal(finder_begin(&finder, &settings, &why), 0); /* at once: it has a source */
	assert_ptr_equal(settings.name, log);
	assert_null(settings.api); /* another node's */
	/* The node that writes it comes later; it is looked for at leisure. */
	host_end(host, 5);
	host_run(host, 6, "beacon-chain", "beacon-chain --log-file=/x/log");
	for (int i = 1; i < 5; i++)
		assert_int_equal(finder_look(&finder, &settings), FINDER_NOTHING);
	assert_int_equal(finder_look(&finder, &settings), FINDER_API);
	assert_ptr_equal(settings.name, log);
	assert_string_equal(settings.api, "http://127.0.0.1:3500");
	assert_int_equal(settings.peers_max, 9);
	finder_release(&finder);
	host_free(host);
}

static void a_node_of_which_nothing_can_be_read(void **state)
{
	struct follow_settings settings = {.dialect = prysm()};
	struct host *host = host_new();
	static struct finder finder;
	struct why why = {0};

	(void)state;
	assert_int_equal(finder_init(&finder, &settings, 0, &why), 0);
	finder.root = host->root;
	host_run(host, 5, "beacon-chain", "beacon-chain --datadir=/a --disable-ephemeral-log-file");
	assert_int_equal(finder_begin(&finder, &settings, &why), -EACCES);
	assert_string_equal(why.sentence, "nothing of the log of process 5 can be read: peergate "
					  "follow prysm --setup prints what lets a follower in");
	finder_release(&finder);
	host_free(host);
}

/* --- setting up --- */

static char *print(const struct host *host, const struct discovery *node)
{
	const struct setup setup = {host->root, prysm(), node, "gate", true};
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	follow_setup_print(&setup, out);
	fclose(out);
	return text;
}

#define EXPECT(text, words) expect_true(words, strstr(text, words))

static void setting_up(void **state)
{
	struct host *host = host_new();
	struct discovery *found;
	char *text, at[512];

	(void)state;
	text = print(host, NULL);
	EXPECT(text, "No running Prysm is found");
	EXPECT(text, "'/DATADIR/logs/beacon-chain.log'");
	free(text);
	/* Names hold anything; folders that let everybody through need nothing. */
	start(host, 5, "/it's/d", "");
	assert_int_equal(chmod(host_path(host, "/it's/d", at), 0711), 0);
	assert_int_equal(chmod(host_path(host, "/it's", at), 0710), 0);
	found = read_node(host);
	text = print(host, found);
	EXPECT(text, "usermod --append --groups 'gate' peergate-follow\n");
	EXPECT(text, "/it'\\''s'\nsetfacl -m u:peergate-follow:rx,d:u:peergate-follow:r '");
	EXPECT(text, "setfacl -m u:peergate-follow:r,m::r '");
	EXPECT(text, "/it'\\''s/d/logs/beacon-chain.log'\n");
	EXPECT(text, "systemctl enable --now peergate-follow@prysm.service\n");
	free(text);
	/* The journal is known by the unit, also by those who may not read it. */
	found->has_source = false;
	strcpy(found->place.unit, "prysm.service");
	strcpy(found->options.values[NODE_VERBOSITY], "debug");
	text = print(host, found);
	EXPECT(text, "--groups 'gate',systemd-journal peergate-follow\n");
	assert_null(strstr(text, "setfacl"));
	free(text);
	strcpy(found->options.values[NODE_VERBOSITY], "info");
	text = print(host, found);
	EXPECT(text, "with --verbosity=debug among the arguments of prysm.service");
	free(text);
	free(found);
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_that_comes_back),
		cmocka_unit_test(a_named_process_that_ends),
		cmocka_unit_test(what_is_given_wins),
		cmocka_unit_test(a_node_of_which_nothing_can_be_read),
		cmocka_unit_test(setting_up),
	};

	return cmocka_run_group_tests_name("finder", tests, NULL, NULL);
}

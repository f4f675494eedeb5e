/* SPDX-License-Identifier: BSD-2-Clause */
/* Which log, API and wishes a follower takes from a running node, and which node is meant. */
#include "node_look.h"

#include <errno.h>
#include <fcntl.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CONTAINER "/var/lib/docker/containers/" ID "/" ID "-json.log"

/* --- the source --- */

static void hide(const struct host *host, const char *path)
{
	char at[512];

	assert_int_equal(chmod(host_path(host, path, at), 0), 0);
}

enum { GROUP = 1, ERROR = 2, LOG = 4, DEBUG = 8 };

struct source_row {
	const char *arguments;
	unsigned int there, hidden;
	enum source_kind kind;
	const char *source, *note;
};

static const struct source_row source_rows[] = {
	{"--verbosity=debug --log-file=/l", GROUP | LOG | DEBUG, 0, SOURCE_DOCKER, ID, NULL},
	{"--verbosity=debug --log-file=/l", GROUP | LOG | DEBUG, GROUP, SOURCE_FILE, "/l",
	 "not the log of its container 0123456789ab: "},
	{"--verbosity=debug --log-file=/l", ERROR | LOG | DEBUG, 0, SOURCE_FILE, "/e", NULL},
	{"--verbosity=debug --log-file=/l", GROUP | ERROR | LOG | DEBUG, 0, SOURCE_FILE, "/e",
	 NULL},
	{"--verbosity=debug --log-file=/l", ERROR | LOG | DEBUG, ERROR, SOURCE_FILE, "/l",
	 "not its standard error /e: Permission denied"},
	{"--log-file=/l", GROUP | ERROR | LOG | DEBUG, 0, SOURCE_FILE, "/d/logs/beacon-chain.log",
	 "at verbosity info no bad peer is named there; --verbosity=debug would"},
	{"--verbosity=debug --log-file=/l", LOG | DEBUG, LOG, SOURCE_FILE,
	 "/d/logs/beacon-chain.log", "not its log file /l: Permission denied"},
	{"--verbosity=debug", DEBUG, 0, SOURCE_FILE, "/d/logs/beacon-chain.log", NULL},
	{"--verbosity=debug --log-format=fluentd", ERROR | DEBUG, 0, SOURCE_FILE,
	 "/d/logs/beacon-chain.log", "its format fluentd is not read here"},
	{"--verbosity=debug --log-file=/l", 0, 0, SOURCE_FILE, "/l",
	 "not its log file /l: No such file"}, /* to be waited for */
	{"", 0, 0, SOURCE_FILE, "/d/logs/beacon-chain.log", "not its debug file"},
	{"", DEBUG, DEBUG, SOURCE_INPUT, NULL,
	 "not its debug file /d/logs/beacon-chain.log: Permission denied"},
	{"--disable-ephemeral-log-file", DEBUG, 0, SOURCE_INPUT, NULL,
	 "no debug file: it was started with --disable-ephemeral-log-file"},
};

/* Everything is there: a container's log, standard error in a file, a log file, a debug file. What a row hides or lacks decides. */
static void sources_in_their_order(void **state)
{
	static const struct {
		unsigned int bit;
		const char *path;
	} files[] = {{GROUP, CONTAINER},
		     {ERROR, "/e"},
		     {LOG, "/l"},
		     {DEBUG, "/d/logs/beacon-chain.log"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(source_rows); i++) {
		struct host *host = host_new();
		struct discovery *found;
		char text[512];

		snprintf(text, sizeof(text), "beacon-chain --datadir=/d %s",
			 source_rows[i].arguments);
		host_run(host, 5, "beacon-chain", text);
		for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
			if (!(source_rows[i].there & files[k].bit))
				continue;
			host_put(host, files[k].path, "");
			if (source_rows[i].hidden & files[k].bit)
				hide(host, files[k].path);
		}
		/* Containers are seen from within the same namespaces here: that is Docker's affair. */
		if (source_rows[i].there & GROUP)
			host_put(host, "/proc/5/cgroup", "0::/docker/" ID "\n");
		host_link(host, "/proc/5/ns/mnt", "mnt:[1]");
		host_link(host, "/proc/self/ns/mnt", "mnt:[1]");
		host_link(host, "/proc/5/fd/1", "pipe:[7]");
		host_link(host, "/proc/5/fd/2", source_rows[i].there & ERROR ? "/e" : "socket:[8]");
		found = read_node(host);
		snprintf(text, sizeof(text), "%zu: %s: takes %s", i, source_rows[i].arguments,
			 found->source);
		expect_true(text, found->has_source == (source_rows[i].source != NULL));
		if (source_rows[i].source)
			expect_true(text,
				    found->kind == source_rows[i].kind &&
					    !strcmp(found->source + (source_rows[i].source[0] == '/'
									     ? strlen(host->root)
									     : 0),
						    source_rows[i].source));
		expect_true(text, source_rows[i].note ? notes(found, source_rows[i].note)
						      : !found->note_count);
		free(found);
		host_free(host);
	}
}

static void a_units_journal(void **state)
{
	struct host *host = host_new();
	struct discovery *found;

	(void)state;
	host_run(host, 5, "beacon-chain", "beacon-chain --datadir=/d --verbosity=debug");
	host_put(host, "/d/logs/beacon-chain.log", "");
	host_put(host, "/proc/5/cgroup", "0::/system.slice/prysm.service\n");
	found = read_node(host);
	assert_true(notes(found, "not the journal of prysm.service: "));
	assert_int_equal(found->kind, SOURCE_FILE);
	free(found);
	host_put(host, "/proc/5/cgroup",
		 "0::/user.slice/user-1.slice/user@1.service/app.slice/prysm.service\n");
	found = read_node(host);
	assert_true(notes(found, "it is a unit of user 1000's own manager"));
	free(found);
	host_free(host);
}

/* A journal's file is made by systemd's own tool from its export format: one line of a unit of the system. */
static bool make_journal(const struct host *host)
{
	static const char text[] =
		"__REALTIME_TIMESTAMP=1600000000000000\n__MONOTONIC_TIMESTAMP=1000\n"
		"_BOOT_ID=00112233445566778899aabbccddeeff\n_TRANSPORT=stdout\n_UID=1000\n"
		"_SYSTEMD_UNIT=prysm.service\nPRIORITY=6\nMESSAGE=a line\n\n";
	char at[512], command[2048];

	host_put(host, "/export", text);
	host_path(host, "/var/log/journal/x", at);
	snprintf(command, sizeof(command),
		 "/lib/systemd/systemd-journal-remote -o %s/var/log/journal/system.journal "
		 "%s/export "
		 ">/dev/null 2>&1 && chmod 644 %s/var/log/journal/system.journal",
		 host->root, host->root, host->root);
	return !access("/lib/systemd/systemd-journal-remote", X_OK) && !system(command);
}

static void a_journal_that_can_be_read(void **state)
{
	struct host *host = host_new();
	struct discovery *found;

	(void)state;
	host_run(host, 5, "beacon-chain", "beacon-chain --datadir=/d --verbosity=debug");
	host_put(host, "/d/logs/beacon-chain.log", "");
	host_put(host, "/proc/5/cgroup", "0::/system.slice/prysm.service\n");
	if (!make_journal(host)) {
		host_free(host);
		print_message("# SKIP systemd-journal-remote is lacking\n");
		skip();
	}
	found = read_node(host);
	assert_int_equal(found->note_count, 0);
	assert_int_equal(found->kind, SOURCE_JOURNAL);
	assert_string_equal(found->source, "prysm.service");
	free(found);
	/* Nothing is there of another one. */
	host_put(host, "/proc/5/cgroup", "0::/system.slice/other.service\n");
	found = read_node(host);
	assert_int_equal(found->kind, SOURCE_FILE);
	assert_true(notes(found, "the journal has nothing of other.service"));
	free(found);
	host_free(host);
}

static void a_configuration_that_cannot_be_read(void **state)
{
	struct host *host = host_new();
	struct discovery *found;

	(void)state;
	host_run(host, 5, "beacon-chain", "beacon-chain --config-file=/c");
	found = read_node(host);
	assert_true(notes(
		found, "/c cannot be read (No such file or directory): what it says is not known"));
	free(found);
	host_free(host);
}

/* --- the API, the wishes --- */

static void apis(void **state)
{
	static const char trie[] = "Main:\n  |-- 127.0.0.1\n     /32 host LOCAL\n  |-- "
				   "172.17.0.0\n     /16 link UNICAST\n"
				   "  |-- 172.17.0.2\n     /32 host LOCAL\n";
	static const struct {
		const char *arguments, *network, *api, *note;
	} rows[] = {
		{"", "1", "http://127.0.0.1:3500", NULL},
		{"--http-port=4500 --http-host=192.0.2.1", "1", "http://192.0.2.1:4500", NULL},
		{"--http-host=0.0.0.0", "1", "http://127.0.0.1:3500", NULL},
		{"--http-host=::", "1", "http://127.0.0.1:3500", NULL},
		{"--http-host=::1", "1", "http://[::1]:3500", NULL},
		{"--http-host=[::1]", "1", "http://[::1]:3500", NULL},
		{"--http-port=none", "1", "", NULL},
		{"--disable-grpc-gateway", "1", "", NULL},
		{"", "2", "",
		 "no API: it listens on 127.0.0.1:3500 of a network namespace of its own"},
		{"--http-host=0.0.0.0", "2", "http://172.17.0.2:3500", NULL},
		{"--http-host=192.0.2.1", "2", "http://192.0.2.1:3500", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();
		struct discovery *found;
		char text[256];

		snprintf(text, sizeof(text), "beacon-chain --verbosity=debug --datadir=/d %s",
			 rows[i].arguments);
		host_run(host, 5, "beacon-chain", text);
		host_put(host, "/d/logs/beacon-chain.log", "");
		snprintf(text, sizeof(text), "net:[%s]", rows[i].network);
		host_link(host, "/proc/5/ns/net", text);
		host_link(host, "/proc/self/ns/net", "net:[1]");
		host_put(host, "/proc/5/net/fib_trie", trie);
		found = read_node(host);
		snprintf(text, sizeof(text), "%zu: %s: %s", i, rows[i].arguments, found->api);
		expect_true(text, !strcmp(found->api, rows[i].api));
		expect_true(text, rows[i].note ? notes(found, rows[i].note) : !found->note_count);
		free(found);
		host_free(host);
	}
}

static void wishes_and_ports(void **state)
{
	struct host *host = host_new();
	struct discovery *found;

	(void)state;
	host_run(host, 5, "beacon-chain", "beacon-chain --p2p-max-peers=31 --p2p-tcp-port 9000");
	found = read_node(host);
	assert_int_equal(found->peers_max, 31);
	assert_int_equal(found->tcp, 9000);
	assert_int_equal(found->quic, 13000);
	free(found);
	host_free(host);
}

/* --- which node --- */

static void several_nodes(void **state)
{
	struct discovery_wish wish = {0};
	struct host *host = host_new();
	struct discovery *found = calloc(1, sizeof(*found));
	struct why why = {0};

	(void)state;
	assert_int_equal(choose(found, host, &wish, &why), -ENOENT);
	assert_string_equal(why.sentence, "");
	host_run(host, 5, "beacon-chain", "beacon-chain --datadir=/a");
	host_run(host, 6, "beacon-chain", "beacon-chain --datadir=/b");
	assert_int_equal(choose(found, host, &wish, &why), -EMLINK);
	assert_true(strstr(why.sentence,
			   "2 nodes of Prysm run here, as processes 5, 6: say which with --pid") ||
		    strstr(why.sentence,
			   "2 nodes of Prysm run here, as processes 6, 5: say which with --pid"));
	wish.pid = 6;
	assert_int_equal(choose(found, host, &wish, &why), 0);
	assert_int_equal(found->place.pid, 6);
	wish.pid = 7;
	why.sentence[0] = '\0';
	assert_int_equal(choose(found, host, &wish, &why), -ESRCH);
	assert_string_equal(why.sentence, "process 7 is no running Prysm");
	free(found);
	host_free(host);
}

/* An explicit source must not be joined with the API of another node. */
static void whose_source_it_is(void **state)
{
	static const struct {
		enum source_kind kind;
		const char *name;
		bool is_its;
	} rows[] = {
		{SOURCE_FILE, "/d/logs/beacon-chain.log", true},
		{SOURCE_FILE, "/other-name", true}, /* a link to it */
		{SOURCE_FILE, "/e", true},
		{SOURCE_FILE, "/l", true},
		{SOURCE_FILE, "/x/logs/beacon-chain.log", false},
		{SOURCE_JOURNAL, "prysm", true},
		{SOURCE_JOURNAL, "prysm.service", true},
		{SOURCE_JOURNAL, "pry", false},
		{SOURCE_JOURNAL, "prysm.socket", false},
		{SOURCE_DOCKER, "0123", false},
	};
	struct host *host = host_new();
	struct discovery *found;

	(void)state;
	host_run(host, 5, "beacon-chain", "beacon-chain --datadir=/d --log-file=/l");
	host_put(host, "/proc/5/cgroup", "0::/system.slice/prysm.service\n");
	host_put(host, "/e", "");
	host_put(host, "/l", "");
	host_put(host, "/d/logs/beacon-chain.log", "");
	host_put(host, "/x/logs/beacon-chain.log", "");
	host_link(host, "/other-name", "d/logs/beacon-chain.log");
	host_link(host, "/proc/5/fd/1", "/dev/null");
	host_link(host, "/proc/5/fd/2", "../../../e");
	found = read_node(host);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s%s", rows[i].kind == SOURCE_FILE ? host->root : "",
			 rows[i].name);
		expect_true(rows[i].name, discovery_writes(found, host->root, rows[i].kind, path) ==
						  rows[i].is_its);
	}
	free(found);
	host_put(host, "/proc/5/cgroup", "0::/docker/" ID "\n");
	host_put(host, CONTAINER, "");
	found = read_node(host);
	assert_true(discovery_writes(found, host->root, SOURCE_DOCKER, "0123"));
	assert_false(discovery_writes(found, host->root, SOURCE_DOCKER, "1234"));
	assert_false(discovery_writes(found, host->root, SOURCE_JOURNAL, "prysm"));
	free(found);
	host_free(host);
}

/* What we are fed is a node's own when its standard error is the other end; /dev/null is everybody's. */
static void standard_input_from_a_node(void **state)
{
	int kept = dup(STDIN_FILENO), null = open("/dev/null", O_RDONLY), ends[2];
	struct host *host = host_new();
	struct discovery *found;
	char link[64];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	host_run(host, 5, "beacon-chain", "beacon-chain");
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", getpid(), ends[1]);
	host_link(host, "/proc/5/fd/2", link);
	host_link(host, "/proc/5/fd/1", "/dev/null");
	found = calloc(1, sizeof(*found));
	found->place.pid = 5;
	assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
	assert_true(discovery_writes(found, host->root, SOURCE_INPUT, "-"));
	assert_true(dup2(null, STDIN_FILENO) >= 0);
	assert_false(discovery_writes(found, host->root, SOURCE_INPUT, "-"));
	assert_true(dup2(kept, STDIN_FILENO) >= 0);
	close(kept);
	close(null);
	close(ends[0]);
	close(ends[1]);
	free(found);
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_in_their_order),
		cmocka_unit_test(a_units_journal),
		cmocka_unit_test(a_journal_that_can_be_read),
		cmocka_unit_test(a_configuration_that_cannot_be_read),
		cmocka_unit_test(apis),
		cmocka_unit_test(wishes_and_ports),
		cmocka_unit_test(several_nodes),
		cmocka_unit_test(whose_source_it_is),
		cmocka_unit_test(standard_input_from_a_node),
	};

	return cmocka_run_group_tests_name("discovery", tests, NULL, NULL);
}

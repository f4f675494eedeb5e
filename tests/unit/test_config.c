/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration: what each key takes, what it refuses and how it says so; files by line; what differs between two. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

static const struct {
	const char *key, *value, *part; /* of the sentence; NULL: taken */
} settings[] = {
	{"interface", "eth0", NULL},
	{"interface", "", "interface: \"\" is no name"},
	{"interface", "a-name-longer-than-15", "no name of an interface"},
	{"service", "beacon=tcp:13000,quic:13000", NULL},
	{"service", "a=tcp:9000-9003, quic:9000", NULL},
	{"service", "a=tcp:1-65535", "more than 1024 ports"},
	{"service", "a=", "\"\" is no port"},
	{"service", "=tcp:1", "no name of a service"},
	{"service", "with space=tcp:1", "letters, digits"},
	{"service", "sixteen-letters-=tcp:1", "1 to 15 letters"},
	{"service", "a=tcp", "\"tcp\" is no port"},
	{"service", "a=tcp:", "\"\" is no port"},
	{"service", "a=tcp:1x", "\"1x\" is no port"},
	{"service", "a=tcp:0", "\"0\" is no port"},
	{"service", "a=tcp:65536", "\"65536\" is no port"},
	{"service", "a=tcp:5-4", "ends before it begins"},
	{"service", "a=sctp:1", "neither tcp nor quic"},
	{"service", "a=tcp:1,tcp:1", "tcp:1 is named twice"},
	{"service", "a=tcp:13000:9000,quic:13000-13003:9000-9003", NULL},
	{"service", "a=tcp:13000-13001:9000", "2 published ports, but 1 in the container"},
	{"service", "a=tcp:13000:9001-9000", "9001-9000 ends before it begins"},
	{"service", "a=tcp:13000:", "\"\" is no port"},
	{"service", "a=tcp::9000", "\"\" is no port"},
	{"service", "a=tcp:1:2:3", "\"2:3\" is no port"},
	{"cgroup", "auto", NULL},
	{"cgroup", "none", NULL},
	{"cgroup", "unit:beacon", NULL},
	{"cgroup", "beacon", "none of auto, none, /PATH, unit:NAME, container:ID"},
	{"cgroup", "container:abc", "no container's ID"},
	{"netns", "/run/netns/x", NULL},
	{"netns", "a=/run/netns/x", NULL},
	{"netns", "pid:1234", NULL},
	{"netns", "b=container:4f66ad9a0b2e", NULL},
	{"netns", "pid:0", "\"pid:0\" is no process"},
	{"netns", "pid:1x", "is no process"},
	{"netns", "container:web", "no container's ID"},
	{"netns", "x", "names no namespace"},
	{"netns", "/", "names no namespace"},
	{"netns", "=/run/netns/x", "no service is called so"},
	{"mode", "enforce", NULL},
	{"mode", "Enforce", "none of observe, enforce; did you mean enforce?"},
	{"attach", "generic", NULL},
	{"attach", "xdp", "auto, native, tcx, clsact, generic"},
	{"gate-lo", "yes", NULL},
	{"gate-lo", "maybe", "neither yes nor no"},
	{"protect", "192.0.2.0/24", NULL},
	{"protect", "192.0.2.1/24", "192.0.2.0/24"},
	{"run-dir", "", "nothing is given"},
	{"user", "a-user-name-that-is-longer-than-any", "longer than 31 letters"},
	{"log-format", "json", NULL},
	{"log-format", "xml", "text, json"},
	{"log-level", "debug", NULL},
	{"log-level", "warn", "did you mean warning?"},
	{"pace", "off", NULL},
	{"pace", "4/s", NULL},
	{"pace", "1/60s", NULL},
	{"pace", "1/0s", "no rate"},
	{"pace", "0/s", "no rate"},
	{"pace", "2", "no rate"},
	{"pace", "1/s burst 3", "no rate"},
	{"pace-burst", "0", "outside 1 .. 1000000"},
	{"census", "10s", NULL},
	{"census", "0", NULL},
	{"census", "2h", "outside"},
	{"witness-max", "64", NULL},
	{"witness-max", "63", "outside 64"},
	{"churn", "0", NULL},
	{"churn", "1001", "outside 0 .. 1000"},
	{"churn", "off", "no whole number"},
	{"churn-short", "15s", NULL},
	{"churn-short", "0s", "outside 1s .. 3600s"},
	{"corroborate", "off", NULL},
	{"corroborate", "require", "none of required, off; did you mean required?"},
	{"corroborate-slack", "0s", NULL},
	{"corroborate-slack", "2h", "outside 0s .. 3600s"},
	{"lease", "1s", "outside 2s .. 3600s"},
	{"lease", "3", NULL},
	{"lease", "-3s", "no duration"},
	{"lease", "3 s", "no duration"},
	{"lease", "9999999999999d", "longer than 100 years"},
	{"lease", "99999999999999999999s", "no duration"},
	{"leak", "1/32", NULL},
	{"leak", "0.5", NULL},
	{"leak", "0", NULL},
	{"leak", "1/0", "no share"},
	{"leak", "3/2", "no share"},
	{"leak", "nan", "no share"},
	{"leak", "-1", "no share"},
	{"samples", "1e3", "no whole number"},
	{"resets", "too_many_peers, rate_limited", NULL},
	{"resets", "none", NULL},
	{"dial", "off", NULL},
	{"dial", "private", NULL},
	{"dial", "bogon", NULL},
	{"dial", "bogons", "none of off, private, bogon; did you mean bogon?"},
	{"dial", "yes", "none of off, private, bogon"},
	{"dial-banned", "yes", NULL},
	{"dial-ports", "53, 8551", NULL},
	{"dial-ports", "none", NULL},
	{"dial-ports", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", NULL},
	{"dial-ports", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "more than 16 ports"},
	{"dial-ports", "", "no list of ports"},
	{"dial-ports", "0", "\"0\" is no port"},
	{"dial-ports", "65536", "\"65536\" is no port"},
	{"dial-ports", "53;8551", "\"53;8551\" is no port"},
	{"dial-ports", "53,none", "\"none\" is no port"},
	{"dial-ports", "53,8551,53", "53 is named twice"},
	{"resets", "too_many_pears", "did you mean too_many_peers?"},
	{"sources-max", "131072", NULL},
	{"sources-max", "63", "outside 64"},
	{"sources-max", "99999999999999999999", "no whole number"},
	{"ban-max", "6h", NULL},
	{"ban-max", "13h", "outside 1s .. 43200s"},
	{"wire-depth-max", "65", "outside 4 .. 64"},
	{"moode", "enforce", "unknown key \"moode\"; did you mean mode?"},
	{"qqqqqqqq", "x", "unknown key \"qqqqqqqq\""},
};

static void each_key_takes_what_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct why why = {""};
		struct config config, before;
		int error;

		config_default(&config);
		before = config;
		error = config_set(&config, settings[i].key, settings[i].value, &why);
		if (!settings[i].part && error)
			fail_msg("%s = %s: %s", settings[i].key, settings[i].value, why.sentence);
		if (!settings[i].part)
			continue;
		expect_true(settings[i].value, error < 0);
		if (!strstr(why.sentence, settings[i].part))
			fail_msg("%s = %s: \"%s\" does not say \"%s\"", settings[i].key,
				 settings[i].value, why.sentence, settings[i].part);
		/* Of a service refused at its last port nothing stays. */
		expect_true(settings[i].value, !memcmp(&config, &before, sizeof(config)));
	}
}

static void lists_have_ends(void **state)
{
	struct why why = {""};
	struct config config;
	char text[32];

	(void)state;
	config_default(&config);
	for (int i = 0; i < SERVICES_MAX; i++) {
		snprintf(text, sizeof(text), "s%d=tcp:%d", i, 100 + i);
		assert_int_equal(config_set(&config, "service", text, &why), 0);
	}
	assert_int_equal(config_set(&config, "service", "s8=tcp:200", &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "one service too many"));
	for (int i = 0; i < GATE_INTERFACES_MAX; i++) {
		snprintf(text, sizeof(text), "eth%d", i);
		assert_int_equal(config_set(&config, "interface", text, &why), 0);
	}
	assert_int_equal(config_set(&config, "interface", "last", NULL), -EINVAL);
}

static void a_port_has_one_service(void **state)
{
	struct why why = {""};
	struct config config;

	(void)state;
	config_default(&config);
	assert_int_equal(config_set(&config, "service", "a=tcp:1-3,quic:2", &why), 0);
	assert_int_equal(config_set(&config, "service", "b=quic:1,tcp:2", &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "tcp:2 is named twice, in a and b"));
	assert_int_equal(config.port_count, 4);
	assert_int_equal(config_service(&config, "a", NULL), 0);
	assert_int_equal(config_service(&config, "b", NULL), -EINVAL);
}

static int load(const char *text, struct config *ret, struct why *why)
{
	char path[] = "/tmp/peergate-test-XXXXXX";
	int fd = mkstemp(path), error;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	config_default(ret);
	error = config_load(ret, path, why);
	unlink(path);
	return error;
}

static const struct {
	const char *text, *part;
} files[] = {
	{"", NULL},
	{"# a comment\n; another\n\nmode = enforce ; and why\n", NULL},
	{"mode=enforce\r\nlease = 5s\r\n", NULL},
	{"mode = enforce\nintreface = eth0\n",
	 ":2: unknown key \"intreface\"; did you mean interface?"},
	{"\n\nlease = soon\n", ":3: lease: \"soon\" is no duration"},
	{"[gate]\nmode = enforce\n", ":2: [gate]: there are no sections"},
	{"mode = enforce\nnonsense\n", ":2: "},
	{"mode = enforce\nmode = on\nlease = x\n", ":2: mode"},
};

static void files_are_read_by_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct why why = {""};
		struct config config;
		int error = load(files[i].text, &config, &why);

		if (!files[i].part && error)
			fail_msg("%s: %s", files[i].text, why.sentence);
		if (files[i].part && (!error || !strstr(why.sentence, files[i].part)))
			fail_msg("%s: \"%s\" does not say \"%s\"", files[i].text, why.sentence,
				 files[i].part);
	}
}

static void a_line_too_long_is_told(void **state)
{
	struct why why = {""};
	struct config config;
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "mode = ", 7);
	text[sizeof(text) - 1] = '\0';
	assert_true(load(text, &config, &why) < 0);
	assert_non_null(strstr(why.sentence, ":1: longer than"));
	assert_int_equal(config_load(&config, "/nonexistent/file", &why), -ENOENT);
	assert_int_equal(config_load(&config, "/", &why), -EISDIR);
}

static void the_whole_is_checked(void **state)
{
	struct why why = {""};
	struct config config;

	(void)state;
	config_default(&config);
	assert_int_equal(config_check(&config, &why), 0);
	config_set(&config, "interface", "eth0", NULL);
	assert_int_equal(config_check(&config, &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "no service is named"));
	config_set(&config, "service", "a=tcp:1", NULL);
	config_set(&config, "sources-max", "5000", NULL);
	assert_int_equal(config_check(&config, NULL), 0);
	assert_int_equal(config.policy.held_max, 5000);
	assert_int_equal(config.policy.sources_max, 1000000); /* the book knows more */
	config_set(&config, "book-sources-max", "3000", NULL);
	assert_int_equal(config_check(&config, NULL), 0);
	assert_int_equal(config.policy.sources_max, 5000); /* and never less */
	config_set(&config, "pace", "1/1h", NULL);
	assert_int_equal(config_check(&config, NULL), -ERANGE);
}

static const struct {
	const char *what;
	const char *service[2], *netns[2];
	const char *part; /* NULL: right */
} processes[] = {
	{"a port in a container", {"a=tcp:1:2"}, {"/run/netns/x"}, NULL},
	{"nobody looks into it", {"a=tcp:1:2"}, {NULL}, "tcp:1:2 of a names a port inside"},
	{"only into another's", {"a=tcp:1:2", "b=tcp:3"}, {"b=/x"}, "names a port inside"},
	{"a service that is none", {"a=tcp:1:2"}, {"aa=/x"}, "netns = aa=/x: no service \"aa\""},
	{"two published ports lead to one", {"a=tcp:1:3,tcp:2:3"}, {"/x"}, NULL},
	{"of two services", {"a=tcp:1:3", "b=tcp:2:3"}, {"/x"}, "tcp:3 would be both a's and b's"},
	{"each in its own", {"a=tcp:1:3", "b=tcp:2:3"}, {"a=/x", "b=/y"}, NULL},
};

static void processes_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		struct why why = {""};
		struct config config;
		int error;

		config_default(&config);
		for (int k = 0; k < 2; k++) {
			if (processes[i].service[k])
				config_set(&config, "service", processes[i].service[k], NULL);
			if (processes[i].netns[k])
				config_set(&config, "netns", processes[i].netns[k], NULL);
		}
		error = config_check(&config, &why);
		expect_true(processes[i].what, !error == !processes[i].part);
		if (processes[i].part && !strstr(why.sentence, processes[i].part))
			fail_msg("%s: \"%s\" does not say \"%s\"", processes[i].what, why.sentence,
				 processes[i].part);
	}
}

static void words_stand_alone(void **state)
{
	struct why why = {""};
	struct config config;

	(void)state;
	config_default(&config);
	assert_int_equal(config_set(&config, "cgroup", "/a", NULL), 0);
	assert_int_equal(config_set(&config, "cgroup", "auto", &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "auto stands alone"));
	assert_int_equal(config_set(&config, "cgroup", "/a", NULL), -EINVAL);
	assert_int_equal(config_set(&config, "cgroup", "unit:b", NULL), 0);
	assert_int_equal(config.cgroup_count, 2);
}

static void each_key_sees_its_own_change_only(void **state)
{
	struct config before, after;

	(void)state;
	config_default(&before);
	after = before;
	config_set(&after, "pace", "7/s", NULL);
	config_set(&after, "service", "a=tcp:1", NULL);
	for (unsigned int i = 0; i < config_key_count; i++) {
		const char *name = config_keys[i].name;
		bool changed = !strcmp(name, "pace") || !strcmp(name, "service");

		expect_true(name, config_differs(&before, &after, &config_keys[i]) == changed);
	}
	config_clear(&after, config_find("service", NULL));
	assert_int_equal(after.service_count, 0);
	assert_int_equal(after.port_count, 0);
}

/* A flag that replaces the file's list clears what its row names: nothing of another key may lie there. */
static void no_key_has_what_is_anothers(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < config_key_count; i++)
		for (unsigned int k = 0; k < config_key_count; k++) {
			const struct config_key *one = &config_keys[i], *other = &config_keys[k];

			if (i != k && one->offset <= other->offset &&
			    other->offset < one->offset + one->size)
				fail_msg("%s lies within %s", other->name, one->name);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_takes_what_it_should),
		cmocka_unit_test(lists_have_ends),
		cmocka_unit_test(a_port_has_one_service),
		cmocka_unit_test(files_are_read_by_line),
		cmocka_unit_test(a_line_too_long_is_told),
		cmocka_unit_test(the_whole_is_checked),
		cmocka_unit_test(processes_are_checked),
		cmocka_unit_test(words_stand_alone),
		cmocka_unit_test(each_key_sees_its_own_change_only),
		cmocka_unit_test(no_key_has_what_is_anothers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

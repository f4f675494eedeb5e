/* SPDX-License-Identifier: BSD-2-Clause */
/* What running nodes tell: who is one, what it was told, where it lives. */
#include "fake_host.h"

#include <errno.h>

#include "discovery.h"

static const struct dialect *prysm(void)
{
	static struct dialect *dialect;
	struct why why = {0};

	if (!dialect)
		assert_int_equal(dialect_load(&dialect, "prysm", &why), 0);
	return dialect;
}

static struct discovery *read_node(const struct host *host, int pid)
{
	static struct node_process process;
	struct discovery *ret = calloc(1, sizeof(*ret));

	assert_non_null(ret);
	process.pid = pid;
	process.length =
		node_text(host->root, pid, "cmdline", process.command, sizeof(process.command));
	discovery_read(ret, host->root, prysm(), &process);
	return ret;
}

/* --- who is one --- */

static void nodes_by_name(void **state)
{
	static const struct {
		const char *comm, *arguments;
		bool is_node;
	} rows[] = {
		{"beacon-chain", "beacon-chain --datadir=/x", true},
		{"beacon-chain-v7", "/opt/beacon-chain-v7.1.6-linux-amd64", true},
		{"beacon-chain-v7", "./prysm.sh --datadir=/x",
		 true}, /* it runs the program under its own name */
		{"beacon-chain", "/app/cmd/beacon-chain/beacon-chain --x", true},
		{"perl", "/opt/beacon-chain x", true},
		{"prysm.sh", "./prysm.sh beacon-chain", false},
		{"tail", "tail -f /data/logs/beacon-chain.log", false},
		{"validator-v7.1.", "./prysm.sh --x", false},
		{"beacon-chains", "beacon-chains", false},
		{"beacon_chain", "beacon_chain", false},
		{"vim", "vim beacon-chain.yaml", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static struct node_process nodes[2];
		struct host *host = host_new();

		host_run(host, 5, rows[i].comm, rows[i].arguments);
		expect_true(rows[i].arguments, discovery_nodes(host->root, &prysm()->node, nodes,
							       2) == rows[i].is_node);
		host_free(host);
	}
}

static void when_it_began(void **state)
{
	struct host *host = host_new();

	(void)state;
	host_run(host, 5, "x", "x");
	assert_int_equal(node_began(host->root, 5), 500);
	assert_int_equal(node_began(host->root, 6), 0);
	host_free(host);
}

/* --- what it was told --- */

struct told {
	const char *arguments, *config;
	enum node_word word;
	const char *value;
	bool by_node;
};

static void options_in_all_spellings(void **state)
{
	static const struct told rows[] = {
		{"b --datadir=/x", "", NODE_DATA_FOLDER, "/x", true},
		{"b --datadir /x", "", NODE_DATA_FOLDER, "/x", true},
		{"b -datadir=/x", "", NODE_DATA_FOLDER, "/x", true},
		{"b -datadir /x_y", "", NODE_DATA_FOLDER, "/x y", true},
		{"b --datadir=/x --datadir=/y", "", NODE_DATA_FOLDER, "/y", true},
		{"b --datadirs=/x", "", NODE_DATA_FOLDER, "~/.eth2", false},
		{"b datadir=/x", "", NODE_DATA_FOLDER, "~/.eth2", false},
		{"b --datadir", "", NODE_DATA_FOLDER, "~/.eth2", false},
		{"b", "datadir: /x", NODE_DATA_FOLDER, "~/.eth2", false},
		{"b --http-port 1 --grpc-gateway-port 2", "", NODE_API_PORT, "1", true},
		{"b --grpc-gateway-port 2", "", NODE_API_PORT, "2", true},
		{"b", "", NODE_API_PORT, "3500", false},
		{"b", "", NODE_API_HOST, "127.0.0.1", false},
		{"b", "", NODE_VERBOSITY, "info", false},
		{"b", "", NODE_LOG_FILE, "", false},
		{"b", "", NODE_MAX_PEERS, "70", false},
		{"b --disable-ephemeral-log-file", "", NODE_NO_DEBUG_FILE, "true", true},
		{"b --disable-ephemeral-log-file --x", "", NODE_NO_DEBUG_FILE, "true", true},
		{"b --disable-ephemeral-log-file=false", "", NODE_NO_DEBUG_FILE, "", false},
		{"b --config-file=/c", "datadir: /x\n", NODE_DATA_FOLDER, "/x", true},
		{"b --config-file /c", "# no\ndatadir:  \"/x y\" # here\n", NODE_DATA_FOLDER,
		 "/x y", true},
		{"b --config-file /c", "datadir: '/x # y'\n", NODE_DATA_FOLDER, "/x # y", true},
		{"b --config-file /c", "datadir: /x # why\r\n", NODE_DATA_FOLDER, "/x", true},
		{"b --config-file /c --datadir=/y", "datadir: /x\n", NODE_DATA_FOLDER, "/y", true},
		{"b --config-file /c", " datadir: /x\n  - datadir: /z\n", NODE_DATA_FOLDER,
		 "~/.eth2", false},
		{"b --config-file /c", "datadir:/x\n", NODE_DATA_FOLDER, "~/.eth2", false},
		{"b --config-file /c", "grpc-gateway-port: 9\n", NODE_API_PORT, "9", true},
		{"b --config-file /c", "disable-ephemeral-log-file: true", NODE_NO_DEBUG_FILE,
		 "true", true},
		{"b --config-file /c", "", NODE_MAX_PEERS, "70", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();
		struct discovery *found;
		char text[256];

		host_put(host, "/c", rows[i].config);
		host_run(host, 5, "b", rows[i].arguments);
		found = read_node(host, 5);
		snprintf(text, sizeof(text), "%zu: %s: \"%s\" is \"%s\"", i, rows[i].arguments,
			 rows[i].value, found->options.values[rows[i].word]);
		expect_true(text, !strcmp(found->options.values[rows[i].word], rows[i].value) &&
					  found->options.told[rows[i].word] == rows[i].by_node);
		free(found);
		host_free(host);
	}
}

static void who_names_bad_peers(void **state)
{
	static const struct {
		const char *arguments;
		bool telling, readable;
	} rows[] = {
		{"b", false, true},
		{"b --verbosity=debug", true, true},
		{"b --verbosity=TRACE", true, true},
		{"b --verbosity=warn", false, true},
		{"b --log.vmodule=beacon-chain/p2p=debug,beacon-chain/sync=trace", true, true},
		{"b --log.vmodule=beacon-chain=debug", true, true},
		{"b --log.vmodule=beacon-chain/p2p=debug", false, true},
		{"b --log.vmodule=beacon-chain/p2p/x=debug,beacon-chain/sync=debug", false, true},
		{"b --log.vmodule=beacon-chain=debug,beacon-chain/sync=info", false, true},
		{"b --log.vmodule=beacon-chain/sync=info,beacon-chain=debug", false, true},
		{"b --verbosity=debug --log.vmodule=beacon-chain/sync=info", false, true},
		{"b --log-format=json --log.vmodule=beacon-chain=debug", false, true},
		{"b --log-format=json --verbosity=debug", true, true},
		{"b --log-format=journald --verbosity=debug", true, false},
		{"b --log-format fluentd", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();
		struct discovery *found;

		host_run(host, 5, "b", rows[i].arguments);
		found = read_node(host, 5);
		expect_true(rows[i].arguments,
			    node_options_telling(&found->options, &prysm()->node) ==
					    rows[i].telling &&
				    node_options_readable(&found->options, &prysm()->node) ==
					    rows[i].readable);
		free(found);
		host_free(host);
	}
}

/* --- where it lives --- */

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void control_groups(void **state)
{
	static const struct {
		const char *text, *unit, *docker;
		bool is_users, in_container;
	} rows[] = {
		{"0::/system.slice/prysm.service\n", "prysm.service", "", false, false},
		{"0::/system.slice/system-prysm.slice/prysm@main.service\n", "prysm@main.service",
		 "", false, false},
		{"0::/system.slice/prysm.service/payload\n", "prysm.service", "", false, false},
		{"12:memory:/system.slice\n1:name=systemd:/system.slice/prysm.service\n0::/"
		 "x.service\n",
		 "prysm.service", "", false, false},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/prysm.service\n",
		 "prysm.service", "", true, false},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-1.scope\n", "", "",
		 true, false},
		{"0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", "", "", true,
		 false},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice\n", "", "", true,
		 false},
		{"0::/user.slice/user-1000.slice/session-3.scope\n", "", "", false, false},
		{"0::/system.slice/docker-" ID ".scope\n", "", ID, false, true},
		{"0::/docker/" ID "\n", "", ID, false, true},
		{"0::/docker/" ID "/init.scope\n", "", ID, false, true},
		{"5:pids:/docker/" ID "\n1:name=systemd:/docker/" ID "\n", "", ID, false, true},
		{"0::/system.slice/docker.service\n", "docker.service", "", false, false},
		{"0::/docker/0123\n", "", "", false, false},
		{"0::/machine.slice/libpod-" ID ".scope\n", "", "", false, true},
		{"0::/machine.slice/machine-x.scope/payload/system.slice/prysm.service\n", "", "",
		 false, true},
		{"0::/kubepods.slice/x.slice/cri-containerd-" ID ".scope\n", "", "", false, true},
		{"0::/\n", "", "", false, false},
		{"nonsense\n", "", "", false, false},
		{"", "", "", false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();
		static struct node_place place;

		host_put(host, "/proc/5/cgroup", rows[i].text);
		node_place_find(&place, host->root, 5);
		expect_true(rows[i].text, !strcmp(place.unit, rows[i].unit) &&
						  !strcmp(place.docker, rows[i].docker) &&
						  place.is_users_unit == rows[i].is_users &&
						  place.in_container == rows[i].in_container);
		host_free(host);
	}
}

static void users_and_homes(void **state)
{
	static struct node_place place;
	struct host *host = host_new();
	char path[PATH_MAX];

	(void)state;
	host_put(host, "/etc/passwd",
		 "root:x:0:0::/root:/bin/sh\nprysm:x:1000:1::/var/lib/prysm:/bin/false\n");
	host_run(host, 5, "b", "b");
	node_place_find(&place, host->root, 5);
	assert_string_equal(place.user, "prysm");
	assert_string_equal(place.home, "/var/lib/prysm");
	assert_int_equal(node_place_path(&place, host->root, "~/.eth2", path), 0);
	assert_string_equal(path + strlen(host->root), "/var/lib/prysm/.eth2");
	host_put_bytes(host, "/proc/5/environ", "A=1\0HOME=/srv/p\0B=2\0", 21);
	node_place_find(&place, host->root, 5);
	assert_string_equal(place.home, "/srv/p");
	/* The host's users are not a container's. */
	host_run(host, 6, "b", "b");
	host_put(host, "/proc/6/cgroup", "0::/docker/" ID "\n");
	node_place_find(&place, host->root, 6);
	assert_string_equal(place.user, "1000");
	assert_string_equal(place.home, "");
	assert_int_equal(node_place_path(&place, host->root, "~/.eth2", path), -ENOENT);
	assert_int_equal(node_place_path(&place, host->root, "/data", path), -EACCES);
	host_free(host);
}

static void paths_as_the_node_sees_them(void **state)
{
	static struct node_place place;
	struct host *host = host_new();
	char path[PATH_MAX], wanted[PATH_MAX];

	(void)state;
	host_run(host, 5, "b", "b");
	host_link(host, "/proc/5/cwd", "/srv/node");
	host_link(host, "/proc/5/ns/mnt", "mnt:[2]");
	host_link(host, "/proc/self/ns/mnt", "mnt:[1]");
	host_put(host, "/proc/5/root/data/log", "theirs");
	node_place_find(&place, host->root, 5);
	assert_int_equal(node_place_path(&place, host->root, "/data/log", path), 0);
	snprintf(wanted, sizeof(wanted), "%s/proc/5/root/data/log", host->root);
	assert_string_equal(path, wanted);
	/* The same file by its plain name outlives the process. */
	host_link(host, "/data", "proc/5/root/data");
	assert_int_equal(node_place_path(&place, host->root, "/data/log", path), 0);
	snprintf(wanted, sizeof(wanted), "%s/data/log", host->root);
	assert_string_equal(path, wanted);
	/* In our own namespace there is nothing to choose; relative paths begin at its folder. */
	host_link(host, "/proc/5/ns/mnt", "mnt:[1]");
	node_place_find(&place, host->root, 5);
	assert_int_equal(node_place_path(&place, host->root, "./x/log", path), 0);
	snprintf(wanted, sizeof(wanted), "%s/srv/node/x/log", host->root);
	assert_string_equal(path, wanted);
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_by_name),
		cmocka_unit_test(when_it_began),
		cmocka_unit_test(options_in_all_spellings),
		cmocka_unit_test(who_names_bad_peers),
		cmocka_unit_test(control_groups),
		cmocka_unit_test(users_and_homes),
		cmocka_unit_test(paths_as_the_node_sees_them),
	};

	return cmocka_run_group_tests_name("node_find", tests, NULL, NULL);
}

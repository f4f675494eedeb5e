/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: what it finds on hosts made of files. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doctor.h"

struct host {
	char root[64];
	struct doctor doctor;
};

static struct host *host_new(void)
{
	struct host *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	strcpy(self->root, "/tmp/pgtest-doctor-XXXXXX");
	assert_non_null(mkdtemp(self->root));
	self->doctor = (struct doctor){.root = self->root, .findings = json_array()};
	return self;
}

static void host_free(struct host *self)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	assert_int_equal(system(command), 0);
	json_decref(self->doctor.findings);
	json_decref(self->doctor.status);
	free(self);
}

static void put_bytes(struct host *self, const char *path, const char *bytes, size_t length)
{
	char at[256];
	FILE *file;

	snprintf(at, sizeof(at), "%s%s", self->root, path);
	for (char *slash = strchr(at + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(at, 0755);
		*slash = '/';
	}
	file = fopen(at, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static void put(struct host *self, const char *path, const char *text)
{
	put_bytes(self, path, text, strlen(text));
}

/* "fault btf" and a part of the sentence. */
static bool finds(const struct host *self, const char *health, const char *check, const char *words)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (self->doctor.findings, i, finding) {
		if (!strcmp(json_string_value(json_object_get(finding, "health")), health) &&
		    !strcmp(json_string_value(json_object_get(finding, "check")), check) &&
		    strstr(json_string_value(json_object_get(finding, "finding")), words))
			return true;
	}
	return false;
}

static void good_host(struct host *self)
{
	put(self, "/proc/sys/kernel/osrelease", "6.12.1-amd64\n");
	put(self, "/sys/kernel/btf/vmlinux", "x");
	put(self, "/proc/self/mounts", "proc /proc proc rw 0 0\nbpf /sys/fs/bpf bpf rw 0 0\n");
	put(self, "/proc/sys/net/core/bpf_jit_enable", "1\n");
}

static void kernels(void **state)
{
	static const struct {
		const char *release, *health;
	} rows[] = {{"5.14.0-1", "fault"},	{"4.19.0", "fault"}, {"5.15.0", "note"},
		    {"6.1.0-18-amd64", "note"}, {"6.5.9", "note"},   {"6.6.0", "well"},
		    {"7.2.1", "well"},		{"strange", "note"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();

		good_host(host);
		put(host, "/proc/sys/kernel/osrelease", rows[i].release);
		doctor_kernel(&host->doctor);
		expect_true(rows[i].release, finds(host, rows[i].health, "kernel", ""));
		expect_true("its faults count",
			    host->doctor.faults == !strcmp(rows[i].health, "fault"));
		host_free(host);
	}
}

static void what_the_kernel_lacks(void **state)
{
	struct host *host = host_new();

	(void)state;
	put(host, "/proc/sys/kernel/osrelease", "6.12.1\n");
	put(host, "/proc/self/mounts", "none /sys/fs/bpf tmpfs rw 0 0\n");
	put(host, "/proc/sys/net/core/bpf_jit_enable", "0\n");
	doctor_kernel(&host->doctor);
	assert_true(finds(host, "fault", "btf", "has no BTF"));
	assert_true(finds(host, "fault", "bpffs", "no BPF file system"));
	assert_true(finds(host, "fault", "jit", "interpreted"));
	assert_int_equal(host->doctor.faults, 3);
	host_free(host);
}

/* A Prysm with arguments, a socket on each of the ports, inodes 501 and 502; discovery on 12000. */
static void put_prysm(struct host *self)
{
	static const char command[] =
		"/usr/bin/beacon-chain-v7.1.6\0--datadir=/data/prysm\0--p2p-tcp-port\0"
		"13001\0";
	char link[128];

	put_bytes(self, "/proc/77/cmdline", command, sizeof(command) - 1);
	put(self, "/proc/77/fd/x", "");
	snprintf(link, sizeof(link), "%s/proc/77/fd/9", self->root);
	assert_int_equal(symlink("socket:[501]", link), 0);
	link[strlen(link) - 1] = '8';
	assert_int_equal(symlink("socket:[502]", link), 0);
	put(self, "/proc/net/tcp",
	    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
	    "timeout inode\n"
	    "   0: 00000000:32C9 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000     "
	    "   0 501 1\n"
	    "   1: 0100007F:0DAC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000     "
	    "   0 503 1\n");
	put(self, "/proc/net/udp6",
	    "  sl  local_address                         remote_address                        st\n"
	    "  7: 00000000000000000000000000000000:32C8 00000000000000000000000000000000:0000 07 "
	    "00000000:00000000 00:00000000 00000000  1000        0 502 2 0 0\n");
}

static json_t *status_with(const char *ports)
{
	json_t *status = json_loads(ports, 0, NULL);

	assert_non_null(status);
	return status;
}

static void ports_that_are_not_gated(void **state)
{
	struct host *host = host_new();

	(void)state;
	put_prysm(host);
	host->doctor.status =
		status_with("{\"services\":[{\"ports\":[\"tcp:130\",\"quic:13000\"]}]}");
	doctor_ports(&host->doctor);
	assert_true(finds(host, "fault", "ports",
			  "Prysm (pid 77) listens on tcp:13001, which is not gated"));
	assert_true(finds(host, "well", "ports", "quic:13000, which is gated"));
	assert_int_equal(host->doctor.faults, 1);
	host_free(host);
}

static void a_port_that_a_container_maps(void **state)
{
	struct host *host = host_new();

	(void)state;
	put_prysm(host);
	host->doctor.status =
		status_with("{\"services\":[{\"ports\":[\"tcp:13001:9000\",\"quic:13000\"]}]}");
	doctor_ports(&host->doctor);
	assert_int_equal(host->doctor.faults, 0);
	host_free(host);
}

static void loopback_is_nobodys_business(void **state)
{
	struct listening_socket sockets[8];
	struct host *host = host_new();

	(void)state;
	put_prysm(host);
	assert_int_equal(doctor_listening(&host->doctor, sockets, 8), 2);
	assert_int_equal(sockets[0].port, 13001);
	assert_int_equal(sockets[1].port, 13000);
	assert_true(sockets[1].udp && sockets[1].inode == 502);
	assert_int_equal(doctor_listening(&host->doctor, sockets, 1), 1);
	host_free(host);
}

static void clients_by_their_arguments(void **state)
{
	static const struct {
		const char *command, *name;
		size_t length;
	} rows[] = {
#define ROW(text, name) {text, name, sizeof(text) - 1}
		ROW("lighthouse\0bn\0", "Lighthouse"),
		ROW("/opt/java\0-Xmx4g\0-jar\0/opt/teku.jar\0", "Teku"),
		ROW("node\0--max-old\0/usr/app/lodestar\0beacon\0", "Lodestar"),
		ROW("/bin/sh\0-c\0lighthouse\0", NULL),
		ROW("vim\0geth.conf\0", NULL),
		ROW("gethostname\0", NULL),
#undef ROW
	};
	static struct node_process nodes[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host *host = host_new();
		size_t count;

		put_bytes(host, "/proc/5/cmdline", rows[i].command, rows[i].length);
		count = node_processes(host->root, nodes, 4);
		expect_true(rows[i].command,
			    count == (rows[i].name != NULL) &&
				    (!count || !strcmp(nodes[0].kind->name, rows[i].name)));
		host_free(host);
	}
}

static void options_in_both_forms(void **state)
{
	static struct node_process node;
	static const char command[] = "beacon-chain\0--datadir=/x\0-log-file\0/y z\0--last\0";

	(void)state;
	memcpy(node.command, command, sizeof(command));
	node.length = sizeof(command) - 1;
	assert_string_equal(node_option(&node, "datadir"), "/x");
	assert_string_equal(node_option(&node, "log-file"), "/y z");
	assert_null(node_option(&node, "last"));
	assert_null(node_option(&node, "data"));
	assert_null(node_option(&node, "beacon-chain"));
}

static void the_log_of_a_running_prysm(void **state)
{
	struct host *host = host_new();

	(void)state;
	put_prysm(host);
	doctor_log(&host->doctor);
	assert_true(finds(host, "fault", "log", "/data/prysm/logs/beacon-chain.log: No such file"));
	put(host, "/data/prysm/logs/beacon-chain.log", "");
	doctor_log(&host->doctor);
	assert_true(finds(host, "well", "log", "can be read"));
	doctor_follower(&host->doctor);
	assert_true(finds(host, "fault", "follower", "no follower runs"));
	put_bytes(host, "/proc/78/cmdline", "/usr/bin/peergate\0follow\0prysm\0", 31);
	doctor_follower(&host->doctor);
	assert_true(finds(host, "well", "follower", "runs"));
	host_free(host);
}

/* What nobody said may be otherwise: an older Prysm writes no debug file. */
static void a_log_that_is_only_guessed(void **state)
{
	static const char command[] = "beacon-chain\0--p2p-tcp-port=13001\0";
	struct host *host = host_new();

	(void)state;
	put_bytes(host, "/proc/77/cmdline", command, sizeof(command) - 1);
	put(host, "/proc/77/status", "Name:\tx\nUid:\t7\t7\t7\t7\n");
	put(host, "/etc/passwd", "prysm:x:7:7::/srv:/bin/false\n");
	doctor_log(&host->doctor);
	doctor_follower(&host->doctor);
	assert_int_equal(host->doctor.faults, 0);
	assert_true(finds(host, "note", "log", "/srv/.eth2/logs/beacon-chain.log: No such file"));
	put(host, "/srv/.eth2/logs/beacon-chain.log", "");
	doctor_log(&host->doctor);
	doctor_follower(&host->doctor);
	assert_true(finds(host, "well", "log", "/srv/.eth2/logs/beacon-chain.log can be read"));
	assert_true(finds(host, "fault", "follower", "no follower runs"));
	host_free(host);
}

static void several_nodes_logs(void **state)
{
	struct host *host = host_new();

	(void)state;
	put_bytes(host, "/proc/77/cmdline", "beacon-chain\0", 13);
	put_bytes(host, "/proc/78/cmdline", "beacon-chain\0", 13);
	doctor_log(&host->doctor);
	assert_true(finds(host, "note", "log", "2 nodes of Prysm run here"));
	host_free(host);
}

static void a_daemon_that_does_not_answer(void **state)
{
	struct host *host = host_new();

	(void)state;
	host->doctor.gone = "no daemon at /x";
	doctor_daemon(&host->doctor);
	doctor_interfaces(&host->doctor);
	assert_true(finds(host, "fault", "daemon", "no daemon at /x"));
	assert_int_equal(host->doctor.faults, 1);
	host_free(host);
}

static void what_the_daemon_says(void **state)
{
	struct host *host = host_new();

	(void)state;
	host->doctor.status = status_with("{\"mode\":\"observe\",\"lease_age_s\":9,\"warnings\":["
					  "\"a map is full\"],\"interfaces\":["
					  "{\"name\":\"eth0\",\"rung\":\"tcx\"},{\"name\":\"eth1\","
					  "\"rung\":\"none\",\"note\":\"gone\"},"
					  "{\"name\":\"eth2\",\"rung\":\"generic\"}]}");
	doctor_daemon(&host->doctor);
	doctor_interfaces(&host->doctor);
	assert_true(finds(host, "note", "daemon", "only observes"));
	assert_true(finds(host, "fault", "daemon", "last renewed 9 s ago"));
	assert_true(finds(host, "fault", "daemon", "a map is full"));
	assert_true(finds(host, "well", "interface", "eth0 is gated on the rung tcx"));
	assert_true(finds(host, "fault", "interface", "eth1 is not gated now: gone"));
	assert_true(finds(host, "note", "interface", "eth2"));
	host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels),
		cmocka_unit_test(what_the_kernel_lacks),
		cmocka_unit_test(ports_that_are_not_gated),
		cmocka_unit_test(a_port_that_a_container_maps),
		cmocka_unit_test(loopback_is_nobodys_business),
		cmocka_unit_test(clients_by_their_arguments),
		cmocka_unit_test(options_in_both_forms),
		cmocka_unit_test(the_log_of_a_running_prysm),
		cmocka_unit_test(a_log_that_is_only_guessed),
		cmocka_unit_test(several_nodes_logs),
		cmocka_unit_test(a_daemon_that_does_not_answer),
		cmocka_unit_test(what_the_daemon_says),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}

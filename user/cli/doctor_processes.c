/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_processes: which clients run here, with which arguments, and which sockets they hold; as /proc tells. */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

/*
 * Default ports: each client's documentation in 2026; Prysm's QUIC shares the TCP port's number, the others' is the next one. Java and
 * JavaScript clients run in an interpreter: their name is looked for in all arguments.
 */
static const struct node_kind kinds[] = {
	{"beacon-chain", "Prysm", 13000, 13000, true},
	{"lighthouse", "Lighthouse", 9000, 9001, true},
	{"teku", "Teku", 9000, 9001, true},
	{"nimbus_beacon_node", "Nimbus", 9000, 9001, true},
	{"lodestar", "Lodestar", 9000, 9001, true},
	{"grandine", "Grandine", 9000, 9001, true},
	{"geth", "Geth", 30303, 0, false},
	{"reth", "Reth", 30303, 0, false},
	{"besu", "Besu", 30303, 0, false},
	{"nethermind", "Nethermind", 30303, 0, false},
	{"erigon", "Erigon", 30303, 0, false},
};

/* The last part of a path, to its end or to the first dot or blank: "/usr/bin/beacon-chain-v7.1.6" begins with its name. */
static bool is_named(const char *argument, const char *program)
{
	const char *slash = strrchr(argument, '/'), *base = slash ? slash + 1 : argument;
	size_t length = strlen(program);

	return !strncasecmp(base, program, length) && !isalnum((unsigned char)base[length]) &&
	       base[length] != '_';
}

static const char *next_argument(const struct node_process *node, const char *argument)
{
	const char *next = argument + strlen(argument) + 1;

	return next < node->command + node->length ? next : NULL;
}

static const struct node_kind *kind_of(const struct node_process *node)
{
	/* An interpreter's own arguments come first; a client's further ones are no names. */
	enum { LOOKS = 6 };
	const char *argument = node->command;

	for (int i = 0; i < LOOKS && argument; i++, argument = next_argument(node, argument)) {
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (is_named(argument, kinds[k].program))
				return &kinds[k];
		if (!i && strcasecmp(argument, "java") && !strstr(argument, "java") &&
		    !strstr(argument, "node"))
			break;
	}
	return NULL;
}

static bool read_command(const struct doctor *self, struct node_process *ret)
{
	char path[DOCTOR_PATH_MAX], name[64];
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/cmdline", ret->pid);
	file = fopen(doctor_path(self, name, path), "re");
	if (!file)
		return false;
	ret->length = fread(ret->command, 1, sizeof(ret->command) - 1, file);
	ret->command[ret->length] = '\0';
	fclose(file);
	return ret->length > 0;
}

static bool is_elsewhere(const struct doctor *self, int pid)
{
	char path[DOCTOR_PATH_MAX], name[64], theirs[64] = "", ours[64] = "";

	snprintf(name, sizeof(name), "/proc/%d/ns/net", pid);
	return readlink(doctor_path(self, name, path), theirs, sizeof(theirs) - 1) > 0 &&
	       readlink(doctor_path(self, "/proc/self/ns/net", path), ours, sizeof(ours) - 1) > 0 &&
	       strcmp(theirs, ours);
}

void doctor_each_process(const struct doctor *self,
			 bool (*take)(void *context, const struct node_process *process),
			 void *context)
{
	static struct node_process process;
	char path[DOCTOR_PATH_MAX];
	DIR *folder = opendir(doctor_path(self, "/proc", path));
	struct dirent *entry;
	bool more = true;

	while (folder && more && (entry = readdir(folder))) {
		process.pid = atoi(entry->d_name);
		if (process.pid > 0 && read_command(self, &process))
			more = take(context, &process);
	}
	if (folder)
		closedir(folder);
}

struct found {
	const struct doctor *doctor;
	struct node_process *nodes;
	size_t count, max;
};

static bool take_node(void *context, const struct node_process *process)
{
	struct found *self = context;
	const struct node_kind *kind = kind_of(process);

	if (!kind)
		return true;
	self->nodes[self->count] = *process;
	self->nodes[self->count].kind = kind;
	self->nodes[self->count].elsewhere = is_elsewhere(self->doctor, process->pid);
	return ++self->count < self->max;
}

size_t doctor_nodes(const struct doctor *self, struct node_process *ret, size_t max)
{
	struct found found = {.doctor = self, .nodes = ret, .max = max};

	doctor_each_process(self, take_node, &found);
	return found.count;
}

const char *node_option(const struct node_process *node, const char *option)
{
	size_t length = strlen(option);

	for (const char *at = node->command; at; at = next_argument(node, at)) {
		const char *name = at + strspn(at, "-");

		if (name == at || strncmp(name, option, length))
			continue;
		if (name[length] == '=')
			return name + length + 1;
		if (!name[length])
			return next_argument(node, at);
	}
	return NULL;
}

bool node_holds(const struct doctor *self, const struct node_process *node, uint64_t inode)
{
	char path[DOCTOR_PATH_MAX], name[64], wanted[64], link[64];
	DIR *folder;
	struct dirent *entry;
	bool holds = false;

	snprintf(name, sizeof(name), "/proc/%d/fd", node->pid);
	snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
	folder = opendir(doctor_path(self, name, path));
	while (folder && !holds && (entry = readdir(folder))) {
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, link, sizeof(link) - 1);

		if (length <= 0)
			continue;
		link[length] = '\0';
		holds = !strcmp(link, wanted);
	}
	if (folder)
		closedir(folder);
	return holds;
}

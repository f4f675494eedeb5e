/* SPDX-License-Identifier: BSD-2-Clause */
#include "node_process.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

const char *node_proc(const char *root, int pid, const char *name, char ret[PROC_PATH_MAX])
{
	snprintf(ret, PROC_PATH_MAX, "%s/proc/%d/%s", root, pid, name);
	return ret;
}

/* --- who is who --- */

static bool ends_a_name(char letter)
{
	return !isalnum((unsigned char)letter) && letter != '_';
}

/* The last part of a path, to its end or to the first dot or blank: "/usr/bin/beacon-chain-v7.1.6" begins with its name. */
static bool is_named(const char *argument, const char *program)
{
	const char *slash = strrchr(argument, '/'), *base = slash ? slash + 1 : argument;
	size_t length = strlen(program);

	return !strncasecmp(base, program, length) && ends_a_name(base[length]);
}

/*
 * The kernel's name is that of the file, whatever the first argument says: Prysm's own script, prysm.sh, starts the program
 * under the script's name. It is cut to 15 letters.
 */
static bool is_file_of(const char *comm, const char *program)
{
	size_t room = sizeof(((struct node_process *)0)->comm) - 1, length = strlen(program);

	if (length > room)
		return strlen(comm) == room && !strncasecmp(comm, program, room);
	return !strncasecmp(comm, program, length) && ends_a_name(comm[length]);
}

bool node_named(const struct node_process *self, const char *program)
{
	return is_file_of(self->comm, program) || is_named(self->command, program);
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

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (is_file_of(node->comm, kinds[k].program))
			return &kinds[k];
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

/* --- reading /proc --- */

size_t node_text(const char *root, int pid, const char *name, char *ret, size_t room)
{
	char path[PROC_PATH_MAX];
	FILE *file = fopen(node_proc(root, pid, name, path), "re");
	size_t length = 0;

	if (file) {
		length = fread(ret, 1, room - 1, file);
		fclose(file);
	}
	ret[length] = '\0';
	return length;
}

static bool read_command(const char *root, struct node_process *ret)
{
	ret->length = node_text(root, ret->pid, "cmdline", ret->command, sizeof(ret->command));
	node_text(root, ret->pid, "comm", ret->comm, sizeof(ret->comm));
	ret->comm[strcspn(ret->comm, "\n")] = '\0';
	return ret->length > 0;
}

static bool is_elsewhere(const char *root, int pid)
{
	char path[PROC_PATH_MAX], theirs[64] = "", ours[64] = "";

	node_proc(root, pid, "ns/net", path);
	if (readlink(path, theirs, sizeof(theirs) - 1) <= 0)
		return false;
	snprintf(path, sizeof(path), "%s/proc/self/ns/net", root);
	return readlink(path, ours, sizeof(ours) - 1) > 0 && strcmp(theirs, ours);
}

void node_each_process(const char *root,
		       bool (*take)(void *context, const struct node_process *process),
		       void *context)
{
	struct node_process *process = calloc(1, sizeof(*process));
	char path[PROC_PATH_MAX];
	struct dirent *entry;
	bool more = process;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/proc", root);
	folder = opendir(path);
	while (folder && more && (entry = readdir(folder))) {
		process->pid = atoi(entry->d_name);
		if (process->pid > 0 && read_command(root, process))
			more = take(context, process);
	}
	if (folder)
		closedir(folder);
	free(process);
}

struct found {
	const char *root;
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
	self->nodes[self->count].elsewhere = is_elsewhere(self->root, process->pid);
	return ++self->count < self->max;
}

size_t node_processes(const char *root, struct node_process *ret, size_t max)
{
	struct found found = {.root = root, .nodes = ret, .max = max};

	node_each_process(root, take_node, &found);
	return found.count;
}

uint64_t node_began(const char *root, int pid)
{
	uint64_t ticks = 0;
	const char *behind;
	char text[1024];

	/* proc(5): the 22nd field; the second is a name in brackets, which may hold anything. */
	node_text(root, pid, "stat", text, sizeof(text));
	behind = strrchr(text, ')');
	if (!behind || sscanf(behind + 1,
			      " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			      "%*s %*s %*s %" SCNu64,
			      &ticks) != 1)
		return 0;
	return ticks;
}

/* --- arguments --- */

/* Behind the dashes and the name: "=value", or "" when the argument ends there; NULL: another argument. */
static const char *behind_name(const char *argument, const char *option)
{
	const char *name = argument + strspn(argument, "-");
	size_t length = strlen(option);

	if (name == argument || strncmp(name, option, length) ||
	    (name[length] && name[length] != '='))
		return NULL;
	return name + length;
}

const char *node_option(const struct node_process *self, const char *option)
{
	const char *value = NULL;

	for (const char *at = self->command; at; at = next_argument(self, at)) {
		const char *behind = behind_name(at, option);

		if (behind && *behind)
			value = behind + 1;
		else if (behind)
			value = next_argument(self, at);
	}
	return value;
}

bool node_switch(const struct node_process *self, const char *option)
{
	bool is_on = false;

	for (const char *at = self->command; at; at = next_argument(self, at)) {
		const char *behind = behind_name(at, option);

		if (behind)
			is_on = !*behind || !strcasecmp(behind, "=true") || !strcmp(behind, "=1") ||
				!strcasecmp(behind, "=t");
	}
	return is_on;
}

bool node_holds(const char *root, const struct node_process *self, uint64_t inode)
{
	char path[PROC_PATH_MAX], wanted[64], link[64];
	DIR *folder = opendir(node_proc(root, self->pid, "fd", path));
	struct dirent *entry;
	bool holds = false;

	snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node_process: which clients run on this host, and with which arguments, as /proc tells anybody. @root: "" for this host; tests
 * give a folder that holds a proc. What hidepid or another namespace hides is not found, and that is no error.
 */
#ifndef NODE_PROCESS_H
#define NODE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A node that names hundreds of bootstrap records has arguments of some 50 KB; what is longer is cut there. */
enum { COMMAND_MAX = 64 << 10, PROC_PATH_MAX = 512 };

/* Clients whom we know, by the name of their program, and the ports where peers find them by default. */
struct node_kind {
	const char *program, *name;
	uint16_t tcp, quic; /* 0: none */
	bool is_consensus;
};

/* A running program that is a client whom we know. */
struct node_process {
	int pid;
	const struct node_kind *kind;
	bool elsewhere;		   /* in another network namespace: a container, mostly */
	char comm[16];		   /* the kernel's name for it: of the file that runs, cut */
	char command[COMMAND_MAX]; /* its arguments, each ended by a 0 */
	size_t length;
};

/* ROOT/proc/PID/@name in @ret. */
const char *node_proc(const char *root, int pid, const char *name, char ret[PROC_PATH_MAX]);

/* What that file holds, at most @room - 1 bytes and a 0; the length, 0 when it cannot be read. */
size_t node_text(const char *root, int pid, const char *name, char *ret, size_t room);

/* Hands each process with arguments to @take, until that says false. Valid within the call. */
void node_each_process(const char *root,
		       bool (*take)(void *context, const struct node_process *process),
		       void *context);

/* Those that are clients, at most @max. node_named(): whether one is @program's, which may have a version behind its name. */
size_t node_processes(const char *root, struct node_process *ret, size_t max);
bool node_named(const struct node_process *self, const char *program);

/* The value of --@option in the arguments, both as --option=value and as --option value; the last of several. NULL: not given. */
const char *node_option(const struct node_process *self, const char *option);

/* Whether --@option stands there as a switch: alone, or with =true. */
bool node_switch(const struct node_process *self, const char *option);

/* Whether it holds the socket @inode. */
bool node_holds(const char *root, const struct node_process *self, uint64_t inode);

/* When it began, in the kernel's ticks since the boot: with the pid it names one process for ever. 0: it is gone. */
uint64_t node_began(const char *root, int pid);

#endif

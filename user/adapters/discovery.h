/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * discovery: what a running node tells a follower by its arguments, its user and its files: which source of its log is the best
 * that this process may read, where its API is, how many peers it wants. It reads and changes nothing. @root as in node_process.h.
 */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include "node_options.h"
#include "source.h"

enum {
	DISCOVERY_NODES_MAX = 16,
	DISCOVERY_NOTES_MAX = 8,
	DISCOVERY_NOTE_MAX = PATH_MAX + 256,
	API_URL_MAX = 256
};

struct discovery {
	uint64_t began; /* node_began() */
	struct node_place place;
	struct node_options options;
	char debug_file[PATH_MAX]; /* in the node's own eyes; "": it writes none */
	bool has_source;
	enum source_kind kind;
	char source[PATH_MAX]; /* the file, the unit, the container's ID */
	bool is_there;	       /* false: a file that the node has not made yet */
	char api[API_URL_MAX]; /* "": it has none that we could ask */
	unsigned int peers_max;
	uint16_t tcp, quic;
	/* Why what would be better is not taken: plain sentences, in the order of the sources. */
	char notes[DISCOVERY_NOTES_MAX][DISCOVERY_NOTE_MAX];
	unsigned int note_count;
};

/* The running nodes of the client, at most @max. */
size_t discovery_nodes(const char *root, const struct node_table *table, struct node_process *ret,
		       size_t max);

/* Fills @ret. */
void discovery_read(struct discovery *ret, const char *root, const struct dialect *dialect,
		    const struct node_process *process);

/* Whether the node writes what an explicit source is: the same file by whatever name, the same unit, the same container, our own standard input. */
bool discovery_writes(const struct discovery *self, const char *root, enum source_kind kind,
		      const char *name);

/* Which node is meant. */
struct discovery_wish {
	int pid;		      /* this process; 0: any */
	const char *name;	      /* an explicit source that it must write; NULL: any */
	enum source_kind kind;	      /* of that */
	const struct discovery *like; /* it must have the same source as this one; NULL: any */
};

/*
 * Looks for the only running node that is meant. 0; -ENOENT: there is none; -ESRCH: the process that @wish names is none; -EMLINK: several, named in
 * @why; -ENOMEM. @ret is spoilt then.
 */
int discovery_choose(struct discovery *ret, const char *root, const struct dialect *dialect,
		     const struct discovery_wish *wish, struct why *why);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialect: a client's log as data: patterns of lines, each with what such a line means, read from a table that people can
 * read (clients/NAME.conf; docs/FOLLOW.md describes it). Adding a client is adding a table. The first row that fits a line
 * decides; a line that none fits means nothing.
 */
#ifndef DIALECT_H
#define DIALECT_H

#include <peergate/why.h>
#include <stdbool.h>
#include <stddef.h>

#include "entry.h"
#include "news.h"

enum { CONDITIONS_MAX = 2, FINDINGS_MAX = 2, KEYS_MAX = 16, FORMS_MAX = 8, WAY_WORDS_MAX = 4 };

enum match { MATCH_IS, MATCH_BEGINS, MATCH_ENDS, MATCH_HAS };

struct condition {
	const char *field;
	enum match match;
	const char *text;
};

/* What a line says of the connection between us and its peer. */
enum bond {
	BOND_NONE,
	BOND_NEW,   /* a connection began: what was known of the last one's address is over */
	BOND_HOLDS, /* the line names the connection's address */
	BOND_ENDS,
};

/* Whose address a finding may be told with. */
enum touch {
	TOUCH_PEER,    /* nobody's: the peer alone is meant */
	TOUCH_INBOUND, /* the connection's, when the peer opened it: it may count against the source */
	TOUCH_SOURCE, /* the connection's, whoever opened it: nothing bad is said */
};

struct finding {
	const char *event, *result, *reason; /* words of the wire; result, reason NULL: none */
	int code;
	enum way said; /* of a goodbye */
	enum touch touch;
};

/* A row: what the line means if all conditions hold. */
struct meaning {
	struct condition conditions[CONDITIONS_MAX];
	unsigned int condition_count;
	struct finding findings[FINDINGS_MAX];
	unsigned int finding_count;
};

/*
 * A field as it stands in a form that marks no ends of values: only who knows which fields the node writes, and in which
 * order, can tell them from a peer's words.
 */
struct key {
	const char *name;
	size_t length;
	bool optional, is_words /* may hold blanks */, is_number;
	bool in_files; /* the package: the bracket forms have it before the message */
};

struct pattern {
	const char *message;
	size_t message_length;
	bool is_template;    /* the message has {FIELD} in it */
	const char *level;   /* NULL: any */
	const char *package; /* NULL: any */
	const char *peer;    /* the field with the peer's ID; NULL: it stands in the address */
	const char *address; /* the field with the connection's remote multiaddr; NULL: none */
	enum bond bond;
	struct key keys[KEYS_MAX];
	unsigned int key_count;
	struct meaning *meanings;
	unsigned int meaning_count;
};

/* What a node is told when it is started, as far as a follower without a source wants to know it. */
enum node_word {
	NODE_DATA_FOLDER,
	NODE_CONFIG_FILE, /* "OPTION: VALUE" a line; what the command line says wins */
	NODE_LOG_FILE,
	NODE_NO_DEBUG_FILE, /* a switch, as the next but one */
	NODE_VERBOSITY,
	NODE_NO_API,
	NODE_PACKAGES, /* other verbosities of packages: PACKAGE=LEVEL, apart by commas */
	NODE_FORMAT,
	NODE_API_HOST,
	NODE_API_PORT,
	NODE_MAX_PEERS,
	NODE_TCP_PORT,
	NODE_QUIC_PORT,
	NODE_WORDS
};

enum { OPTION_NAMES_MAX = 3, NODE_LIST_MAX = 4 };

struct node_option {
	const char *names[OPTION_NAMES_MAX]; /* without dashes, the newest first; NULL behind */
	const char *initial;		     /* what holds when nothing is said; NULL: nothing */
};

/* How a running node of the client is known, and what it says of itself. */
struct node_table {
	const char *program;	/* NULL: nobody looks for this client's nodes */
	const char *title;	/* the client's name in sentences */
	const char *debug_file; /* below the data folder, at debug whatever the verbosity; NULL */
	const char *telling[NODE_LIST_MAX];  /* verbosities at which bad peers are named */
	const char *packages[NODE_LIST_MAX]; /* that must have such a one */
	const char *readable[NODE_LIST_MAX]; /* log formats that are read here */
	struct node_option options[NODE_WORDS];
};

struct form;

struct dialect {
	const char *name, *about;
	bool is_experimental;
	const struct form *forms[FORMS_MAX];
	unsigned int form_count;
	struct node_table node;
	struct pattern *patterns;
	unsigned int pattern_count;
	const char *direction; /* the field that says who opened the connection; NULL: none does */
	const char *inbound[WAY_WORDS_MAX], *outbound[WAY_WORDS_MAX]; /* its values */
	struct meaning *meanings;				      /* of all patterns */
	char *text;						      /* all words lie in it */
};

/* The built-in tables, in the order in which they are listed. */
struct client_table {
	const char *name, *text;
};
extern const struct client_table client_tables[];
extern const size_t client_table_count;

/*
 * Reads a table; @file is named in what is said of it. -EINVAL: line and word are in @why; -ENOMEM.
 * dialect_load(): the built-in one of a client; -ENOENT: there is none.
 */
int dialect_parse(struct dialect **ret, const char *file, const char *text, struct why *why);
int dialect_load(struct dialect **ret, const char *name, struct why *why);
void dialect_free(struct dialect *self); /* NULL is welcome */

/* Whether any pattern may have the message: a line without it need not be read. */
bool dialect_knows(const struct dialect *self, const char *message, size_t length);

/* The row that fits, and its pattern; NULL: none. A template adds the fields that its message holds to @entry. */
const struct meaning *dialect_match(const struct dialect *self, struct entry *entry,
				    const struct pattern **ret_pattern);
enum way dialect_way(const struct dialect *self, const struct entry *entry);

#endif

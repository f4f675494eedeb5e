/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialect: a client's log as data: a table of line patterns, each with what such a line means. Adding a client is adding
 * a table. The first pattern that fits a line decides; a line that none fits means nothing.
 */
#ifndef DIALECT_H
#define DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "entry.h"
#include "news.h"

enum { CONDITIONS_MAX = 2, FINDINGS_MAX = 2 };

enum match {
	MATCH_ALWAYS, /* the rest of the conditions: none */
	MATCH_IS,
	MATCH_BEGINS,
	MATCH_ENDS,
	MATCH_HAS,
};

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
	const char *event, *result, *reason; /* words of the wire; event NULL: no finding */
	int code;
	enum way said; /* of a goodbye */
	enum touch touch;
};

struct pattern {
	const char *message, *level, *package;
	const char *peer;    /* the field with the peer's ID; NULL: it stands in the address */
	const char *address; /* the field with the connection's remote multiaddr; NULL: none */
	enum bond bond;
	struct condition conditions[CONDITIONS_MAX];
	struct finding findings[FINDINGS_MAX];
};

struct dialect {
	const char *name, *help;
	const struct pattern *patterns;
	size_t count;
	const char *direction; /* the field that says who opened the connection */
	const char *const *inbound, *const *outbound; /* its values; end with NULL */
};

extern const struct dialect dialect_prysm;
extern const struct dialect *const dialects[]; /* ends with NULL */

const struct dialect *dialect_find(const char *name); /* NULL: none of that name */

/* Whether any pattern has the message: a line without it need not be read. */
bool dialect_knows(const struct dialect *self, const char *message, size_t length);

const struct pattern *dialect_match(const struct dialect *self, const struct entry *entry);
enum way dialect_way(const struct dialect *self, const struct entry *entry);

#endif

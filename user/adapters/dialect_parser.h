/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialect_parser: a client's table while it is read. dialect_parse.c reads the file, its head and patterns, dialect_rows.c the rows,
 * dialect_node.c how a running node is known.
 */
#ifndef DIALECT_PARSER_H
#define DIALECT_PARSER_H

#include "dialect.h"

enum { WORDS_MAX = 24, PATTERNS_MAX = 256, MEANINGS_MAX = 512 };

struct parser {
	struct dialect *dialect;
	const char *file;
	unsigned int line;
	const char *words[WORDS_MAX];
	unsigned int count;
	struct pattern *pattern; /* NULL: before the first message */
	struct meaning *meaning; /* NULL: before the first row */
	struct meaning meanings[MEANINGS_MAX];
	unsigned int meaning_count;
	struct why *why;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Both: -EINVAL and a sentence that names file, line and word. */
int parser_fail(const struct parser *self, const char *what, const char *word);
/* The word's place in the list, or -EINVAL and a sentence that says which was perhaps meant. */
int parser_choose(const struct parser *self, const char *what, const char *word,
		  const char *const *list, unsigned int count);

/* How a running node is known: program NAME [TITLE], option WORD NAME… [default VALUE], debug-file PATH, and three lists. */
int parser_on_program(struct parser *self);
int parser_on_option(struct parser *self);
int parser_on_debug_file(struct parser *self);
int parser_on_telling(struct parser *self);
int parser_on_telling_packages(struct parser *self);
int parser_on_readable(struct parser *self);

/* Directives of a row: when FIELD MATCH TEXT [and …], otherwise, nothing, say EVENT [RESULT] [OPTION VALUE]… */
int parser_on_when(struct parser *self);
int parser_on_otherwise(struct parser *self);
int parser_on_nothing(struct parser *self);
int parser_on_say(struct parser *self);

#endif

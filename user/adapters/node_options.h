/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node_options: what a running node was told, in the words of its client's table: by its command line, by its configuration file,
 * or by nobody, and then the client's default holds.
 */
#ifndef NODE_OPTIONS_H
#define NODE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect.h"
#include "node_place.h"

/* A path's own limit. What is longer counts as not told. */
enum { NODE_VALUE_MAX = PATH_MAX };

struct node_options {
	char values[NODE_WORDS][NODE_VALUE_MAX]; /* "": none */
	bool told[NODE_WORDS];			 /* by the node's own words, not by default */
	char config[PATH_MAX]; /* its configuration file, as we reach it; "": none */
	int config_error;      /* why that could not be read; 0 */
};

void node_options_read(struct node_options *ret, const char *root,
		       const struct node_process *process, const struct node_place *place,
		       const struct node_table *table);

bool node_options_on(const struct node_options *self, enum node_word word);	  /* of a switch */
uint16_t node_options_port(const struct node_options *self, enum node_word word); /* 0: none */

/* Whether the node names its bad peers in its log: by its verbosity, or by that of each package that matters. */
bool node_options_telling(const struct node_options *self, const struct node_table *table);

/* Whether its log has a format that is read here. */
bool node_options_readable(const struct node_options *self, const struct node_table *table);

#endif

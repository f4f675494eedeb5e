/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a client's table that says how a running node is known, and which options it has. */
#include <string.h>

#include "dialect_parser.h"

static const char *const words[NODE_WORDS] = {
	[NODE_DATA_FOLDER] = "data-folder", [NODE_CONFIG_FILE] = "config-file",
	[NODE_LOG_FILE] = "log-file",	    [NODE_NO_DEBUG_FILE] = "no-debug-file",
	[NODE_VERBOSITY] = "verbosity",	    [NODE_NO_API] = "no-api",
	[NODE_PACKAGES] = "packages",	    [NODE_FORMAT] = "format",
	[NODE_API_HOST] = "api-host",	    [NODE_API_PORT] = "api-port",
	[NODE_MAX_PEERS] = "max-peers",	    [NODE_TCP_PORT] = "tcp-port",
	[NODE_QUIC_PORT] = "quic-port",
};

/* program NAME [TITLE] */
int parser_on_program(struct parser *self)
{
	self->dialect->node.program = self->words[1];
	self->dialect->node.title = self->words[self->count - 1];
	return 0;
}

/* option WORD NAME… [default VALUE] */
int parser_on_option(struct parser *self)
{
	int word = parser_choose(self, "word for an option", self->words[1], words, NODE_WORDS);
	unsigned int count = self->count - 2;
	struct node_option *option;

	if (word < 0)
		return word;
	option = &self->dialect->node.options[word];
	if (count > 2 && !strcmp(self->words[self->count - 2], "default")) {
		option->initial = self->words[self->count - 1];
		count -= 2;
	}
	if (count > OPTION_NAMES_MAX)
		return parser_fail(self, "one name too many:", self->words[self->count - 1]);
	memcpy(option->names, self->words + 2, count * sizeof(*option->names));
	return 0;
}

int parser_on_debug_file(struct parser *self)
{
	self->dialect->node.debug_file = self->words[1];
	return 0;
}

/* The directive's table lets no more words come than there is room for. */
static int take_list(struct parser *self, const char *ret[NODE_LIST_MAX])
{
	memcpy(ret, self->words + 1, (self->count - 1) * sizeof(*ret));
	return 0;
}

int parser_on_telling(struct parser *self)
{
	return take_list(self, self->dialect->node.telling);
}

int parser_on_telling_packages(struct parser *self)
{
	return take_list(self, self->dialect->node.packages);
}

int parser_on_readable(struct parser *self)
{
	return take_list(self, self->dialect->node.readable);
}

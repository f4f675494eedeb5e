/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of user/adapters/clients/, built in, so that nothing is needed at run time. make writes clients.inc from them. */
#include <errno.h>
#include <peergate/words.h>
#include <string.h>

#include "dialect.h"

const struct client_table client_tables[] = {
#include "clients.inc"
};
const size_t client_table_count = sizeof(client_tables) / sizeof(*client_tables);

enum { NAMES_MAX = 64 };

static int no_such_client(const char *name, struct why *why)
{
	const char *names[NAMES_MAX], *nearest;
	unsigned int count = 0;

	while (count < client_table_count && count < NAMES_MAX) {
		names[count] = client_tables[count].name;
		count++;
	}
	nearest = nearest_word(name, names, count);
	return why_fill(why, -ENOENT, "no client \"%s\" is known: %s%s", name,
			nearest ? "did you mean " : "peergate follow --list tells which are",
			nearest ? nearest : "");
}

int dialect_load(struct dialect **ret, const char *name, struct why *why)
{
	for (size_t i = 0; i < client_table_count; i++)
		if (!strcmp(client_tables[i].name, name))
			return dialect_parse(ret, name, client_tables[i].text, why);
	return no_such_client(name, why);
}

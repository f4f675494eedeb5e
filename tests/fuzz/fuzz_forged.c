/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer's words, whatever they are, on lines that a node writes of it, in every form, with and without the node's API: nobody
 * but the author is ever named. The first byte says which form and whether the API is asked, the second how long the agent is;
 * the error text follows it.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/writers.h"
#include "follower.h"

enum { LINES = 6 };

#define BEGAN_MS INT64_C(1795386420000) /* 22:27:00 of the lines' day */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *context, const struct news *news)
{
	char addr[ADDR_TEXT_MAX];

	(void)context;
	if (strcmp(news->peer, AUTHOR) ||
	    (news->has_addr && strcmp(addr_text(&news->addr.addr, addr), AUTHOR_HOST)))
		abort();
}

/* What the API would say of the author; and of somebody who is there all the time. */
static void hear(struct follower *follower, const struct written *line, int second, bool connected)
{
	struct endpoint addr;

	if (endpoint_parse(&addr, line->place, strlen(line->place), NULL))
		abort();
	follower_hears(follower, AUTHOR, &addr, WAY_INBOUND, connected, BEGAN_MS + second * 1000);
	follower_heard_all(follower, BEGAN_MS + second * 1000);
}

static void bystander(struct follower *follower)
{
	static const char place[] = "/ip4/203.0.113.99/tcp/9";
	struct endpoint addr;

	if (endpoint_parse(&addr, place, sizeof(place) - 1, NULL))
		abort();
	follower_hears(follower, "16UiuVictim", &addr, WAY_INBOUND, true, BEGAN_MS - 600000);
	follower_heard_all(follower, BEGAN_MS - 600000);
}

static void write_all(struct follower *follower, size_t writer, const char *agent,
		      const char *error)
{
	for (int i = 0; i < LINES; i++) {
		struct written line;
		char *text;

		write_line(&line, (enum written_kind)(i % WRITTEN_KINDS), agent, error, i * 5);
		text = writers[writer].write(&line);
		if (follower->book)
			hear(follower, &line, i * 5 - 1, true);
		follower_feed(follower, text, strlen(text), BEGAN_MS + i * 5000);
		follower_feed(follower, "\n", 1, BEGAN_MS + i * 5000);
		if (follower->book)
			hear(follower, &line, i * 5 + 1, false);
		free(text);
	}
}

/* @length bytes as a text: it ends at a NUL. */
static char *words_of(const uint8_t *data, size_t length)
{
	return strndup((const char *)data, length);
}

/* One follower without the API and one with it, made once: their memory is what costs. Each input finds them as after a restart. */
static struct follower *follower_for(bool with_api)
{
	static struct follower followers[2];
	struct follower *self = &followers[with_api];
	struct dialect *prysm;

	if (!self->dialect) {
		if (dialect_load(&prysm, "prysm", NULL) ||
		    follower_init(self, prysm, TIMELINE_OWN, 8, check, NULL) ||
		    (with_api && follower_with_book(self)))
			abort();
	}
	follower_restart(self);
	self->distrusted = 0;
	if (with_api)
		bystander(self);
	return self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct follower *follower;
	char *agent, *error;
	size_t length;

	if (size < 2)
		return 0;
	follower = follower_for(data[0] >= 128);
	length = (size - 2) * data[1] / 255;
	agent = words_of(data + 2, length);
	error = words_of(data + 2 + length, size - 2 - length);
	write_all(follower, data[0] % WRITERS, agent, error);
	follower_finish(follower);
	free(agent);
	free(error);
	return 0;
}

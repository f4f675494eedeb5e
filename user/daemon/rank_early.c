/* SPDX-License-Identifier: BSD-2-Clause */
#include "rank_early.h"

#include "client.h"
#include "server.h"

/* A shorter one is read faster than is worth the trouble. */
enum { WORTH_IT = 8192 };

static struct rank_early *early_of(const struct client *client)
{
	return &client->caller.server->early;
}

/* Behind the bracket of the candidates of a plain gate_rank whose other members, if any, come after; false: it is none. */
static bool find_list(struct json_scan *scan)
{
	struct json_text key, value;
	double number;
	bool named = false;

	json_scan_mark(scan, '{');
	while (json_scan_key(scan, &key)) {
		if (json_text_is(&key, "params") && named)
			break;
		if (json_scan_peek(scan) == '"' ? !json_scan_text(scan, &value)
						: !json_scan_number(scan, &number))
			return false;
		named |= json_text_is(&key, "method") && json_text_is(&value, "gate_rank");
		if (!json_scan_mark(scan, ','))
			return false;
	}
	json_scan_maybe(scan, '[');
	json_scan_mark(scan, '{');
	while (json_scan_key(scan, &key) && !json_text_is(&key, "candidates")) {
		if (json_scan_peek(scan) == '"' ? !json_scan_text(scan, &value)
						: !json_scan_number(scan, &number))
			return false;
		json_scan_mark(scan, ',');
	}
	return json_scan_mark(scan, '[');
}

static void begin(struct client *client)
{
	struct rank_early *self = early_of(client);
	struct json_scan scan = json_scan_begin(client->partial.bytes, client->partial.length);

	client->early_tried = true;
	if (!find_list(&scan))
		return;
	rank_question_clear(&self->question);
	self->client = client;
	self->from = self->at = (size_t)(scan.at - client->partial.bytes);
}

/* Whole candidates with what follows them; one that has not come whole is read again when more has come. */
static void read_on(struct rank_early *self, const struct client *client)
{
	struct json_scan scan = json_scan_begin(client->partial.bytes + self->at,
						client->partial.length - self->at);
	uint64_t now_ns = gate_now_ns();

	self->question.letters = client->partial.bytes;
	while (rank_scan_candidate(&self->question, &scan, &client->caller.server->engine,
				   now_ns)) {
		if (!json_scan_maybe(&scan, ',')) {
			/* The list's end, or it is not known yet what comes: the end of the value reads this one anew. */
			self->question.count--;
			return;
		}
		self->at = (size_t)(scan.at - client->partial.bytes);
	}
	if (!scan.short_of)
		rank_early_end(self->client);
}

void rank_early_more(struct client *client)
{
	struct rank_early *self = early_of(client);

	if (client->partial.length < WORTH_IT || client->partial.failed)
		return;
	if (!self->client && !client->early_tried)
		begin(client);
	if (self->client == client)
		read_on(self, client);
}

bool rank_early_resume(struct client *client, struct json_scan *scan)
{
	struct rank_early *self = early_of(client);
	const char *base = client->partial.bytes;

	if (self->client != client || !base || scan->at != base + self->from)
		return false;
	self->question.letters = base;
	scan->at = base + self->at;
	return true;
}

void rank_early_end(struct client *client)
{
	struct rank_early *self = early_of(client);

	if (self->client != client)
		return;
	self->client = NULL;
	rank_question_clear(&self->question);
}

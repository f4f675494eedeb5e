/* SPDX-License-Identifier: BSD-2-Clause */
#include "subscriptions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client.h"
#include "json_write.h"
#include "listener.h"
#include "methods.h"
#include "server.h"

bool subscriptions_any(const struct listener *listener)
{
	for (const struct client *c = listener->first; c; c = c->next)
		for (unsigned int i = 0; i < CLIENT_SUBSCRIPTIONS_MAX; i++)
			if (c->subscriptions[i].id)
				return true;
	return false;
}

static void begin(struct buffer *out, uint64_t id)
{
	char head[128];

	snprintf(head, sizeof(head),
		 "{\"jsonrpc\":\"2.0\",\"method\":\"gate_subscription\",\"params\":"
		 "{\"subscription\":\"0x%" PRIx64 "\",\"result\":",
		 id);
	buffer_text(out, head);
}

/* What comes of the client's own request goes behind the answer, which may be half written. */
static struct buffer *output_of(struct client *client)
{
	return client->answering ? &client->told : &client->out;
}

static void tell_missed(struct client *client, struct subscription *subscription)
{
	struct buffer *out = output_of(client);
	char text[64];

	if (!subscription->missed)
		return;
	begin(out, subscription->id);
	snprintf(text, sizeof(text), "{\"type\":\"missed\",\"missed\":%" PRIu64 "}}}\n",
		 subscription->missed);
	buffer_text(out, text);
	subscription->missed = 0;
}

static void tell(struct client *client, struct subscription *subscription, const json_t *event)
{
	struct buffer *out = output_of(client);

	if (client_queued(client) > client->caller.output_max) {
		subscription->missed++;
		return;
	}
	tell_missed(client, subscription);
	begin(out, subscription->id);
	json_write(out, event);
	buffer_text(out, "}}\n");
}

void subscriptions_tell(struct listener *listener, const json_t *event)
{
	for (struct client *c = listener->first; c; c = c->next)
		for (unsigned int i = 0; i < CLIENT_SUBSCRIPTIONS_MAX; i++)
			if (c->subscriptions[i].id)
				tell(c, &c->subscriptions[i], event);
}

static struct subscription *find(struct client *client, uint64_t id)
{
	for (unsigned int i = 0; i < CLIENT_SUBSCRIPTIONS_MAX; i++)
		if (client->subscriptions[i].id == id)
			return &client->subscriptions[i];
	return NULL;
}

int method_subscribe(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		     struct why *why)
{
	const char *topic = json_string_value(json_array_get(params, 0));
	struct subscription *free_one = find(caller->client, 0);
	uint64_t id = 0;
	char text[24];

	if (json_array_size(params) != 1 || !topic || strcmp(topic, "events"))
		return why_fill(why, -EINVAL, "params: must be [\"events\"], the only topic");
	if (!free_one)
		return why_fill(why, -EMFILE, "%d subscriptions on one connection are the limit",
				CLIENT_SUBSCRIPTIONS_MAX);
	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != sizeof(id))
		return why_fill(why, -EIO, "no random numbers: %s", strerror(errno));
	*free_one = (struct subscription){.id = id | 1};
	snprintf(text, sizeof(text), "0x%" PRIx64, free_one->id);
	*ret_result = json_string(text);
	return 0;
}

int method_unsubscribe(struct rpc_caller *caller, json_t *params, json_t **ret_result,
		       struct why *why)
{
	const char *text = json_string_value(json_array_get(params, 0));
	struct subscription *subscription = NULL;

	if (json_array_size(params) != 1 || !text)
		return why_fill(why, -EINVAL,
				"params: must be [\"0x…\"], what gate_subscribe gave");
	if (strtoull(text, NULL, 16))
		subscription = find(caller->client, strtoull(text, NULL, 16));
	if (!subscription)
		return why_fill(why, -ENOENT, "the subscription %.40s does not exist here", text);
	*subscription = (struct subscription){0};
	*ret_result = json_true();
	return 0;
}

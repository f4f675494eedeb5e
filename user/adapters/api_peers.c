/* SPDX-License-Identifier: BSD-2-Clause */
#include "api_peers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void api_peers_init(struct api_peers *ret, uint64_t seed)
{
	*ret = (struct api_peers){.key = hash_key_from(seed)};
}

void api_peers_release(struct api_peers *self)
{
	free(self->marks);
	self->marks = NULL;
	self->count = 0;
}

static int state_of(const char *word)
{
	static const char *const words[API_STATES] = {"disconnected", "connecting", "connected",
						      "disconnecting"};

	for (int i = 0; word && i < API_STATES; i++)
		if (!strcmp(words[i], word))
			return i;
	return -EINVAL;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The same letters that a peer ID may have on the wire. */
static bool is_id(const char *id)
{
	size_t length = id ? strlen(id) : 0;

	return length && length < NEWS_PEER_MAX &&
	       strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
		       length;
}

static bool read_peer(struct api_peer *ret, const json_t *entry)
{
	const char *addr = text_of(entry, "last_seen_p2p_address"),
		   *direction = text_of(entry, "direction");
	int state = state_of(text_of(entry, "state"));

	*ret = (struct api_peer){.id = text_of(entry, "peer_id"), .way = WAY_UNKNOWN};
	if (!is_id(ret->id) || state < 0)
		return false;
	ret->state = (enum api_state)state;
	if (direction && !strcmp(direction, "inbound"))
		ret->way = WAY_INBOUND;
	else if (direction && !strcmp(direction, "outbound"))
		ret->way = WAY_OUTBOUND;
	/* A name instead of an address, a relay's, or none: then the peer is somewhere. */
	ret->has_addr = addr && addr[0] && !endpoint_parse(&ret->addr, addr, strlen(addr), NULL);
	return true;
}

static struct api_mark mark_of(const struct api_peers *self, const struct api_peer *peer)
{
	unsigned char value[sizeof(struct addr) + 5] = {0};

	memcpy(value, &peer->addr.addr, sizeof(struct addr));
	memcpy(value + sizeof(struct addr), &peer->addr.port, 2);
	value[sizeof(struct addr) + 2] = (unsigned char)peer->state;
	value[sizeof(struct addr) + 3] = (unsigned char)peer->way;
	value[sizeof(struct addr) + 4] = peer->has_addr;
	return (struct api_mark){.id = hash_bytes(&self->key, peer->id, strlen(peer->id)),
				 .value = hash_bytes(&self->key, value, sizeof(value))};
}

static int by_id(const void *a, const void *b)
{
	const struct api_mark *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static bool is_news(const struct api_peers *self, const struct api_mark *mark)
{
	const struct api_mark *known =
		self->count ? bsearch(mark, self->marks, self->count, sizeof(*mark), by_id) : NULL;

	return !known || known->value != mark->value;
}

int api_peers_take(struct api_peers *self, const json_t *answer,
		   void (*tell)(void *context, const struct api_peer *peer), void *context,
		   struct api_counts *ret, struct why *why)
{
	const json_t *data = json_object_get(answer, "data"), *entry;
	size_t i, count = 0, size = json_array_size(data);
	struct api_counts counts = {0};
	struct api_mark *marks;
	struct api_peer peer;

	if (!json_is_array(data))
		return why_fill(why, -EPROTO,
				"the answer has no list \"data\": is it a Beacon API?");
	if (size > API_PEERS_MAX) {
		self->left_alone += size - API_PEERS_MAX;
		size = API_PEERS_MAX;
	}
	marks = calloc(size ? size : 1, sizeof(*marks));
	if (!marks)
		return why_fill(why, -ENOMEM, "no memory for %zu peers of the API", size);
	json_array_foreach (data, i, entry) {
		if (i >= size)
			break;
		if (!read_peer(&peer, entry)) {
			self->odd++;
			continue;
		}
		marks[count] = mark_of(self, &peer);
		if (is_news(self, &marks[count]))
			tell(context, &peer);
		counts.connected += peer.state == API_CONNECTED;
		counts.inbound += peer.state == API_CONNECTED && peer.way == WAY_INBOUND;
		count++;
	}
	qsort(marks, count, sizeof(*marks), by_id);
	free(self->marks);
	self->marks = marks;
	self->count = count;
	*ret = counts;
	return 0;
}

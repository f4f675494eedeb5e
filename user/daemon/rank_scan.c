/* SPDX-License-Identifier: BSD-2-Clause */
/* rank_scan: the quick road of candidates: from plain text, without building JSON. */
#include <math.h>
#include <string.h>

#include "engine.h"
#include "rank_question.h"
#include "who.h"

/* As long as an address may be, for whoever wants it ended by a 0. */
enum { TEXT_MAX = 512 };

static bool copy_text(char ret[TEXT_MAX], const struct json_text *text)
{
	if (text->length >= TEXT_MAX)
		return false;
	memcpy(ret, text->letters, text->length);
	ret[text->length] = '\0';
	return true;
}

static struct rank_text place_of(const struct rank_question *self, const struct json_text *text)
{
	return (struct rank_text){(uint32_t)(text->letters - self->letters),
				  (uint32_t)text->length};
}

static bool scan_peer(struct rank_question *self, struct json_scan *scan)
{
	char copy[TEXT_MAX], id[PEER_ID_MAX];
	struct json_text text;

	if (!json_scan_text(scan, &text) || !copy_text(copy, &text) || who_peer(id, copy, NULL))
		return false;
	memcpy(self->candidates[self->count].peer, id, sizeof(id));
	self->texts[self->count].peer = place_of(self, &text);
	return true;
}

static bool scan_addrs(struct rank_question *self, struct json_scan *scan,
		       const struct engine *engine, uint64_t now_ns)
{
	struct candidate *candidate = &self->candidates[self->count];
	char copy[TEXT_MAX];
	struct json_text text;
	unsigned int count = 0;

	if (!json_scan_mark(scan, '['))
		return false;
	if (json_scan_maybe(scan, ']'))
		return true;
	do {
		if (++count > RANK_ADDRS_MAX || !json_scan_text(scan, &text) ||
		    !copy_text(copy, &text))
			return false;
		if (rank_take_addr(candidate, &self->texts[self->count], engine, copy,
				   place_of(self, &text), now_ns, NULL))
			return false;
	} while (json_scan_maybe(scan, ','));
	return json_scan_mark(scan, ']');
}

static bool scan_digest(struct rank_question *self, struct json_scan *scan)
{
	struct candidate *candidate = &self->candidates[self->count];
	char copy[TEXT_MAX];
	struct json_text text;

	candidate->has_digest = true;
	return json_scan_text(scan, &text) && copy_text(copy, &text) &&
	       !who_digest(candidate->digest, "digest", copy, NULL);
}

enum { HAS_PEER = 1, HAS_ADDRS = 2, HAS_DIGEST = 4 };

static bool scan_member(struct rank_question *self, struct json_scan *scan,
			const struct engine *engine, uint64_t now_ns, unsigned int *seen)
{
	struct json_text key;
	unsigned int member;

	if (!json_scan_key(scan, &key))
		return false;
	member = json_text_is(&key, "peer")	? HAS_PEER
		 : json_text_is(&key, "addrs")	? HAS_ADDRS
		 : json_text_is(&key, "digest") ? HAS_DIGEST
						: 0;
	if (!member || *seen & member)
		return false;
	/* An ID at the end of an address counts only where no peer is told, and that may come behind it. */
	if (member == HAS_PEER && *seen & HAS_ADDRS && self->candidates[self->count].peer[0])
		return false;
	*seen |= member;
	if (member == HAS_PEER)
		return scan_peer(self, scan);
	return member == HAS_ADDRS ? scan_addrs(self, scan, engine, now_ns)
				   : scan_digest(self, scan);
}

bool rank_scan_candidate(struct rank_question *self, struct json_scan *scan,
			 const struct engine *engine, uint64_t now_ns)
{
	unsigned int seen = 0;

	if (rank_question_room(self) || !json_scan_mark(scan, '{'))
		return false;
	memset(&self->candidates[self->count], 0, sizeof(*self->candidates));
	memset(&self->texts[self->count], 0, sizeof(*self->texts));
	do {
		if (!scan_member(self, scan, engine, now_ns, &seen))
			return false;
	} while (json_scan_maybe(scan, ','));
	/* Neither told, or all passed over and no peer: the slow road's to name. */
	if (!json_scan_mark(scan, '}') ||
	    (!(seen & HAS_PEER) && !self->candidates[self->count].addr_count))
		return false;
	self->count++;
	return true;
}

static bool scan_whole(struct json_scan *scan, double most, double *ret)
{
	return json_scan_number(scan, ret) && *ret >= 0 && *ret <= most && floor(*ret) == *ret;
}

bool rank_scan_member(struct rank_question *self, struct json_scan *scan,
		      const struct json_text *key, const struct engine *engine)
{
	char copy[TEXT_MAX];
	struct json_text text;
	double number;

	if (json_text_is(key, "want")) {
		if (!scan_whole(scan, RANK_WANT_MAX, &number))
			return false;
		self->want = (size_t)number;
		return true;
	}
	if (json_text_is(key, "seed")) {
		if (!scan_whole(scan, RANK_SEED_MAX, &number))
			return false;
		self->seed = (uint64_t)number;
		self->has_seed = true;
		return true;
	}
	return json_text_is(key, "service") && json_scan_text(scan, &text) &&
	       copy_text(copy, &text) && !who_service(&self->service, &engine->config, copy, NULL);
}

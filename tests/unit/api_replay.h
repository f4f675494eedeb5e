/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api_replay: what a node's API would have said while it wrote a log, from what is true: who is where (tests/data/prysm/peers),
 * and when the log's own entries have them come and go. Whatever names a peer at a place where it is not is not the node's.
 */
#ifndef API_REPLAY_H
#define API_REPLAY_H

#include "follow_corpus.h"

#define PEERS CORPUS "peers"

enum { TRUTHS_MAX = 128, EVENTS_MAX = 4096, POLL_S = 6, STATUS_MS = 30, MUTE_MS = 10000 };

struct truth {
	char host[32], peer[64];
};

struct api_event {
	int64_t at_ms;
	const struct truth *truth;
	struct endpoint addr;
	bool connected;
};

struct api_replay {
	struct truth truths[TRUTHS_MAX];
	struct api_event events[EVENTS_MAX];
	unsigned int truth_count, event_count;
};

static inline void replay_read_truths(struct api_replay *self)
{
	FILE *file = fopen(PEERS, "r");
	char line[256];

	if (!file)
		fail_msg("%s cannot be read: run from the top of the tree", PEERS);
	while (fgets(line, sizeof(line), file)) {
		struct truth *at = &self->truths[self->truth_count];

		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%31s %63s", at->host, at->peer), 2);
		self->truth_count++;
		assert_in_range(self->truth_count, 1, TRUTHS_MAX - 1);
	}
	fclose(file);
}

static inline const struct truth *truth_of(const struct api_replay *self, const char *peer)
{
	size_t length =
		strspn(peer, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

	for (unsigned int i = 0; i < self->truth_count; i++)
		if (strlen(self->truths[i].peer) == length &&
		    !memcmp(self->truths[i].peer, peer, length))
			return &self->truths[i];
	return NULL;
}

/* The last place in the line where @mark stands. */
static inline const char *last_mark(const char *line, const char *mark)
{
	const char *found = NULL;

	for (const char *at = strstr(line, mark); at; at = strstr(at + 1, mark))
		found = at;
	return found;
}

static inline void replay_add(struct api_replay *self, const struct truth *truth,
			      const struct endpoint *addr, int64_t at_ms, bool connected)
{
	assert_in_range(self->event_count, 0, EVENTS_MAX - 1);
	self->events[self->event_count++] = (struct api_event){at_ms, truth, *addr, connected};
}

/* A line with an address: the connection's beginning, its end, or both. */
static inline void replay_place(struct api_replay *self, const char *line, const char *text,
				int64_t at_ms)
{
	size_t length = strcspn(text, " \"\x1b");
	const struct truth *truth;
	char host[ADDR_TEXT_MAX];
	struct endpoint addr;

	if (strstr(line, "Outbound") || endpoint_parse(&addr, text, length, NULL))
		return;
	truth = truth_of(self, addr.peer);
	if (!truth || strcmp(truth->host, addr_text(&addr.addr, host)))
		return;
	if (strstr(line, "Initiate peer connection") || strstr(line, "no chain status"))
		replay_add(self, truth, &addr, at_ms - MUTE_MS, true);
	else if (strstr(line, "Initiate peer disconnection"))
		replay_add(self, truth, &addr, at_ms - STATUS_MS, true);
	if (!strstr(line, "Initiate peer connection"))
		replay_add(self, truth, &addr, at_ms, false);
}

/* A peer of another fork is there for a tenth of a second; which port it had, no log says. */
static inline void replay_fork(struct api_replay *self, const char *line, int64_t at_ms)
{
	const char *peer = last_mark(line, "16Uiu2");
	const struct truth *truth = peer ? truth_of(self, peer) : NULL;
	struct endpoint addr;

	if (!truth)
		return;
	assert_int_equal(endpoint_parse(&addr, truth->host, strlen(truth->host), NULL), 0);
	addr.port = (uint16_t)(40000 + self->event_count);
	addr.has_transport = true;
	replay_add(self, truth, &addr, at_ms - STATUS_MS, true);
	replay_add(self, truth, &addr, at_ms + 2 * STATUS_MS, false);
}

static inline void replay_line(struct api_replay *self, const char *line, int64_t at_ms)
{
	const char *place = last_mark(line, "/ip4/");

	if (strstr(line, "Invalid status message") || strstr(line, "wrong fork digest"))
		replay_fork(self, line, at_ms);
	else if (place && strstr(place, "/p2p/"))
		replay_place(self, line, place, at_ms);
}

static inline int by_time(const void *a, const void *b)
{
	const struct api_event *one = a, *other = b;

	return (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms);
}

/* The answer at @now_ms: of what happened since the last one only the latest of each peer is still to be seen. */
static inline void replay_answer(const struct api_replay *self, struct follower *follower,
				 int64_t last_ms, int64_t now_ms)
{
	for (unsigned int i = 0; i < self->event_count; i++) {
		const struct api_event *at = &self->events[i];
		bool latest = at->at_ms > last_ms && at->at_ms <= now_ms;

		for (unsigned int j = i + 1; latest && j < self->event_count; j++)
			latest = self->events[j].truth != at->truth ||
				 self->events[j].at_ms > now_ms;
		if (latest)
			follower_hears(follower, at->truth->peer, &at->addr, WAY_INBOUND,
				       at->connected, now_ms);
	}
	follower_heard_all(follower, now_ms);
}

/* A log with its API beside it: asked each six seconds, and each second while something waits for it. */
struct replay_clock {
	int64_t second, asked_ms;
};

static inline void replay_until(const struct api_replay *self, struct follower *follower,
				struct replay_clock *clock, int64_t to_ms)
{
	for (; clock->second * 1000 <= to_ms; clock->second++) {
		int64_t now_ms = clock->second * 1000;

		if (clock->second % POLL_S && !follower_waits(follower))
			continue;
		replay_answer(self, follower, clock->asked_ms, now_ms);
		clock->asked_ms = now_ms;
	}
}

/* Each line of @text with its time, to @each; lines without one go with the one before. */
static inline void replay_each(struct follower *follower, char *text,
			       void (*each)(void *context, char *line, int64_t at_ms),
			       void *context)
{
	int64_t at_ms = 0;
	char *end;

	for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		/* The log's own entries come in order: what goes back by minutes is forged. */
		int64_t then_ms = at_ms;

		if (!follower_moment(follower, line, (size_t)(end - line), &then_ms) &&
		    then_ms > at_ms - 60000)
			at_ms = then_ms;
		each(context, line, at_ms);
		*end = '\n';
	}
}

struct replay {
	struct api_replay *api;
	struct follower *follower;
	struct replay_clock clock;
};

static inline void replay_note(void *context, char *line, int64_t at_ms)
{
	replay_line(context, line, at_ms);
}

static inline void replay_feed(void *context, char *line, int64_t at_ms)
{
	struct replay *self = context;

	if (!self->clock.second) {
		self->clock.second = at_ms / 1000 - MUTE_MS / 1000 - 5;
		follower_heard_all(self->follower, self->clock.second * 1000 - 1);
	}
	replay_until(self->api, self->follower, &self->clock, at_ms);
	follower_line(self->follower, line, strlen(line), at_ms);
}

/* Follows the text of a log; with the API, if so wished. */
static inline struct follower_counts replay_follow(char *text, bool with_api, tell_fn_t *tell,
						   void *context)
{
	struct api_replay *api = calloc(1, sizeof(*api));
	struct follower follower;
	struct replay replay = {api, &follower, {0}};

	assert_non_null(api);
	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 256, tell, context), 0);
	if (!with_api) {
		follower_feed(&follower, text, strlen(text), 0);
	} else {
		replay_read_truths(api);
		replay_each(&follower, text, replay_note, api);
		qsort(api->events, api->event_count, sizeof(*api->events), by_time);
		assert_int_equal(follower_with_book(&follower), 0);
		replay_each(&follower, text, replay_feed, &replay);
		replay_until(api, &follower, &replay.clock,
			     replay.clock.second * 1000 + 2 * BOOK_AFTER_MS);
	}
	follower_finish(&follower);
	free(api);
	follower_release(&follower);
	return follower.counts;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#include "mate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "peers.h"
#include "span.h"

enum { MS_US = 1000 };

void phrase_add(struct phrase *self, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(self->at, self->left, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= self->left) {
		self->left = self->left ? 1 : 0;
		return;
	}
	self->at += length;
	self->left -= (size_t)length;
}

void phrase_member(struct phrase *self, const struct member *member, uint64_t now_ns)
{
	char span[SPAN_MAX];

	phrase_add(self, "score %d", member->score);
	if (member->since_ns && member->since_ns <= now_ns)
		phrase_add(self, ", here for %s", span_text(now_ns - member->since_ns, span));
	if (member->latency_us)
		phrase_add(self, ", latency %" PRIu32 " ms", member->latency_us / MS_US);
}

void mate_fill(const struct policy *self, const struct member *member, uint64_t now_ns,
	       struct mate *ret)
{
	const struct peer *peer = peer_at(self, member->peer);

	*ret = (struct mate){.peer = peer_id(self, peer),
			     .has_addr = member->place,
			     .direction = peer->direction,
			     .score = member->score,
			     .standing = member->is_trusted ? STANDING_TRUSTED
							    : ledger_band(&peer->past.ledger,
									  &self->settings, now_ns),
			     .since_ns = member->since_ns};
	if (member->place)
		ret->source = place_prefix(self, place_at(self, member->place));
}

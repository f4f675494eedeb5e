/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_shape.h"

#include <string.h>

#define IN(type, field) offsetof(struct type, field), sizeof(((struct type *)0)->field)
#define ONE(type, field, shape) IN(type, field), &shape, 1
#define SHAPE(type, parts_)                                                               \
	{                                                                                 \
		.size = sizeof(struct type), .count = sizeof(parts_) / sizeof(parts_[0]), \
		.parts = parts_                                                           \
	}

static const struct part ruling_parts[] = {
	{"standing", 1, PART_STANDING, IN(saved_ruling, standing), NULL, 0},
	{"reason", 2, PART_REASON, IN(saved_ruling, reason), NULL, 0},
	{"until", 3, PART_MOMENT, IN(saved_ruling, until), NULL, 0},
	{"since", 4, PART_MOMENT, IN(saved_ruling, since), NULL, 0},
	{"services", 5, PART_NUMBER, IN(saved_ruling, services), NULL, 0},
};
static const struct shape ruling = SHAPE(saved_ruling, ruling_parts);

static const struct part ladder_parts[] = {
	{"level", 1, PART_NUMBER, IN(saved_ladder, level), NULL, 0},
	{"raised", 2, PART_MOMENT, IN(saved_ladder, raised), NULL, 0},
	{"end", 3, PART_MOMENT, IN(saved_ladder, end), NULL, 0},
};
static const struct shape ladder = SHAPE(saved_ladder, ladder_parts);

static const struct part memo_parts[] = {
	{"what", 1, PART_RULE, IN(saved_memo, rule), NULL, 0},
	{"count", 2, PART_NUMBER, IN(saved_memo, count), NULL, 0},
	{"points", 3, PART_NUMBER, IN(saved_memo, points), NULL, 0},
	{"first", 4, PART_MOMENT, IN(saved_memo, first), NULL, 0},
	{"last", 5, PART_MOMENT, IN(saved_memo, last), NULL, 0},
	{"second_hand", 6, PART_FLAG, IN(saved_memo, second_hand), NULL, 0},
};
static const struct shape memo = SHAPE(saved_memo, memo_parts);

static const struct part past_parts[] = {
	{"penalty", 1, PART_POINTS, IN(saved_past, penalty), NULL, 0},
	{"reward", 2, PART_POINTS, IN(saved_past, reward), NULL, 0},
	{"at", 3, PART_MOMENT, IN(saved_past, at), NULL, 0},
	{"standing", 4, PART_STANDING, IN(saved_past, band), NULL, 0},
	{"tried", 5, PART_FLAG, IN(saved_past, tried), NULL, 0},
	{"seen", 6, PART_MOMENT, IN(saved_past, seen), NULL, 0},
	{"success", 7, PART_MOMENT, IN(saved_past, success), NULL, 0},
	{"failure", 8, PART_MOMENT, IN(saved_past, failure), NULL, 0},
	{"uncorroborated", 9, PART_NUMBER, IN(saved_past, unseen), NULL, 0},
	{"uncorroborated_at", 10, PART_MOMENT, IN(saved_past, unseen_at), NULL, 0},
	{"bans", 11, PART_SHAPE, ONE(saved_past, bans, ladder)},
	{"backoffs", 12, PART_SHAPE, ONE(saved_past, backoffs, ladder)},
	{"capacity", 13, PART_SHAPE, ONE(saved_past, capacity, ladder)},
	{"evidence", 14, PART_SHAPE, IN(saved_past, memos), &memo, SAVED_MEMOS},
};
static const struct shape past = SHAPE(saved_past, past_parts);

static const struct part place_parts[] = {
	{"addr", 1, PART_PREFIX, IN(saved_place, prefix), NULL, 0},
	{"operator", 2, PART_SHAPE, ONE(saved_place, said, ruling)},
	{"automatic", 3, PART_SHAPE, ONE(saved_place, automatic, ruling)},
	{"trusted_until", 4, PART_MOMENT, IN(saved_place, trust_until), NULL, 0},
	{"source", 5, PART_FLAG, IN(saved_place, has_source), NULL, 0},
	{"known", 6, PART_FLAG, IN(saved_place, known), NULL, 0},
	{"failures", 7, PART_NUMBER, IN(saved_place, run), NULL, 0},
	{"past", 8, PART_SHAPE, ONE(saved_place, past, past)},
};
const struct shape shape_place = SHAPE(saved_place, place_parts);

static const struct part link_parts[] = {
	{"addr", 1, PART_PREFIX, IN(saved_link, source), NULL, 0},
	{"since", 2, PART_MOMENT, IN(saved_link, since), NULL, 0},
	{"seen", 3, PART_MOMENT, IN(saved_link, seen), NULL, 0},
	{"success", 4, PART_MOMENT, IN(saved_link, success), NULL, 0},
	{"tenured", 5, PART_MOMENT, IN(saved_link, tenured), NULL, 0},
	{"vouched", 6, PART_MOMENT, IN(saved_link, vouched), NULL, 0},
};
static const struct shape link = SHAPE(saved_link, link_parts);

static const struct part quality_parts[] = {
	{"good", 1, PART_POINTS, IN(saved_quality, good), NULL, 0},
	{"bad", 2, PART_POINTS, IN(saved_quality, bad), NULL, 0},
	{"at", 3, PART_MOMENT, IN(saved_quality, at), NULL, 0},
	{"counted", 4, PART_MOMENT, IN(saved_quality, counted), NULL, 0},
	{"latency_us", 5, PART_NUMBER, IN(saved_quality, latency_us), NULL, 0},
	{"answers", 6, PART_NUMBER, IN(saved_quality, answers), NULL, 0},
	{"shared", 7, PART_NUMBER, IN(saved_quality, shared), NULL, 0},
	{"ours", 8, PART_NUMBER, IN(saved_quality, ours), NULL, 0},
	{"head_slot", 9, PART_NUMBER, IN(saved_quality, head_slot), NULL, 0},
	{"head_at", 10, PART_MOMENT, IN(saved_quality, head_at), NULL, 0},
	{"head_moved", 11, PART_MOMENT, IN(saved_quality, moved), NULL, 0},
};
static const struct shape quality = SHAPE(saved_quality, quality_parts);

static const struct part peer_parts[] = {
	{"peer", 1, PART_TEXT, IN(saved_peer, id), NULL, 0},
	{"trusted", 2, PART_FLAG, IN(saved_peer, trusted), NULL, 0},
	{"direction", 3, PART_DIRECTION, IN(saved_peer, direction), NULL, 0},
	{"service", 4, PART_NUMBER, IN(saved_peer, service), NULL, 0},
	{"ruling", 5, PART_SHAPE, ONE(saved_peer, ruling, ruling)},
	{"past", 6, PART_SHAPE, ONE(saved_peer, past, past)},
	{"links", 7, PART_SHAPE, IN(saved_peer, links), &link, SAVED_LINKS},
	{"quality", 8, PART_SHAPE, ONE(saved_peer, quality, quality)},
};
const struct shape shape_peer = SHAPE(saved_peer, peer_parts);

const struct shape *store_shape_of(enum saved_kind kind)
{
	return kind == SAVED_PLACE ? &shape_place : &shape_peer;
}

uint64_t part_read(const struct part *part, const void *record)
{
	const uint8_t *at = (const uint8_t *)record + part->offset;
	uint16_t two;
	int32_t four;
	uint32_t plain;
	uint64_t eight;

	switch (part->size) {
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, sizeof(two));
		return two;
	case 4:
		memcpy(&four, at, sizeof(four));
		memcpy(&plain, at, sizeof(plain));
		return part->kind == PART_POINTS ? (uint64_t)(int64_t)four : plain;
	}
	memcpy(&eight, at, sizeof(eight));
	return eight;
}

void part_write(const struct part *part, void *record, uint64_t value)
{
	uint8_t *at = (uint8_t *)record + part->offset;
	uint16_t two = (uint16_t)value;
	uint32_t four = (uint32_t)value;

	switch (part->size) {
	case 1:
		*at = (uint8_t)value;
		return;
	case 2:
		memcpy(at, &two, sizeof(two));
		return;
	case 4:
		memcpy(at, &four, sizeof(four));
		return;
	}
	memcpy(at, &value, sizeof(value));
}

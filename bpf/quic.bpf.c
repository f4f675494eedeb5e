/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* quic: the front door for datagrams of QUIC: what belongs to a handshake that we dialled or answered, who proved his address. */
#include "flow.bpf.h"

/* One of our own IDs came back, which only who got our answer can send. */
PURE int answers_our_id(const struct question *q, struct quic_memory *ours, __u64 id, int is_start,
			struct outcome *ret)
{
	if (!ours->returned) {
		ours->returned = 1;
		ret->proven = id;
	}
	if (!is_start || ours->passes < PASSES_MAX) {
		ours->passes += is_start;
		return 1;
	}
	return q->start->answer;
}

/*
 * Somebody whom we answered writes to an ID that we never sent in clear: his second flight, if it is of our IDs' length. There is
 * one such ID; another one is another dial by somebody who does not change his own.
 */
PURE int is_second_flight(struct quic_memory *theirs, __u32 to, __u32 size)
{
	if (to == theirs->first || size != theirs->size)
		return 0;
	if (!theirs->second)
		theirs->second = to;
	return theirs->second == to;
}

PURE void note_second_flight(struct desk *desk, const struct question *q)
{
	struct handshake *handshake = memory_handshake(desk, q);

	if (!handshake || handshake->proven)
		return;
	handshake->second = 1;
	watch(watched_slot_at(q->start), handshake->until);
}

/* Whether this long header belongs to what we dialled or answered. */
static __noinline int belongs(const struct question *q, struct desk *desk, int is_start)
{
	__u64 to = memory_hash(q, q->to);
	struct quic_key *key = memory_key(desk, q, to);
	struct quic_memory *found;

	found = memory_look(&dialled, key, q->now);
	if (found && !desk->quic.token)
		return 1;
	found = memory_look(&answered, key, q->now);
	if (found && found->is_ours)
		return answers_our_id(q, found, to, is_start, &desk->outcome);
	key->id = memory_hash(q, &desk->quic.source);
	found = memory_look(&answered, key, q->now);
	if (found && !found->is_ours &&
	    is_second_flight(found, (__u32)to | 1, desk->quic.destination.size)) {
		note_second_flight(desk, q);
		return 1;
	}
	return q->start->answer;
}

/* Who sent an Initial that passes. One that was judged before does not put its end off, nor does one that is an answer. */
static __noinline int note_caller(const struct question *q, struct desk *desk)
{
	struct quic_key *key = memory_key(desk, q, memory_hash(q, &desk->quic.source));
	const struct quic_memory *found = memory_look(&callers, key, q->now);
	int judged = !q->answer;
	__u32 first = unit_of(q);

	if (found && (!judged || (found->judged && found->first == first)))
		return 0;
	desk->fresh =
		(struct quic_memory){.until = q->now + ID_NS, .first = first, .judged = judged};
	bpf_map_update_elem(&callers, key, &desk->fresh, BPF_ANY);
	return 0;
}

/* A start is judged; of other long headers only those of a source that is being closed are refused. */
PURE enum action long_action(const struct question *q, __u32 found, struct judgement *ret)
{
	if (found == FOUND_START)
		*ret = judge(q);
	else if (!q->answer && is_closing(q))
		*ret = judge_refuse(REASON_CLOSING);
	else
		return ACTION_IGNORE;
	return gate_action(q, ret);
}

/* Who is refused by name, and never got an answer of us, is refused without a look at his IDs. */
int gate_refused(struct outcome *ret, const struct start *start)
{
	const struct settings *settings = look_settings();
	struct question question = {0};
	struct judgement judgement;
	struct source_key source __attribute__((aligned(8)));
	const struct service *service;
	struct saying saying;

	if (!ret || !start || !settings || settings->mode != MODE_ENFORCE)
		return 0;
	service = look_service(start);
	if (!service || start->answer)
		return 0;
	gate_question(&question, &source, start, settings);
	saying = source_says(&question, look_source(&source), 1U << service->id);
	if (!saying.live || saying.standing == STANDING_TRUSTED ||
	    is_remembered(watched_slot_at(start), question.now))
		return 0;
	judgement = judge_refused(&saying);
	ret->judgement = judgement;
	ret->service = service->id;
	ret->now = question.now;
	return 1;
}

int gate_long(const struct start *start, __u32 found, __u32 ifindex)
{
	const struct settings *settings = look_settings();
	struct question question = {0};
	struct judgement judgement = {0};
	struct source_key source __attribute__((aligned(8)));
	struct desk *desk = memory_desk();
	const struct service *service;
	enum action action;

	if (!start || !settings || !desk)
		return ACTION_IGNORE;
	service = look_service(start);
	if (!service)
		return ACTION_IGNORE;
	gate_question(&question, &source, start, settings);
	question.service = desk->outcome.service = service->id;
	desk->outcome.now = question.now;
	question.ifindex = ifindex;
	if (desk->quic.seen)
		question.to = &desk->quic.destination;
	if (question.to && is_remembered(watched_slot_at(start), question.now) &&
	    look_remembers(ifindex))
		question.answer = belongs(&question, desk, found == FOUND_START);
	action = long_action(&question, found, &judgement);
	if (action == ACTION_PASS && question.to && look_remembers(ifindex))
		note_caller(&question, desk);
	desk->outcome.judgement = judgement;
	return action;
}

int gate_traffic(struct outcome *ret, const struct start *start)
{
	const struct settings *settings = look_settings();
	struct question question = {0};
	struct judgement judgement = {0};
	struct source_key source __attribute__((aligned(8)));
	struct desk *desk = memory_desk();
	const struct service *service;
	enum action action = ACTION_IGNORE;

	if (!ret || !start || !settings || !desk)
		return ACTION_IGNORE;
	service = look_service(start);
	if (!service)
		return ACTION_IGNORE;
	gate_question(&question, &source, start, settings);
	question.service = ret->service = service->id;
	ret->now = question.now;
	if (is_closing(&question)) {
		judgement = judge_refuse(REASON_CLOSING);
		action = gate_action(&question, &judgement);
	}
	if (action != ACTION_DROP)
		flow_seen(desk, &question);
	watched_expire(watched_slot_at(start), question.now);
	ret->judgement = judgement;
	return action;
}

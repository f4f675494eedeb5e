/* SPDX-License-Identifier: BSD-2-Clause */
#include "merit.h"

#include "doubt.h"

enum { VERIFIED_S = 2 * MINUTE_S }; /* POLICY: a completed status and 2 min of answers */

struct yardstick merit_yardstick(const struct policy *self, int service)
{
	struct yardstick yardstick = {0};

	networks_latency(self, service, &yardstick.latency_us);
	yardstick.has_head = networks_head(self, service, &yardstick.head_slot) &&
			     !node_doubts_itself(self, service);
	return yardstick;
}

void merit_worth(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		 struct worth *ret)
{
	const struct yardstick yardstick = merit_yardstick(self, peer->service);

	quality_worth(&peer->quality, &yardstick, &self->settings, now_ns, ret);
}

static int service_of(const struct hearing *hearing, const struct peer *peer)
{
	return hearing->report->service >= 0 ? hearing->report->service : peer->service;
}

/* False: nobody knows where. */
static bool prefix_of(const struct policy *self, const struct hearing *hearing, struct prefix *ret)
{
	if (hearing->place)
		*ret = place_prefix(self, place_at(self, hearing->place));
	return hearing->place;
}

static void take_answer(struct policy *self, const struct hearing *hearing, struct peer *peer)
{
	struct prefix prefix;

	if (!hearing->report->latency_us)
		return;
	quality_latency(&peer->quality, hearing->report->latency_us);
	if (prefix_of(self, hearing, &prefix))
		network_tell_latency(self, &prefix, service_of(hearing, peer),
				     peer->quality.latency_us);
}

static void take_status(struct policy *self, const struct hearing *hearing, struct peer *peer)
{
	const struct report *report = hearing->report;
	int service = service_of(hearing, peer);
	const struct node_state *node = &self->nodes[service < 0 ? 0 : service];
	struct prefix prefix;

	if (report->protocol_count && node->protocol_count)
		quality_protocols(&peer->quality, report->protocols, report->protocol_count,
				  node->protocols, node->protocol_count);
	if (report->head_slot)
		quality_head(&peer->quality, report->head_slot, hearing->at_ns);
	if (!prefix_of(self, hearing, &prefix))
		return;
	network_tell_status(self, &prefix);
	if (report->head_slot)
		network_tell_head(self, &prefix, service, report->head_slot);
}

/* A source that answers two minutes after its status is a vote of its network. */
static void verify(struct policy *self, const struct hearing *hearing, const struct peer *peer)
{
	struct source *source = hearing_source(self, hearing);
	const struct link *link = hearing->link;
	struct prefix prefix;

	if (!source || source->past.verified || !link || !link->online ||
	    !peer->quality.gave_status ||
	    moment_of(hearing->at_ns) < moment_after(link->since_at, VERIFIED_S))
		return;
	prefix_of(self, hearing, &prefix);
	source->past.verified = network_verify(self, &prefix);
}

static void note_network(struct policy *self, const struct hearing *hearing)
{
	struct prefix prefix;
	struct network *network =
		prefix_of(self, hearing, &prefix) ? network_find(self, &prefix) : NULL;

	if (network && seconds_of(hearing->at_ns) > network->success_s)
		network->success_s = seconds_of(hearing->at_ns);
}

/* A handshake went well: in the networks that we gate that is an exchange of statuses, told in one word. */
static bool is_status(const struct report *report)
{
	return report->event == REPORT_STATUS || report->event == REPORT_HANDSHAKE;
}

void merit_take(struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);
	struct source *source = hearing_source(self, hearing);
	struct worth worth;

	quality_good(&peer->quality, &self->settings, hearing->at_ns);
	if (hearing->report->event == REPORT_RESPONSE)
		take_answer(self, hearing, peer);
	if (is_status(hearing->report)) {
		take_status(self, hearing, peer);
		peer->quality.gave_status = true;
	}
	note_network(self, hearing);
	verify(self, hearing, peer);
	merit_worth(self, peer, hearing->at_ns, &worth);
	ledger_reward(&peer->past.ledger, &self->settings, worth_sum(&worth), hearing->at_ns);
	if (source)
		ledger_raise(&source->past.ledger, &self->settings, worth_sum(&worth),
			     hearing->at_ns);
}

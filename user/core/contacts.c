/* SPDX-License-Identifier: BSD-2-Clause */
#include "contacts.h"

#include "judge.h"

enum {
	CONTACT = 1000000,
	CONTACTS_MAX = 1000 * CONTACT, /* fits; more says nothing more */
	ONE = 1 << 16,
};

static void settle(struct contacts *self, const struct policy_settings *settings, uint64_t at_ns)
{
	uint64_t seconds = at_ns > self->at_ns ? (at_ns - self->at_ns) / NS_PER_S : 0;

	if (!seconds)
		return;
	self->good = ledger_fade(self->good, seconds, settings->reward_half_life_s);
	self->bad = ledger_fade(self->bad, seconds, settings->reward_half_life_s);
	self->at_ns += seconds * NS_PER_S;
}

void contact_note(struct policy *self, const struct hearing *hearing, bool is_good)
{
	const struct peer *peer = hearing_peer(self, hearing);
	int32_t *sum = is_good ? &self->contacts.good : &self->contacts.bad;

	if (!peer || peer->past.tried || peer->failure_at || !hearing_is_outbound(self, hearing))
		return;
	settle(&self->contacts, &self->settings, hearing->at_ns);
	if (*sum <= CONTACTS_MAX - CONTACT)
		*sum += CONTACT;
}

/* A prior of one contact that went well and one that did not. */
uint32_t contacts_success(const struct policy *self, uint64_t now_ns)
{
	struct contacts copy = self->contacts;

	settle(&copy, &self->settings, now_ns);
	return (uint32_t)(((uint64_t)copy.good + CONTACT) * ONE /
			  ((uint64_t)copy.good + (uint64_t)copy.bad + 2 * CONTACT));
}

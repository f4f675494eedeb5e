/* SPDX-License-Identifier: BSD-2-Clause */
/* account_doors: what each door would do now, and why. The same questions as the doors ask, so that nobody is told otherwise. */
#include <inttypes.h>

#include <peergate/words.h>

#include "account.h"
#include "admit.h"
#include "capacity.h"
#include "explain_judge.h"
#include "mesh.h"
#include "places.h"
#include "prune.h"
#include "sites.h"
#include "span.h"

/* The floor of one service, as the kernel asks it: of the source's score. */
static void add_floor(const struct policy *self, struct account *ret, int service,
		      const struct source *source, bool is_newcomer, uint64_t now_ns)
{
	int floor = capacity_floor(self, service, now_ns), score = 0;

	if (floor == FLOOR_OPEN)
		return;
	if (source && source->past.known)
		score = ledger_score(&source->past.ledger, &self->settings, now_ns);
	if (score >= floor)
		account_add(ret,
			    "ingress: service %d is full; its floor of %d lets a score of %d pass",
			    service, floor, score);
	else if (is_newcomer)
		account_add(ret,
			    "ingress: service %d is full; a newcomer passes while there is a token",
			    service);
	else
		account_add(
			ret,
			"ingress: service %d is full: its floor is %d, the score is %d: refused",
			service, floor, score);
}

static const struct source *source_at_prefix(const struct policy *self, const struct prefix *prefix)
{
	uint32_t number = place_find(self, prefix);

	return number ? place_source(self, place_at(self, number)) : NULL;
}

/* As the kernel asks: of the source alone; pace and live connections are the kernel's own to count. */
void account_ingress(const struct policy *self, struct account *ret, const struct prefix *prefix,
		     uint64_t now_ns)
{
	const struct source *source = source_at_prefix(self, prefix);
	bool is_newcomer = !(source && source->past.known) && !neighbours_known(self, prefix);
	char end[SPAN_MAX + 16];

	if (ret->refused) {
		account_add(ret, "ingress: a SYN or Initial is refused for %s; that %s",
			    reason_word(ret->reason), end_text(ret->until_ns, now_ns, end));
		return;
	}
	if (ret->standing == STANDING_TRUSTED) {
		account_add(ret, "ingress: a SYN or Initial passes, at 16 times the usual pace");
		return;
	}
	account_add(ret, "ingress: a SYN or Initial passes within pace and live connections");
	for (int service = 0; service < SERVICES_MAX; service++)
		add_floor(self, ret, service, source, is_newcomer, now_ns);
}

static void add_answer(const struct policy *self, struct account *ret, const char *door,
		       const struct knock *knock, uint64_t now_ns)
{
	const struct admit_answer answer = admit(self, knock, now_ns);
	struct admittance said;

	admit_say(&answer, now_ns, &said);
	account_add(ret, "%s: %s: %s", door, said.allow ? "yes" : "no", said.why);
}

void account_admit(const struct policy *self, struct account *ret, uint32_t peer,
		   const struct prefix *prefix, uint64_t now_ns)
{
	struct knock knock = {.peer = peer, .has_source = prefix, .service = -1};

	if (prefix) {
		knock.source = *prefix;
		knock.place = place_find(self, prefix);
	}
	knock.is_dial = true;
	add_answer(self, ret, "dial", &knock, now_ns);
	knock.is_dial = false;
	add_answer(self, ret, "admit", &knock, now_ns);
}

static void add_mesh(const struct policy *self, struct account *ret, const struct peer *peer,
		     uint32_t number, uint64_t now_ns)
{
	uint32_t of, at = mesh_position(self, peer->service, number, now_ns, &of);

	if (at)
		account_add(ret, "mesh: yes: number %" PRIu32 " of %" PRIu32, at, of);
	else if (peer->leaving)
		account_add(ret, "mesh: no: somebody has said goodbye");
	else if (!peer->established)
		account_add(ret, "mesh: no: nothing went well on this connection yet");
	else
		account_add(ret, "mesh: no: it is banned, and will be disconnected");
}

void account_mesh(const struct policy *self, struct account *ret, uint32_t number, uint64_t now_ns)
{
	const struct peer *peer = peer_at(self, number);
	struct prune_fate fate;

	if (!peer->online) {
		account_add(ret, "mesh: no: it is not connected");
		return;
	}
	add_mesh(self, ret, peer, number, now_ns);
	fate = prune_fate(self, peer->service, number, now_ns);
	if (fate.spared)
		account_add(ret, "prune: spared for %s", spared_word(fate.spared));
	else if (fate.turn)
		account_add(ret, "prune: number %" PRIu32 " of those to let go when room is wanted",
			    fate.turn);
}

void account_weather(const struct policy *self, struct account *ret, uint64_t now_ns)
{
	struct breaker_view breaker;

	policy_breaker_see(self, now_ns, &breaker);
	if (breaker.open)
		account_add(ret, "the breaker is open: suspect evidence counts for nothing now");
	explain_cold(self, now_ns, ret);
}

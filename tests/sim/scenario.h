/* SPDX-License-Identifier: BSD-2-Clause */
/* scenario: one shape of the world; a table of them, each with what it is for. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

enum attack { ATTACK_NONE, ATTACK_SPREAD, ATTACK_CONCENTRATED };

/* What happens to it at its moment. */
enum twist {
	TWIST_NONE,
	TWIST_STALL,	  /* one node in ten stands still for twist_s */
	TWIST_UPLINK,	  /* one node in ten loses its uplink for twist_s */
	TWIST_CGNAT,	  /* 50 nodes behind one address, and five bad peers with them */
	TWIST_CONFERENCE, /* 50 nodes join within two minutes behind one address */
	TWIST_FORK, /* half of the nodes move to a new fork at once, the others within half an hour */
	TWIST_SYNS,    /* forged starts at every node, three a second */
	TWIST_FLOOD,   /* 10^5 identities against small books */
	TWIST_ECLIPSE, /* one node in five restarts among the attackers */
};

struct scenario {
	const char *name;
	uint32_t honest, target;
	uint32_t minutes;
	double bad, nat, adoption; /* shares: of all addresses, of honest nodes, of honest nodes */
	enum attack attack;
	uint32_t betray_min; /* when the attacker betrays; 0: never */
	bool digests;	     /* records tell the fork */
	enum twist twist;
	uint32_t twist_s;
	uint32_t newcomer_s; /* peergate's newcomer bucket: one in so many seconds; 0: no limit */
	uint32_t book_max;   /* peergate's caps of peers and of sources */
	uint32_t ban_handshake_s, backoff_s; /* peergate's settings, when tuned; 0: the defaults */
	bool knows_no_forks; /* the client takes another fork for another network, and says so */
	bool spends_on_syn;  /* peergate's gate where nobody sees connections established */
	const char *what;
};

const struct scenario *scenario_find(const char *name);
const struct scenario *scenario_at(unsigned int number); /* NULL: no more */

#endif

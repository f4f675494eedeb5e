/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#include <stddef.h>
#include <string.h>

enum { NODES = 96, TARGET = 20, MINUTES = 185, BETRAYAL_MIN = 150 };

#define USUAL                                                                         \
	.honest = NODES, .target = TARGET, .minutes = MINUTES, .bad = .4, .nat = .35, \
	.adoption = 1, .digests = true, .newcomer_s = 60, .book_max = 2048
#define SPREAD USUAL, .attack = ATTACK_SPREAD, .betray_min = BETRAYAL_MIN
#define NEAR USUAL, .attack = ATTACK_CONCENTRATED, .betray_min = BETRAYAL_MIN
#define SHORT USUAL, .minutes = 185

/* Later members of an initializer win over earlier ones, which is wanted here. */
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct scenario scenarios[] = {
	/* POLICY section 4: shares of bad ones, the attacker, NAT, adoption. */
	{"plain", USUAL, .what = "40 % bad, nobody attacks"},
	{"spread", SPREAD, .what = "an attacker, his addresses spread over the networks"},
	{"near", NEAR, .what = "an attacker, his addresses in two /16"},
	{"bad20", USUAL, .bad = .2, .what = "20 % bad"},
	{"bad20spread", SPREAD, .bad = .2, .what = "20 % bad, attacker spread"},
	{"bad60", USUAL, .bad = .6, .what = "60 % bad"},
	{"bad60spread", SPREAD, .bad = .6, .what = "60 % bad, attacker spread"},
	{"nat20", USUAL, .nat = .2, .what = "20 % behind NAT"},
	{"nat20spread", SPREAD, .nat = .2, .what = "20 % behind NAT, attacker spread"},
	{"nat50", USUAL, .nat = .5, .what = "50 % behind NAT"},
	{"nat50spread", SPREAD, .nat = .5, .what = "50 % behind NAT, attacker spread"},
	{"tenth", USUAL, .adoption = .1,
	 .what = "one node in ten adopts it, the rest has a ban list"},
	{"tenthspread", SPREAD, .adoption = .1, .what = "the same, attacker spread"},
	{"blind", USUAL, .digests = false, .what = "records tell no fork"},
	{"long", SPREAD, .honest = 64, .minutes = 815, .betray_min = 780,
	 .what = "the attacker stays 13 hours before he betrays"},
	/* Goals 8 and 9. */
	{"stall60", SHORT, .twist = TWIST_STALL, .twist_s = 60,
	 .what = "one node in ten stands still for 60 s"},
	{"stall300", SHORT, .twist = TWIST_STALL, .twist_s = 300, .what = "for 300 s"},
	{"stall900", SHORT, .twist = TWIST_STALL, .twist_s = 900, .what = "for 900 s"},
	{"uplink", SHORT, .twist = TWIST_UPLINK, .twist_s = 300,
	 .what = "one node in ten has no uplink for 300 s"},
	{"cgnat", SHORT, .twist = TWIST_CGNAT,
	 .what = "50 nodes behind one address, and five bad peers with them"},
	{"conference", SHORT, .twist = TWIST_CONFERENCE,
	 .what = "50 nodes join within two minutes behind one address"},
	/* What nobody had simulated. */
	{"fork", SHORT, .twist = TWIST_FORK,
	 .what = "half of the nodes move to a new fork at once, the rest within half an hour"},
	{"forkblind", SHORT, .twist = TWIST_FORK, .knows_no_forks = true,
	 .what = "the same, by clients that take the other fork for another network"},
	{"syns", SHORT, .twist = TWIST_SYNS, .what = "three forged starts a second at every node"},
	{"synsblind", SHORT, .twist = TWIST_SYNS, .spends_on_syn = true,
	 .what = "the same where tokens are spent on starts"},
	{"flood", SPREAD, .betray_min = 0, .twist = TWIST_FLOOD, .book_max = 512,
	 .what = "a new identity at each of the attacker's dials, books of 512"},
	{"eclipse", SPREAD, .betray_min = 0, .twist = TWIST_ECLIPSE,
	 .what = "one node in five restarts among attackers that aim at it"},
	/* Goals 4 to 6 against each other: the newcomers' bucket. */
	{"rateoff", SPREAD, .newcomer_s = 0, .what = "no limit for newcomers"},
	{"rate30", SPREAD, .newcomer_s = 30, .what = "in 30 s"},
	{"rate120", SPREAD, .newcomer_s = 120, .what = "in 120 s"},
	{"rate900", SPREAD, .newcomer_s = 900, .what = "in 900 s"},
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

const struct scenario *scenario_at(unsigned int number)
{
	return number < SCENARIOS ? &scenarios[number] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
	for (unsigned int i = 0; i < SCENARIOS; i++) {
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	}
	return NULL;
}

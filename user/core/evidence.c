/* SPDX-License-Identifier: BSD-2-Clause */
#include "evidence.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "hash.h"

/*
 * Points: Lighthouse's -100 fatal, -10, -5, -1 (peer_manager/peerdb/score.rs). Good evidence has none: it makes
 * qualities (merit.h). docs/POLICY.md has the same table with the why of each line.
 */
static const struct rule rules[] = {
#define SUSPECT(points_, reason_, one_, many_, ...)                                       \
	{                                                                                 \
		.class = EVIDENCE_SUSPECT, .points = points_, .reason = REASON_##reason_, \
		.one = one_, .many = many_, ##__VA_ARGS__                                 \
	}
#define OTHER(class_, points_, reason_, one_, many_, ...)                                  \
	{                                                                                  \
		.class = EVIDENCE_##class_, .points = points_, .reason = REASON_##reason_, \
		.one = one_, .many = many_, ##__VA_ARGS__                                  \
	}
	OTHER(NOTHING, 0, NONE, "notice", "notices"),
	OTHER(GOOD, 0, NONE, "handshake", "handshakes"),
	SUSPECT(10, IO_ERROR, "handshake timeout", "handshake timeouts", .is_failure = true,
		.is_dial = true),
	SUSPECT(10, IO_ERROR, "handshake error", "handshake errors", .is_failure = true,
		.is_dial = true),
	OTHER(PROOF, 100, IRRELEVANT_NETWORK, "handshake from another network",
	      "handshakes from another network", .is_network = true),
	OTHER(FORK, 10, UNVIABLE_FORK, "handshake on another fork", "handshakes on another fork"),
	SUSPECT(10, IRRELEVANT_NETWORK, "handshake without a common protocol",
		"handshakes without a common protocol", .is_failure = true),
	OTHER(GOOD, 0, NONE, "good answer", "good answers"),
	SUSPECT(5, BAD_SCORE, "bad answer", "bad answers", .is_useless = true),
	OTHER(PROOF, 100, PROTOCOL_VIOLATION, "invalid answer", "invalid answers"),
	SUSPECT(5, IO_ERROR, "answer that never came", "answers that never came"),
	OTHER(GOOD, 0, NONE, "status exchange", "status exchanges"),
	SUSPECT(1, BAD_SCORE, "negative gossip score", "negative gossip scores", .is_mild = true),
	SUSPECT(5, BAD_SCORE, "gossip score below -4000", "gossip scores below -4000",
		.is_mild = true),
	OTHER(PROOF, 100, BAD_SCORE, "verdict of the node: ban", "verdicts of the node: ban"),
	SUSPECT(20, BAD_SCORE, "verdict of the node: discourage",
		"verdicts of the node: discourage", .is_mild = true),
	OTHER(TRUST, 0, NONE, "verdict of the node: trust", "verdicts of the node: trust"),
	OTHER(CLEAR, 0, NONE, "verdict of the node: clear", "verdicts of the node: clear"),
	OTHER(PROOF, 100, IRRELEVANT_NETWORK, "goodbye: irrelevant network",
	      "goodbyes: irrelevant network", .is_network = true, .is_theirs_free = true),
	OTHER(FORK, 10, UNVIABLE_FORK, "goodbye: unviable fork", "goodbyes: unviable fork",
	      .is_theirs_free = true),
	SUSPECT(5, IO_ERROR, "goodbye: fault", "goodbyes: fault", .is_theirs_free = true),
	OTHER(CAPACITY, 0, TOO_MANY_PEERS, "goodbye: too many peers", "goodbyes: too many peers"),
	OTHER(CAPACITY, 0, RATE_LIMITED, "goodbye: rate limited", "goodbyes: rate limited"),
	OTHER(CAPACITY, 0, CLIENT_SHUTDOWN, "goodbye: shutting down", "goodbyes: shutting down"),
	SUSPECT(10, BAD_SCORE, "goodbye: bad score", "goodbyes: bad score", .is_theirs_free = true),
	OTHER(PROOF, 100, PROTOCOL_VIOLATION, "goodbye: protocol violation",
	      "goodbyes: protocol violation", .is_theirs_free = true),
	SUSPECT(10, CHURN, "row of short-lived connections that the kernel saw",
		"rows of short-lived connections that the kernel saw"),
#undef SUSPECT
#undef OTHER
};

enum rule_number {
	RULE_NOTHING,
	RULE_HANDSHAKE_OK,
	RULE_HANDSHAKE_TIMEOUT,
	RULE_HANDSHAKE_ERROR,
	RULE_WRONG_NETWORK,
	RULE_WRONG_FORK,
	RULE_INCOMPATIBLE,
	RULE_RESPONSE_OK,
	RULE_RESPONSE_BAD,
	RULE_RESPONSE_INVALID,
	RULE_RESPONSE_TIMEOUT,
	RULE_STATUS,
	RULE_GOSSIP_LOW,
	RULE_GOSSIP_WORST,
	RULE_BAN,
	RULE_DISCOURAGE,
	RULE_TRUST,
	RULE_CLEAR,
	RULE_BYE_NETWORK,
	RULE_BYE_FORK,
	RULE_BYE_FAULT,
	RULE_BYE_FULL,
	RULE_BYE_RATE,
	RULE_BYE_SHUTDOWN,
	RULE_BYE_SCORE,
	RULE_BYE_VIOLATION,
	RULE_CHURN,
	RULES
};

_Static_assert(sizeof(rules) / sizeof(rules[0]) == RULES, "a number for each rule");

static const struct {
	enum report_event event;
	enum report_result result;
	enum rule_number rule;
} events[] = {
	{REPORT_CONNECTED, RESULT_NONE, RULE_NOTHING},
	{REPORT_DISCONNECTED, RESULT_NONE, RULE_NOTHING},
	{REPORT_HANDSHAKE, RESULT_OK, RULE_HANDSHAKE_OK},
	{REPORT_HANDSHAKE, RESULT_TIMEOUT, RULE_HANDSHAKE_TIMEOUT},
	{REPORT_HANDSHAKE, RESULT_ERROR, RULE_HANDSHAKE_ERROR},
	{REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, RULE_WRONG_NETWORK},
	{REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK, RULE_WRONG_FORK},
	{REPORT_HANDSHAKE, RESULT_INCOMPATIBLE, RULE_INCOMPATIBLE},
	{REPORT_RESPONSE, RESULT_OK, RULE_RESPONSE_OK},
	{REPORT_RESPONSE, RESULT_BAD, RULE_RESPONSE_BAD},
	{REPORT_RESPONSE, RESULT_INVALID, RULE_RESPONSE_INVALID},
	{REPORT_RESPONSE, RESULT_TIMEOUT, RULE_RESPONSE_TIMEOUT},
	{REPORT_STATUS, RESULT_NONE, RULE_STATUS},
	{REPORT_STATUS, RESULT_OK, RULE_STATUS},
	{REPORT_VERDICT, RESULT_BAN, RULE_BAN},
	{REPORT_VERDICT, RESULT_DISCOURAGE, RULE_DISCOURAGE},
	{REPORT_VERDICT, RESULT_TRUST, RULE_TRUST},
	{REPORT_VERDICT, RESULT_CLEAR, RULE_CLEAR},
};

/* What a goodbye's or verdict's reason may be: what a protocol layer can know. */
static const struct {
	enum reason reason;
	enum rule_number rule;
} goodbyes[] = {
	{REASON_UNKNOWN, RULE_NOTHING},
	{REASON_IRRELEVANT_NETWORK, RULE_BYE_NETWORK},
	{REASON_UNVIABLE_FORK, RULE_BYE_FORK},
	{REASON_IO_ERROR, RULE_BYE_FAULT},
	{REASON_TOO_MANY_PEERS, RULE_BYE_FULL},
	{REASON_RATE_LIMITED, RULE_BYE_RATE},
	{REASON_CLIENT_SHUTDOWN, RULE_BYE_SHUTDOWN},
	{REASON_BAD_SCORE, RULE_BYE_SCORE},
	{REASON_PROTOCOL_VIOLATION, RULE_BYE_VIOLATION},
};

/* consensus-specs phase0/p2p-interface.md (1 .. 3); 128 and up as the clients agree (Lighthouse's GoodbyeReason). */
static const struct {
	uint16_t code;
	enum reason reason;
} codes[] = {
	{1, REASON_CLIENT_SHUTDOWN}, {2, REASON_IRRELEVANT_NETWORK}, {3, REASON_IO_ERROR},
	{128, REASON_UNVIABLE_FORK}, {129, REASON_TOO_MANY_PEERS},   {250, REASON_BAD_SCORE},
	{251, REASON_BAD_SCORE},     {252, REASON_BAD_SCORE},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum reason goodbye_reason(const struct report *report)
{
	if (report->reason != REASON_NONE)
		return report->reason;
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].code == report->goodbye_code)
			return codes[i].reason;
	}
	return REASON_UNKNOWN;
}

static int goodbye_rule(enum reason reason)
{
	for (size_t i = 0; i < COUNT(goodbyes); i++) {
		if (goodbyes[i].reason == reason)
			return goodbyes[i].rule;
	}
	return -EINVAL;
}

/* Lighthouse's scale: 0 is neutral, its gossip threshold is -4000. NaN was refused before. */
static int gossip_rule(double score)
{
	if (score < -4000)
		return RULE_GOSSIP_WORST;
	return score < 0 ? RULE_GOSSIP_LOW : RULE_NOTHING;
}

static const char *results_word(enum report_event event)
{
	switch (event) {
	case REPORT_HANDSHAKE:
		return "ok, timeout, wrong_network, unviable_fork, incompatible, error";
	case REPORT_RESPONSE:
		return "ok, bad, invalid, timeout";
	case REPORT_VERDICT:
		return "ban, discourage, trust, clear";
	default:
		return "none";
	}
}

int evidence_rule(const struct report *report, struct why *why)
{
	if (report->reason != REASON_NONE && goodbye_rule(report->reason) < 0)
		return why_fill(why, -EINVAL,
				"reason: \"%s\" is not one that a protocol layer gives",
				reason_word(report->reason));
	if (report->event == REPORT_GOODBYE && report->result == RESULT_NONE)
		return goodbye_rule(goodbye_reason(report));
	if (report->event == REPORT_GOSSIP && report->result == RESULT_NONE)
		return gossip_rule(report->score);
	for (size_t i = 0; i < COUNT(events); i++) {
		if (events[i].event == report->event && events[i].result == report->result)
			return events[i].rule;
	}
	return why_fill(why, -EINVAL, "result: not one that this event can have (%s)",
			results_word(report->event));
}

unsigned int evidence_fork(void)
{
	return RULE_WRONG_FORK;
}

unsigned int evidence_churn(void)
{
	return RULE_CHURN;
}

const struct rule *evidence_at(unsigned int rule)
{
	return &rules[rule < RULES ? rule : RULE_NOTHING];
}

const char *evidence_word(enum evidence class)
{
	static const char *const words[EVIDENCES] = {"nothing", "good",	 "suspect", "capacity",
						     "fork",	"proof", "trust",   "clear"};

	return words[class];
}

/* By the words of accounts, which are told apart by people as well. */
uint32_t evidence_called(const char *words)
{
	return hash_text(words, strlen(words));
}

uint32_t evidence_name(unsigned int rule)
{
	return evidence_called(rules[rule].one);
}

int evidence_named(uint32_t name)
{
	for (unsigned int rule = 0; rule < RULES; rule++)
		if (evidence_name(rule) == name)
			return (int)rule;
	return -ENOENT;
}

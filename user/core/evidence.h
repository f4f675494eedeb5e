/* SPDX-License-Identifier: BSD-2-Clause */
/* evidence: what a report is worth. One table: event and result to class, points, reason. */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "policy.h"

enum evidence {
	EVIDENCE_NOTHING,
	EVIDENCE_GOOD,
	EVIDENCE_SUSPECT,  /* our own fault can make it: backs off, never bans */
	EVIDENCE_CAPACITY, /* backs off without a stain */
	EVIDENCE_FORK,	   /* a peer on another fork: backed off, not banned (law 12) */
	EVIDENCE_PROOF,	   /* may ban */
	EVIDENCE_TRUST,
	EVIDENCE_CLEAR,
	EVIDENCES
};

struct rule {
	enum evidence class;
	uint8_t points; /* taken */
	bool is_failure; /* ends a connection that never worked: counts towards a backoff by itself */
	bool is_dial; /* on an outbound connection it may be a dial that failed: not the source's fault */
	bool is_useless; /* perhaps for want of data, ours or theirs: nothing while we are behind (law 13) */
	bool is_mild;		/* lowers the score, but backs nobody off */
	bool is_theirs_free;	/* a goodbye that they said tells nothing about how they treat us */
	bool is_network;	/* wrong genesis or network: law 3's longer end */
	enum reason reason;	/* of the refusal that follows */
	const char *one, *many; /* in accounts */
};

/* The rule's number for a report, 0 .. ; or -EINVAL with the offending field in @why. */
int evidence_rule(const struct report *report, struct why *why);
unsigned int evidence_fork(void);  /* of a handshake on another fork */
unsigned int evidence_churn(void); /* the number of the kernel's own evidence */
const struct rule *evidence_at(unsigned int rule);

/* A rule's name outside of the process, never 0; and back: the rule's number, or -ENOENT. */
uint32_t evidence_name(unsigned int rule);
int evidence_named(uint32_t name);
uint32_t evidence_called(
	const char *words); /* the name of those words, whether there is such a rule or not */
const char *evidence_word(enum evidence class);

#endif

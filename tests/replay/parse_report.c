/* SPDX-License-Identifier: BSD-2-Clause */
/* A report from its words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *word;
	enum report_event event;
} events[] = {
	{"connected", REPORT_CONNECTED}, {"disconnected", REPORT_DISCONNECTED},
	{"handshake", REPORT_HANDSHAKE}, {"response", REPORT_RESPONSE},
	{"status", REPORT_STATUS},	 {"goodbye", REPORT_GOODBYE},
	{"gossip", REPORT_GOSSIP},	 {"verdict", REPORT_VERDICT},
};

static const struct {
	const char *word;
	enum report_result result;
} results[] = {
	{"ok", RESULT_OK},
	{"timeout", RESULT_TIMEOUT},
	{"wrong_network", RESULT_WRONG_NETWORK},
	{"unviable_fork", RESULT_UNVIABLE_FORK},
	{"incompatible", RESULT_INCOMPATIBLE},
	{"error", RESULT_ERROR},
	{"bad", RESULT_BAD},
	{"invalid", RESULT_INVALID},
	{"ban", RESULT_BAN},
	{"discourage", RESULT_DISCOURAGE},
	{"trust", RESULT_TRUST},
	{"clear", RESULT_CLEAR},
};

static int number_term(const struct term *term, int64_t *ret, int64_t least, int64_t most,
		       struct why *why)
{
	return number_parse(ret, term->value, term->name, least, most, why);
}

static int service_term(struct saying *ret, const struct term *term, struct why *why)
{
	int64_t value;
	int error = number_term(term, &value, -128, 127, why);

	if (!error)
		ret->report.service = (int)value;
	return error;
}

static int port_term(struct saying *ret, const struct term *term, struct why *why)
{
	int64_t value;
	int error = number_term(term, &value, 0, UINT16_MAX, why);

	if (!error)
		ret->report.port = (uint16_t)value;
	return error;
}

static int code_term(struct saying *ret, const struct term *term, struct why *why)
{
	int64_t value;
	int error = number_term(term, &value, 0, UINT16_MAX, why);

	if (!error)
		ret->report.goodbye_code = (uint16_t)value;
	return error;
}

static int reason_term(struct saying *ret, const struct term *term, struct why *why)
{
	return parse_reason(&ret->report.reason, term->value, why);
}

static int score_term(struct saying *ret, const struct term *term, struct why *why)
{
	char *end;

	ret->report.score = strtod(term->value, &end);
	if (end == term->value || *end)
		return why_fill(why, -EINVAL, "score: \"%.40s\" is no number", term->value);
	return 0;
}

static int latency_term(struct saying *ret, const struct term *term, struct why *why)
{
	uint64_t ns;
	int error = span_parse(&ns, term->value, why);

	if (!error)
		ret->report.latency_us =
			ns / 1000 > UINT32_MAX ? UINT32_MAX : (uint32_t)(ns / 1000);
	return error;
}

static int head_term(struct saying *ret, const struct term *term, struct why *why)
{
	int64_t value;
	int error = number_term(term, &value, 0, INT64_MAX, why);

	if (!error)
		ret->report.head_slot = (uint64_t)value;
	return error;
}

static int digest_term(struct saying *ret, const struct term *term, struct why *why)
{
	ret->report.has_digest = true;
	return parse_digest(ret->report.digest, term->value, why);
}

static int ours_term(struct saying *ret, const struct term *term, struct why *why)
{
	ret->report.has_our_digest = true;
	return parse_digest(ret->report.our_digest, term->value, why);
}

static int protocols_term(struct saying *ret, const struct term *term, struct why *why)
{
	return parse_protocols(ret->report.protocols, &ret->report.protocol_count, term->value,
			       why);
}

static int ago_term(struct saying *ret, const struct term *term, struct why *why)
{
	ret->is_past = !strcmp(term->name, "ago");
	return span_parse(&ret->off_ns, term->value, why);
}

static int follower_term(struct saying *ret, const struct term *term, struct why *why)
{
	int64_t value;
	int error = number_term(term, &value, 0, UINT32_MAX, why);

	ret->report.second_hand = true;
	if (!error)
		ret->report.reporter = (uint32_t)value;
	return error;
}

static int term_take(struct saying *ret, const char *word, struct why *why)
{
	static const struct {
		const char *name;
		int (*take)(struct saying *, const struct term *, struct why *);
	} terms[] = {
		{"service", service_term},     {"port", port_term},	{"code", code_term},
		{"reason", reason_term},       {"score", score_term},	{"latency", latency_term},
		{"head", head_term},	       {"digest", digest_term}, {"ours", ours_term},
		{"protocols", protocols_term}, {"ago", ago_term},	{"ahead", ago_term},
		{"follower", follower_term},
	};
	struct term term;

	if (term_parse(&term, word) && term.compare == COMPARE_EQUAL) {
		for (size_t i = 0; i < COUNT(terms); i++) {
			if (!strcmp(terms[i].name, term.name))
				return terms[i].take(ret, &term, why);
		}
	}
	return why_fill(why, -EINVAL, "\"%.40s\" is nothing that a report has", word);
}

int parse_report_terms(struct saying *ret, const struct words *words, unsigned int from,
		       struct why *why)
{
	int error = 0;

	for (unsigned int i = from; i < words->count && !error; i++) {
		const char *word = words->at[i];

		if (!strcmp(word, "follower"))
			ret->report.second_hand = true;
		else if (!strcmp(word, "inbound") || !strcmp(word, "outbound"))
			error = parse_direction(&ret->report.direction, word, why);
		else
			error = term_take(ret, word, why);
	}
	return error;
}

static int event_parse(struct report *ret, const char *word)
{
	for (size_t i = 0; i < COUNT(events); i++) {
		if (strcmp(events[i].word, word))
			continue;
		ret->event = events[i].event;
		return 0;
	}
	return -EINVAL;
}

static bool result_parse(struct report *ret, const char *word)
{
	for (size_t i = 0; i < COUNT(results); i++) {
		if (strcmp(results[i].word, word))
			continue;
		ret->result = results[i].result;
		return true;
	}
	return false;
}

int parse_party(struct saying *ret, const struct words *words, unsigned int *at, struct why *why)
{
	struct report ignored;
	int error;

	*ret = (struct saying){.report = {.service = -1}};
	if (*at >= words->count)
		return why_fill(why, -EINVAL, "who? A peer's name is missing, or - for nobody's");
	error = parse_peer(ret->report.peer, words->at[(*at)++], why);
	if (error || *at >= words->count || !event_parse(&ignored, words->at[*at]))
		return error;
	ret->report.has_addr = true;
	return parse_addr(&ret->report.addr, &ret->report.port, words->at[(*at)++], why);
}

int parse_report(struct saying *ret, const struct words *words, unsigned int from, struct why *why)
{
	int error = parse_party(ret, words, &from, why);

	if (error)
		return error;
	if (from >= words->count || event_parse(&ret->report, words->at[from]))
		return why_fill(why, -EINVAL, "\"%.40s\" is no event of a report",
				from < words->count ? words->at[from] : "");
	from++;
	if (from < words->count && result_parse(&ret->report, words->at[from]))
		from++;
	return parse_report_terms(ret, words, from, why);
}

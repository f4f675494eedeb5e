/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_decode.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

#include "choice.h"
#include "fields.h"
#include "who.h"

/* The members of the object as they stand there. */
struct raw {
	const char *peer, *addr, *direction, *service, *event, *result, *reason;
	struct field_number code, score, latency_ms, head_slot, at;
	bool secondhand;
	const char *digest, *our_digest, *disconnect_reason;
	const json_t *protocols, *downscore_reasons;
	const char *agent, *agent_version;
};

#define AT(member) offsetof(struct raw, member)

static const struct field fields[] = {
	{"peer", FIELD_TEXT, false, AT(peer), 0, 0},
	{"addr", FIELD_TEXT, false, AT(addr), 0, 0},
	{"direction", FIELD_TEXT, false, AT(direction), 0, 0},
	{"service", FIELD_TEXT, false, AT(service), 0, 0},
	{"event", FIELD_TEXT, true, AT(event), 0, 0},
	{"result", FIELD_TEXT, false, AT(result), 0, 0},
	{"reason", FIELD_TEXT, false, AT(reason), 0, 0},
	{"code", FIELD_WHOLE, false, AT(code), 0, 65535},
	{"score", FIELD_NUMBER, false, AT(score), -1e9, 1e9},
	{"latency_ms", FIELD_NUMBER, false, AT(latency_ms), 0, 3600e3},
	{"head_slot", FIELD_WHOLE, false, AT(head_slot), 0, 9007199254740992.0},
	/* From 2001 to 2286: what else counts as unix seconds is another unit or a slip. */
	{"at", FIELD_NUMBER, false, AT(at), 1e9, 1e10},
	{"secondhand", FIELD_FLAG, false, AT(secondhand), 0, 0},
	{"digest", FIELD_TEXT, false, AT(digest), 0, 0},
	{"our_digest", FIELD_TEXT, false, AT(our_digest), 0, 0},
	{"protocols", FIELD_LIST, false, AT(protocols), 0, 0},
	/* Names of beacon-APIs #606, so that what is read there can be handed on: two say nothing that is judged. */
	{"disconnect_reason", FIELD_TEXT, false, AT(disconnect_reason), 0, 0},
	{"downscore_reasons", FIELD_LIST, false, AT(downscore_reasons), 0, 0},
	{"agent", FIELD_TEXT, false, AT(agent), 0, 0},
	{"agent_version", FIELD_TEXT, false, AT(agent_version), 0, 0},
};

static const struct choice handshakes[] = {
	{"ok", RESULT_OK},
	{"timeout", RESULT_TIMEOUT},
	{"wrong_network", RESULT_WRONG_NETWORK},
	{"unviable_fork", RESULT_UNVIABLE_FORK},
	{"incompatible", RESULT_INCOMPATIBLE},
	{"error", RESULT_ERROR},
	{NULL, 0},
};

static const struct choice responses[] = {
	{"ok", RESULT_OK},	     {"bad", RESULT_BAD}, {"invalid", RESULT_INVALID},
	{"timeout", RESULT_TIMEOUT}, {NULL, 0},
};

static const struct choice verdicts[] = {
	{"ban", RESULT_BAN},
	{"discourage", RESULT_DISCOURAGE},
	{"trust", RESULT_TRUST},
	{"clear", RESULT_CLEAR},
	{NULL, 0},
};

/* What an event is called, and which results it may, and then must, have. */
static const struct {
	struct choice event;
	const struct choice *results;
} events[] = {
	{{"connected", REPORT_CONNECTED}, NULL},
	{{"disconnected", REPORT_DISCONNECTED}, NULL},
	{{"handshake", REPORT_HANDSHAKE}, handshakes},
	{{"response", REPORT_RESPONSE}, responses},
	{{"status", REPORT_STATUS}, NULL},
	{{"goodbye", REPORT_GOODBYE}, NULL},
	{{"gossip", REPORT_GOSSIP}, NULL},
	{{"verdict", REPORT_VERDICT}, verdicts},
};

enum { EVENTS = sizeof(events) / sizeof(events[0]) };

static int decode_result(struct report *ret, const struct raw *raw, const struct choice *results,
			 struct why *why)
{
	int result = RESULT_NONE, error = 0;

	if (!results && raw->result)
		return why_fill(why, -EINVAL, "result: an event %s has none", raw->event);
	if (results && !raw->result)
		return why_fill(why, -EINVAL, "result: missing, an event %s needs one", raw->event);
	if (results)
		error = choice_pick(&result, "result", raw->result, results, why);
	ret->result = (enum report_result)result;
	return error;
}

static int decode_event(struct report *ret, const struct raw *raw, struct why *why)
{
	const char *names[EVENTS];

	for (unsigned int i = 0; i < EVENTS; i++) {
		if (!strcmp(events[i].event.word, raw->event)) {
			ret->event = (enum report_event)events[i].event.value;
			return decode_result(ret, raw, events[i].results, why);
		}
		names[i] = events[i].event.word;
	}
	return choice_wrong("event", raw->event, names, EVENTS, why);
}

static int decode_addr(struct report *ret, const char *text, struct why *why)
{
	struct endpoint endpoint;
	int error = who_addr(&endpoint, text, why);

	if (error)
		return error;
	ret->has_addr = true;
	ret->addr = endpoint.addr;
	ret->port = endpoint.port;
	return 0;
}

static int decode_who(struct report *ret, const struct raw *raw, const struct config *config,
		      struct why *why)
{
	int error = 0;

	if (!raw->peer && !raw->addr)
		return why_fill(why, -EINVAL, "peer: missing, and so is addr: one must be told");
	if (raw->peer)
		error = who_peer(ret->peer, raw->peer, why);
	if (!error && raw->addr)
		error = decode_addr(ret, raw->addr, why);
	if (!error)
		error = who_direction(&ret->direction, raw->direction, why);
	if (!error)
		error = who_service(&ret->service, config, raw->service, why);
	return error;
}

static int decode_reason(struct report *ret, const char *word, struct why *why)
{
	const char *names[REASONS];
	int reason = reason_of(word);

	if (reason >= 0) {
		ret->reason = (enum reason)reason;
		return 0;
	}
	for (unsigned int i = 0; i < REASONS; i++)
		names[i] = reason_word(i);
	return choice_wrong("reason", word, names, REASONS, why);
}

/* beacon-APIs #606 has another name for it; said twice, it must be said alike. */
static int decode_reasons(struct report *ret, const struct raw *raw, struct why *why)
{
	const char *word = raw->reason ? raw->reason : raw->disconnect_reason;

	if (raw->reason && raw->disconnect_reason && strcmp(raw->reason, raw->disconnect_reason))
		return why_fill(why, -EINVAL,
				"disconnect_reason: \"%.40s\", but reason is \"%.40s\"",
				raw->disconnect_reason, raw->reason);
	return word ? decode_reason(ret, word, why) : 0;
}

static int decode_network(struct report *ret, const struct raw *raw, struct why *why)
{
	int error = 0;

	ret->has_digest = raw->digest;
	ret->has_our_digest = raw->our_digest;
	if (raw->digest)
		error = who_digest(ret->digest, "digest", raw->digest, why);
	if (!error && raw->our_digest)
		error = who_digest(ret->our_digest, "our_digest", raw->our_digest, why);
	if (!error && raw->protocols)
		error = who_protocols(&ret->protocol_count, ret->protocols, raw->protocols, why);
	return error;
}

/* A measure without which its event says nothing. */
static int check_measures(const struct report *report, const struct raw *raw, struct why *why)
{
	if (report->event == REPORT_GOSSIP && !raw->score.told)
		return why_fill(why, -EINVAL, "score: missing, an event gossip needs one");
	if (report->event == REPORT_GOODBYE && !raw->code.told && !raw->reason &&
	    !raw->disconnect_reason)
		return why_fill(why, -EINVAL,
				"code: missing, an event goodbye needs code or reason");
	return 0;
}

/* From the members as they stand there to what they mean. */
static int decode(struct dated_report *ret, const struct raw *raw, const struct config *config,
		  uint32_t reporter, struct why *why)
{
	struct report *report = &ret->report;
	int error;

	memset(ret, 0, sizeof(*ret));
	error = decode_event(report, raw, why);
	if (!error)
		error = decode_who(report, raw, config, why);
	if (!error)
		error = decode_reasons(report, raw, why);
	if (!error)
		error = decode_network(report, raw, why);
	if (!error)
		error = check_measures(report, raw, why);
	report->goodbye_code = (uint16_t)raw->code.value;
	report->score = raw->score.value;
	report->latency_us = (uint32_t)(raw->latency_ms.value * 1000);
	report->head_slot = (uint64_t)raw->head_slot.value;
	report->second_hand = raw->secondhand;
	report->reporter = reporter;
	ret->at_unix_s = raw->at.value;
	return error;
}

int report_decode(struct dated_report *ret, const json_t *object, const struct config *config,
		  uint32_t reporter, struct why *why)
{
	struct raw raw = {0};
	int error;

	if (!json_is_object(object))
		return why_fill(why, -EINVAL, "a report must be an object");
	error = fields_read(&raw, fields, sizeof(fields) / sizeof(fields[0]), object, why);
	return error ? error : decode(ret, &raw, config, reporter, why);
}

bool report_scan(struct dated_report *ret, struct json_scan *scan, const struct config *config,
		 uint32_t reporter)
{
	struct fields_room room;
	struct raw raw = {0};

	room.used = 0;
	return fields_scan(&raw, fields, sizeof(fields) / sizeof(fields[0]), scan, &room) &&
	       !decode(ret, &raw, config, reporter, NULL);
}

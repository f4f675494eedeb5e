/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc_fast.h"

#include <string.h>

#include "json_scan.h"
#include "methods.h"

/* The members of a request, each once. */
enum member { JSONRPC = 1, ID = 2, METHOD = 4, PARAMS = 8 };

struct envelope {
	unsigned int seen;
	struct json_text id; /* as it stands there, quotes included */
	const struct fast_method *method;
};

static bool read_id(struct envelope *self, struct json_scan *scan)
{
	char first = json_scan_peek(scan);
	const char *from = scan->at;
	struct json_text text;
	double number;

	if (first == '"') {
		if (!json_scan_text(scan, &text))
			return false;
	} else if (first == '-' || !json_scan_number(scan, &number)) {
		return false;
	}
	self->id = (struct json_text){from, (size_t)(scan->at - from)};
	/* Jansson would write a number with a fraction in its own way. */
	return first == '"' || !memchr(from, '.', self->id.length);
}

static bool read_version(struct json_scan *scan)
{
	struct json_text version;

	return json_scan_text(scan, &version) && json_text_is(&version, "2.0");
}

static bool read_method(struct envelope *self, struct json_scan *scan)
{
	struct json_text name;

	if (!json_scan_text(scan, &name))
		return false;
	self->method = fast_method_find(&name);
	return self->method;
}

static bool read_member(struct envelope *self, struct rpc_caller *caller, struct json_scan *scan)
{
	static const struct {
		const char *name;
		enum member member;
	} members[] = {{"jsonrpc", JSONRPC}, {"id", ID}, {"method", METHOD}, {"params", PARAMS}};
	unsigned int member = 0;
	struct json_text key;

	if (!json_scan_key(scan, &key))
		return false;
	for (unsigned int i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		member |= json_text_is(&key, members[i].name) ? members[i].member : 0;
	if (!member || self->seen & member)
		return false;
	self->seen |= member;
	switch (member) {
	case JSONRPC:
		return read_version(scan);
	case ID:
		return read_id(self, scan);
	case METHOD:
		return read_method(self, scan);
	default:
		return self->method && self->method->read(caller, scan);
	}
}

static bool read_request(struct envelope *self, struct rpc_caller *caller, struct json_scan *scan)
{
	const unsigned int needed = JSONRPC | METHOD | PARAMS;

	if (!json_scan_mark(scan, '{'))
		return false;
	do {
		if (!read_member(self, caller, scan))
			return false;
	} while (json_scan_maybe(scan, ','));
	return json_scan_mark(scan, '}') && json_scan_is_over(scan) &&
	       (self->seen & needed) == needed;
}

static void answer(const struct envelope *self, struct rpc_caller *caller, struct buffer *out)
{
	size_t begin = out->length, head;
	struct why why = {""};
	int error;

	buffer_text(out, "{\"jsonrpc\":\"2.0\",\"id\":");
	buffer_append(out, self->id.letters, self->id.length);
	head = out->length - begin;
	buffer_text(out, ",\"result\":");
	error = self->method->run(caller, out, &why);
	if (error) {
		why_fill(&why, error, "%s: %s", self->method->name, strerror(-error));
		out->length = begin + head;
		rpc_error(out, rpc_code_of(error), &why);
	} else {
		buffer_text(out, "}");
	}
	buffer_text(out, "\n");
	/* Without an id it is a notification, and nobody waits for an answer. */
	if (!(self->seen & ID))
		out->length = begin;
}

bool rpc_fast(struct rpc_caller *caller, const char *bytes, size_t length, struct buffer *out)
{
	struct json_scan scan = json_scan_begin(bytes, length);
	struct envelope envelope = {0};

	if (!read_request(&envelope, caller, &scan))
		return false;
	answer(&envelope, caller, out);
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "news.h"

#include <stdio.h>

/* The connection's remote end as libp2p writes it. */
static json_t *addr_json(const struct endpoint *addr)
{
	bool quic = addr->has_transport && addr->transport == TRANSPORT_QUIC;
	char text[ADDR_TEXT_MAX], whole[ADDR_TEXT_MAX + 32];
	int length =
		snprintf(whole, sizeof(whole), "/%s/%s", addr_is_ipv4(&addr->addr) ? "ip4" : "ip6",
			 addr_text(&addr->addr, text));

	if (addr->port)
		snprintf(whole + length, sizeof(whole) - (size_t)length, "/%s/%u%s",
			 quic ? "udp" : "tcp", (unsigned int)addr->port, quic ? "/quic-v1" : "");
	return json_string_nocheck(whole);
}

static const char *way_word(const struct news *self)
{
	enum way way = self->said ? self->said : self->way;

	return way == WAY_INBOUND ? "inbound" : way == WAY_OUTBOUND ? "outbound" : NULL;
}

/* Absent values leave their member out. The words are ours, and an ID is letters and digits: nothing to check. */
static void put(json_t *object, const char *name, json_t *value)
{
	if (value)
		json_object_set_new_nocheck(object, name, value);
}

static json_t *word(const char *text)
{
	return text ? json_string_nocheck(text) : NULL;
}

json_t *news_json(const struct news *self, const char *service)
{
	json_t *report = json_object();

	if (!report)
		return NULL;
	put(report, "peer", word(self->peer));
	put(report, "addr", self->has_addr ? addr_json(&self->addr) : NULL);
	put(report, "direction", word(way_word(self)));
	put(report, "service", service ? json_string(service) : NULL);
	put(report, "event", word(self->event));
	put(report, "result", word(self->result));
	put(report, "reason", word(self->reason));
	put(report, "code", self->code ? json_integer(self->code) : NULL);
	put(report, "at", json_real((double)self->at_ms / 1000));
	put(report, "secondhand", json_true());
	return report;
}

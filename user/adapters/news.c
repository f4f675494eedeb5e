/* SPDX-License-Identifier: BSD-2-Clause */
#include "news.h"

#include <stdio.h>

/* The connection's remote end as libp2p writes it. */
static json_t *addr_json(const struct endpoint *addr)
{
	const char *family = addr_is_ipv4(&addr->addr) ? "ip4" : "ip6";
	bool quic = addr->has_transport && addr->transport == TRANSPORT_QUIC;
	char text[ADDR_TEXT_MAX];

	addr_text(&addr->addr, text);
	if (!addr->port)
		return json_sprintf("/%s/%s", family, text);
	return json_sprintf("/%s/%s/%s/%u%s", family, text, quic ? "udp" : "tcp",
			    (unsigned int)addr->port, quic ? "/quic-v1" : "");
}

static const char *way_word(const struct news *self)
{
	enum way way = self->said ? self->said : self->way;

	return way == WAY_INBOUND ? "inbound" : way == WAY_OUTBOUND ? "outbound" : NULL;
}

json_t *news_json(const struct news *self, const char *service)
{
	return json_pack("{s:s, s:o*, s:s*, s:s*, s:s, s:s*, s:s*, s:o*, s:f, s:b}", "peer",
			 self->peer, "addr", self->has_addr ? addr_json(&self->addr) : NULL,
			 "direction", way_word(self), "service", service, "event", self->event,
			 "result", self->result, "reason", self->reason, "code",
			 self->code ? json_integer(self->code) : NULL, "at",
			 (double)self->at_ms / 1000, "secondhand", 1);
}

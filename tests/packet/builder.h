/* SPDX-License-Identifier: BSD-2-Clause */
/* builder: packets from a description: an honest SYN or Initial where nothing else is said, lying where told to. */
#ifndef BUILDER_H
#define BUILDER_H

#include <stddef.h>
#include <stdint.h>

#include <peergate/abi.h>

enum { FRAME_MAX = 9000, OWN_PORT = 13000, THEIR_PORT = 40000, OTHER_PORT = 9999 };
enum {
	FIN = 1,
	SYN = 2,
	RST = 4,
	PSH = 8,
	ACK = 16,
	URG = 32,
	ECE = 64,
	CWR = 128,
	NO_FLAGS = 256
};
enum { SAYS_ZERO = -1000000 };

/* What a 0 means is said behind each. */
struct shape {
	enum family family;
	enum transport transport;
	const char *source;   /* an honest one; else an address */
	uint16_t port;	      /* OWN_PORT */
	uint16_t source_port; /* THEIR_PORT */
	uint8_t bare;	      /* 1: no Ethernet header */
	uint8_t tags;	      /* how many; of several, all but the innermost are 802.1ad */
	uint16_t tag;	      /* the innermost one's ethertype: 0x8100 */
	uint16_t ethertype;   /* what the family has */
	uint8_t options;      /* bytes of IPv4 options */
	uint16_t fragment;    /* IPv4: the word of flags and offset */
	const char *headers;  /* IPv6: see builder.c; none */
	uint8_t header_words; /* IPv6: eight-byte words of each beyond the first */
	uint8_t protocol;     /* the transport's */
	uint16_t flags;	      /* TCP: SYN */
	uint8_t tcp_words;    /* TCP: its header's length as it says, in words and 1: 5 and 1 */
	uint16_t payload;     /* TCP: bytes, none; QUIC: bytes and 1, 1,200 and 1 */
	uint16_t keep;	  /* bytes of the IP payload that are left, lengths told accordingly: all */
	uint8_t quic;	  /* the payload's first byte: 0xc3, Initial of version 1 */
	uint32_t version; /* 1 */
	uint8_t id;	  /* length of the destination ID and 1: 8 and 1 */
	const char *
		to; /* the destination ID, "" for none; behind a short header all that is known of it */
	const char *from;   /* the source ID; some four bytes */
	uint8_t out;	    /* 1: from us to @source, ports turned too */
	uint8_t token;	    /* bytes of token */
	uint8_t token_wide; /* its length is written in 2^n bytes: 1 */
	int32_t ip_length;  /* added to what IP says, or SAYS_ZERO */
	int32_t udp_length; /* added to what UDP says, or SAYS_ZERO */
	uint8_t ip_version; /* what the family has */
	uint8_t ip_words;   /* IPv4: header length as it says, in words and 1: as it is */
	uint8_t padding;    /* bytes behind the IP packet */
	uint8_t mac;	    /* 1: not to us */
};

struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t size;
	size_t network;	    /* where IP starts */
	size_t header;	    /* where TCP or UDP starts */
	uint8_t source[16]; /* as judged when it is no carrier: IPv4 as ::ffff:a.b.c.d */
};

void frame_build(struct frame *ret, const struct shape *shape);

/* The honest source of a family: one that, without an Ethernet header, the kernel's test run takes for one. */
const char *honest_source(enum family family, int bare);

#endif

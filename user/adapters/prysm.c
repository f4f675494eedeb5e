/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * prysm: what Prysm's lines mean, from the logs of real nodes: the lines of December 2019 (v0.3) and of v7.1.x.
 * docs/FOLLOW.md says why each row reads as it does. Texts in error= may be the remote's own words: they can only choose
 * between meanings for the very peer that the node names beside them.
 */
#include "dialect.h"

/* Goodbye codes, consensus specification and Prysm's own; the words are those that Prysm logs for them. */
enum {
	CODE_SHUTDOWN = 1,
	CODE_IRRELEVANT = 2,
	CODE_FAULT = 3,
	CODE_UNABLE_TO_VERIFY = 128,
	CODE_TOO_MANY = 129,
	CODE_BAD_SCORE = 250,
	CODE_BANNED = 251,
};

#define BEGAN(level_, message_, package_) .level = level_, .message = message_, .package = package_
#define P2P(message_) BEGAN("debug", message_, "p2p")
#define SYNC(message_) BEGAN("debug", message_, "sync")

#define IS(field_, text_)                                         \
	{                                                         \
		.field = field_, .match = MATCH_IS, .text = text_ \
	}
#define HAS(field_, text_)                                         \
	{                                                          \
		.field = field_, .match = MATCH_HAS, .text = text_ \
	}
#define ENDS(field_, text_)                                         \
	{                                                           \
		.field = field_, .match = MATCH_ENDS, .text = text_ \
	}

#define CONNECTED                                           \
	{                                                   \
		.event = "connected", .touch = TOUCH_SOURCE \
	}
#define DISCONNECTED                                           \
	{                                                      \
		.event = "disconnected", .touch = TOUCH_SOURCE \
	}
#define HANDSHAKE(result_, touch_)                                       \
	{                                                                \
		.event = "handshake", .result = result_, .touch = touch_ \
	}
#define RESPONSE(result_)                                                      \
	{                                                                      \
		.event = "response", .result = result_, .touch = TOUCH_INBOUND \
	}
#define VERDICT_BAD                                                         \
	{                                                                   \
		.event = "verdict", .result = "ban", .reason = "bad_score", \
		.touch = TOUCH_INBOUND,                                     \
	}
#define WE_SAY_FULL                                                                    \
	{                                                                              \
		.event = "goodbye", .reason = "too_many_peers", .code = CODE_TOO_MANY, \
		.said = WAY_OUTBOUND,                                                  \
	}
#define THEY_SAY(words_, code_)                                                                 \
	{                                                                                       \
		SYNC("Received a goodbye message"),                                             \
			.peer = "peer", .conditions = {IS("reason", words_)},                   \
			.findings = {{.event = "goodbye", .code = code_, .said = WAY_INBOUND}}, \
	}

static const struct pattern patterns[] = {
	/* 2019: a connection has no address until the handshake begins. */
	{P2P("Connected"), .peer = "peer", .bond = BOND_NEW, .findings = {CONNECTED}},
	{P2P("Peer handshaking"), .peer = "peer", .address = "multiAddr", .bond = BOND_HOLDS,
	 .findings = {CONNECTED}},
	{P2P("Handshake failed"), .peer = "peer", .findings = {HANDSHAKE("error", TOUCH_INBOUND)}},
	{P2P("Peer has given too many bad responses; will ignore in future"), .peer = "peer",
	 .findings = {VERDICT_BAD}},
	{P2P("We have enough peers; disconnecting"), .peer = "peer", .findings = {WE_SAY_FULL}},

	/* 7.1: this line comes after the status exchange has worked. */
	{P2P("Initiate peer connection"), .address = "multiAddr", .bond = BOND_HOLDS,
	 .findings = {CONNECTED, HANDSHAKE("ok", TOUCH_SOURCE)}},

	/* 7.1: cut by the node, and why. Mute; in its own bad books; else the outbound side's failures, and whatever says nothing of the peer
	 * (colocation is the address's, and may be a NAT's). */
	{P2P("Initiate peer disconnection"), .address = "multiaddr", .bond = BOND_ENDS,
	 .conditions = {IS("error", "chain state: no chain status for peer")},
	 .findings = {HANDSHAKE("timeout", TOUCH_INBOUND), DISCONNECTED}},
	{P2P("Initiate peer disconnection"), .address = "multiaddr", .bond = BOND_ENDS,
	 .conditions = {HAS("error",
			    "bad responses scorer: peer exceeded bad responses threshold: ")},
	 .findings = {VERDICT_BAD, DISCONNECTED}},
	{P2P("Initiate peer disconnection"), .address = "multiaddr", .bond = BOND_ENDS,
	 .conditions = {IS("direction", "Outbound"), HAS("error", "read status code: ")},
	 .findings = {HANDSHAKE("error", TOUCH_INBOUND), DISCONNECTED}},
	{P2P("Initiate peer disconnection"), .address = "multiaddr", .bond = BOND_ENDS,
	 .findings = {DISCONNECTED}},

	/* 7.1: cut for capacity: an honest peer. The connection's end is logged by the next pattern. */
	{SYNC("Initiate peer disconnection"), .peer = "peer",
	 .conditions = {IS("reason", "to be pruned")}, .findings = {WE_SAY_FULL}},

	/* Any cause; 7.1 with the address, 2019 without. */
	{P2P("Peer disconnected"), .address = "multiAddr", .bond = BOND_ENDS,
	 .findings = {DISCONNECTED}},
	{P2P("Peer disconnected"), .peer = "peer", .bond = BOND_ENDS, .findings = {DISCONNECTED}},

	/* 7.1: the periodic look into its book; colocation is not taken over. */
	{SYNC("Sent bad peer disconnection"), .peer = "peerID",
	 .conditions = {HAS("error",
			    "bad responses scorer: peer exceeded bad responses threshold: ")},
	 .findings = {VERDICT_BAD}},

	/* 7.1: downscores. An announced record can claim a stranger's address: a failed dial counts for nothing. */
	{P2P("Downscore peer"), .peer = "peerID", .conditions = {IS("reason", "connectionError")}},
	{SYNC("Downscore peer"), .peer = "peerID", .conditions = {IS("reason", "registerRpcError")},
	 .findings = {RESPONSE("bad")}},
	{SYNC("Downscore peer"), .peer = "peerID",
	 .conditions = {IS("reason", "statusRequestReadStatusCodeError")},
	 .findings = {RESPONSE("timeout")}},

	/* 7.1: a digest that is not ours: another network or one fork behind; the milder reading, and only the peer's. */
	{SYNC("Invalid status message from peer"), .peer = "peer",
	 .conditions = {ENDS("error", "wrong fork digest version")},
	 .findings = {HANDSHAKE("unviable_fork", TOUCH_PEER)}},
	{SYNC("Invalid status message from peer"), .peer = "peer",
	 .findings = {HANDSHAKE("incompatible", TOUCH_PEER)}},

	THEY_SAY("client shutdown", CODE_SHUTDOWN),
	THEY_SAY("irrelevant network", CODE_IRRELEVANT),
	THEY_SAY("fault/error", CODE_FAULT),
	THEY_SAY("unable to verify network", CODE_UNABLE_TO_VERIFY),
	THEY_SAY("client has too many peers", CODE_TOO_MANY),
	THEY_SAY("peer score too low", CODE_BAD_SCORE),
	THEY_SAY("client banned this node", CODE_BANNED),
};

static const char *const inbound[] = {"Inbound", "1", NULL}; /* libp2p's number, in 2019 */
static const char *const outbound[] = {"Outbound", "2", NULL};

const struct dialect dialect_prysm = {
	.name = "prysm",
	.help = "Prysm: the lines of December 2019, and JSON of v7.1.x (--log-format=json)",
	.patterns = patterns,
	.count = sizeof(patterns) / sizeof(*patterns),
	.direction = "direction",
	.inbound = inbound,
	.outbound = outbound,
};

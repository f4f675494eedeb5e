/* SPDX-License-Identifier: BSD-2-Clause */
/* writer_lines: what a Prysm node tells of a peer: the messages that hold its words or its ID, field by field. */
#ifndef WRITER_LINES_H
#define WRITER_LINES_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define AUTHOR "16UiuAuthor"
#define AUTHOR_HOST "198.51.100.77"
#define MUTE "chain state: no chain status for peer"

enum { WRITER_FIELDS_MAX = 8, WRITER_PLACE_MAX = 96 };

/* What a peer says, of any bytes. */
struct words {
	const char *text;
	size_t length;
};

/* Of whom the node writes: which connection it was, and what it calls itself. */
struct writer_peer {
	const char *id, *host;
	int port;
	struct words agent,
		error; /* error: its own, or what its announced addresses make of a dial */
};

/* What the node tells: fields in the order of their keys, the package apart. A text of its own ends at its NUL. */
struct written {
	const char *message, *package;
	struct {
		const char *key;
		struct words value;
		bool is_number;
	} fields[WRITER_FIELDS_MAX];
	char place[WRITER_PLACE_MAX], time[32];
};

/* The messages that hold a peer's words, or its ID; the first five are those that every version from 7.1 on writes. */
enum written_kind {
	WRITTEN_CUT,
	WRITTEN_BEGUN,
	WRITTEN_ENDED,
	WRITTEN_FORK,
	WRITTEN_BAD,
	WRITTEN_PRUNED,
	WRITTEN_UNREACHED,
	WRITTEN_SKIPPED,
	WRITTEN_DOWN,
	WRITTEN_GOODBYE,
	WRITTEN_FAILED,
	WRITTEN_CONNECTED,
	WRITTEN_GATED,
	WRITTEN_KINDS
};

/* What stands in a field: a text of the node's own, or one of these. */
enum { FIELD_AGENT = 1, FIELD_ERROR, FIELD_PLACE, FIELD_PEER };

struct writer_line {
	const char *message, *package;
	const char *fields[WRITER_FIELDS_MAX][2]; /* key, value; "#3": a number */
};

static const struct writer_line writer_lines[WRITTEN_KINDS] = {
	[WRITTEN_CUT] = {"Initiate peer disconnection",
			 "p2p",
			 {{"agent", "\1"},
			  {"direction", "Inbound"},
			  {"error", "\2"},
			  {"multiaddr", "\3"},
			  {"remainingActivePeers", "#3"}}},
	[WRITTEN_BEGUN] = {"Initiate peer connection",
			   "p2p",
			   {{"activePeers", "#4"},
			    {"agent", "\1"},
			    {"direction", "Inbound"},
			    {"multiAddr", "\3"}}},
	[WRITTEN_ENDED] = {"Peer disconnected",
			   "p2p",
			   {{"agent", "\1"},
			    {"direction", "Inbound"},
			    {"multiAddr", "\3"},
			    {"remainingActivePeers", "#3"}}},
	[WRITTEN_FORK] =
		{"Invalid status message from peer",
		 "sync",
		 {{"agent", "\1"}, {"error", "\2"}, {"handler", "status"}, {"peer", "\4"}}},
	[WRITTEN_BAD] = {"Sent bad peer disconnection",
			 "sync",
			 {{"agent", "\1"}, {"error", "\2"}, {"peerID", "\4"}}},
	[WRITTEN_PRUNED] = {"Initiate peer disconnection",
			    "sync",
			    {{"agent", "\1"}, {"peer", "\4"}, {"reason", "to be pruned"}}},
	/* info= is what the peer announces: any addresses, and they fail as they like. */
	[WRITTEN_UNREACHED] = {"Could not connect with peer",
			       "p2p",
			       {{"error", "\2"}, {"info", "\1"}, {"nodeID", "aa78496"}}},
	[WRITTEN_SKIPPED] = {"Skipping connection handler",
			     "p2p",
			     {{"error", "\2"}, {"peer", "\4"}}},
	[WRITTEN_DOWN] = {"Downscore peer",
			  "sync",
			  {{"newScore", "#2"}, {"peerID", "\4"}, {"reason", "registerRpcError"}}},
	[WRITTEN_GOODBYE] = {"Received a goodbye message",
			     "sync",
			     {{"agent", "\1"}, {"peer", "\4"}, {"reason", "client shutdown"}}},
	[WRITTEN_FAILED] = {"Handshake failed", "p2p", {{"error", "\2"}, {"peer", "\4"}}},
	[WRITTEN_CONNECTED] = {"Peer connected",
			       "p2p",
			       {{"activePeers", "#4"},
				{"agent", "\1"},
				{"direction", "Inbound"},
				{"multiAddr", "\3"}}},
	[WRITTEN_GATED] = {"Not accepting inbound dial from ip address",
			   "p2p",
			   {{"peer", "\3"}, {"reason", "exceeded dial limit"}}},
};

static inline struct words words_of(const char *text)
{
	return (struct words){text, strlen(text)};
}

static inline struct words writer_value(const char *text, const struct writer_peer *peer,
					const struct written *line)
{
	switch (*text) {
	case FIELD_AGENT:
		return peer->agent;
	case FIELD_ERROR:
		return peer->error;
	case FIELD_PLACE:
		return words_of(line->place);
	case FIELD_PEER:
		return words_of(peer->id);
	case '#':
		return words_of(text + 1);
	default:
		return words_of(text);
	}
}

/* @second: of the minute 22:27, and more. */
static inline void write_line(struct written *ret, enum written_kind kind,
			      const struct writer_peer *peer, int second)
{
	const struct writer_line *line = &writer_lines[kind];

	ret->message = line->message;
	ret->package = line->package;
	snprintf(ret->place, sizeof(ret->place), "/ip4/%s/tcp/%d/p2p/%s", peer->host, peer->port,
		 peer->id);
	snprintf(ret->time, sizeof(ret->time), "2026-11-22 22:%02d:%02d.32", 27 + second / 60 % 30,
		 second % 60);
	for (int i = 0; i < WRITER_FIELDS_MAX; i++) {
		ret->fields[i].key = line->fields[i][0];
		if (!ret->fields[i].key)
			break;
		ret->fields[i].is_number = line->fields[i][1][0] == '#';
		ret->fields[i].value = writer_value(line->fields[i][1], peer, ret);
	}
}

#endif

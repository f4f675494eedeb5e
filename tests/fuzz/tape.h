/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tape: a fuzzer's input as what a peer says. Most bytes stand for themselves; some stand for a piece of a line of a node's,
 * so that whole forged entries are a few bytes long and are mutated piece by piece.
 */
#ifndef TAPE_H
#define TAPE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who is named falsely: he is really there, and the node writes of him, too. */
#define VICTIM "16UiuVictim"
#define VICTIM_HOST "203.0.113.99"
#define VICTIM_PLACE "/ip4/" VICTIM_HOST "/tcp/9000/p2p/" VICTIM
#define THEN "2026-11-22 22:27:50"
#define NO_STATUS "chain state: no chain status for peer"

/* As much as an identify message carries. */
enum { WORDS_MAX = 8192 };

/* TAPE_PIECE and so many more: a piece. TAPE_AGAIN n: all of it n times more. TAPE_NEXT: the next words begin. */
enum { TAPE_PIECE = 0xe0, TAPE_AGAIN = 0xfd, TAPE_NEXT = 0xfe, TAPE_ITSELF = 0xff };

static const char *const tape_pieces[TAPE_AGAIN - TAPE_PIECE] = {
	"\n",
	VICTIM_PLACE,
	VICTIM,
	NO_STATUS,
	"mismatch fork digest: wrong fork digest version",
	" agent=x",
	" direction=Inbound",
	" error=",
	" multiaddr=",
	" multiAddr=",
	" peer=",
	" peerID=",
	" reason=",
	" remainingActivePeers=3",
	" activePeers=4",
	"[" THEN ".32] DEBUG p2p: Initiate peer disconnection",
	"[" THEN ".32] DEBUG sync: Invalid status message from peer",
	"time=\"" THEN ".32\" level=debug msg=\"Initiate peer disconnection\"",
	"time=\"" THEN ".32\" level=debug msg=\"Invalid status message from peer\"",
	"[" THEN "] DEBUG p2p: Initiate peer disconnection",
	"time=\"" THEN ".32\" level=debug msg=\"Downscore peer\" newScore=5 package=\"beacon-chain/"
	"sync\" peerID=" VICTIM " reason=registerRpcError",
	"\x1b[34m",
	"\x1b[0m=",
	"\",\"multiaddr\":\"" VICTIM_PLACE "\",\"x\":\"",
	"{\"agent\":\"x\",\"direction\":\"Inbound\",\"error\":\"" NO_STATUS
	"\",\"level\":\"debug\",\"msg\":\"Initiate peer "
	"disconnection\",\"multiaddr\":\"" VICTIM_PLACE
	"\",\"package\":\"beacon-chain/p2p\",\"time\":\"" THEN ".32\"}",
	" package=\"beacon-chain/p2p\"",
	"\"",
	"bad responses scorer: peer exceeded bad responses threshold: got 5",
	" handler=status package=\"beacon-chain/sync\"",
};

/* What must not be; tests/fuzz/nightly counts these words. */
#define FAULT(what)                                       \
	do {                                              \
		fputs("stat::fault: " what "\n", stderr); \
		abort();                                  \
	} while (0)

struct tape {
	const uint8_t *at, *end;
};

static inline uint8_t tape_byte(struct tape *self)
{
	return self->at < self->end ? *self->at++ : 0;
}

static inline size_t tape_put(char *words, size_t length, const char *text, size_t more)
{
	if (more > WORDS_MAX - length)
		more = WORDS_MAX - length;
	memcpy(words + length, text, more);
	return length + more;
}

static inline size_t tape_again(char *words, size_t length, unsigned int times)
{
	size_t once = length;

	while (times-- && length < WORDS_MAX)
		length = tape_put(words, length, words, once);
	return length;
}

/* The next words of the tape: at most WORDS_MAX bytes to @words; their length. */
static inline size_t tape_words(struct tape *self, char *words)
{
	size_t length = 0;

	while (self->at < self->end) {
		uint8_t byte = *self->at++;

		if (byte == TAPE_NEXT)
			break;
		if (byte == TAPE_AGAIN) {
			length = tape_again(words, length, tape_byte(self));
		} else if (byte >= TAPE_PIECE && byte < TAPE_AGAIN) {
			const char *piece = tape_pieces[byte - TAPE_PIECE];

			length = tape_put(words, length, piece, strlen(piece));
		} else {
			char letter = (char)(byte == TAPE_ITSELF ? tape_byte(self) : byte);

			length = tape_put(words, length, &letter, 1);
		}
	}
	return length;
}

#endif

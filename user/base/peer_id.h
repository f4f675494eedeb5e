/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_id: the texts of a libp2p peer ID. An ID is a multihash (libp2p/specs, peer-ids): SHA-256 of a key, or a short key itself.
 * It is written in base58 (Qm…, 12D3…, 16Uiu2…) or as a CIDv1 of codec libp2p-key (bafz… in base32, k… in base36); base58 is the
 * canonical one here, since clients log and send that.
 */
#ifndef PEER_ID_H
#define PEER_ID_H

#include <stdbool.h>

/* The longest text that is looked at, with its NUL; a base16 CIDv1 of the longest ID has 91 letters. */
enum { PEER_ID_TEXT_MAX = 96 };

/*
 * Writes the base58 text of the ID that @text is, and returns true. false: @text is the text of none, and @ret is untouched;
 * it may still be what another network calls a peer.
 */
bool peer_id_canonical(char ret[PEER_ID_TEXT_MAX], const char *text);

#endif

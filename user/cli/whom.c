/* SPDX-License-Identifier: BSD-2-Clause */
#include "whom.h"

#include <stdbool.h>
#include <string.h>

#include "peer_id.h"
#include "suggest.h"

/*
 * An ID of libp2p, or what begins like one and has perhaps lost some letters: identity of secp256k1 and Ed25519 keys, SHA-256 of
 * others, in base58 and as CIDv1.
 */
static bool looks_like_peer(const char *text)
{
	static const char *const starts[] = {"16Uiu2", "12D3Koo", "Qm",	  "bafz",
					     "k51",    "kzw",	  "k2k4", "z6Mk"};
	char id[PEER_ID_TEXT_MAX];

	if (peer_id_canonical(id, text))
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return true;
	return false;
}

json_t *whom_params(const char *text, struct why *why)
{
	struct prefix prefix;

	if (looks_like_peer(text))
		return json_pack("{s:s}", "peer", text);
	if (address_parse(&prefix, text, why))
		return NULL;
	return json_pack("{s:s}", "addr", text);
}

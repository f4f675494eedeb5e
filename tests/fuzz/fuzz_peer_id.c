/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_id: any text; what is an ID has one canonical text, which stays as it is. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "peer_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char text[2 * PEER_ID_TEXT_MAX] = "", id[PEER_ID_TEXT_MAX], again[PEER_ID_TEXT_MAX];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, bytes, size);
	if (!peer_id_canonical(id, text))
		return 0;
	assert(strlen(id) < PEER_ID_TEXT_MAX);
	assert(peer_id_canonical(again, id) && !strcmp(again, id));
	return 0;
}

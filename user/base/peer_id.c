/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer_id.h"

#include <stdint.h>
#include <string.h>

/* Of a CID: its version and its codec, from the multicodec table; then the multihash. */
enum { CID_VERSION = 0x01, CODEC_LIBP2P_KEY = 0x72, CID_HEAD = 2 };

/* Multihash codes. Keys of up to 42 bytes are not hashed (peer-ids: "inlined"), longer ones by SHA-256. */
enum { HASH_IDENTITY = 0x00, HASH_SHA256 = 0x12, INLINE_MAX = 42, SHA256_SIZE = 32 };

enum { BYTES_MAX = 72 }; /* what PEER_ID_TEXT_MAX letters of the widest base (58) can hold */

struct bytes {
	uint8_t at[BYTES_MAX];
	unsigned int count;
};

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648, 6 */
static const char base16[] = "0123456789abcdef";

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static int digit_of(const char *alphabet, char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Bases that are no power of two: one large number, and a zero byte for each first letter of the alphabet that leads it. */
static bool read_number(struct bytes *ret, const char *alphabet, bool fold, const char *text)
{
	unsigned int base = (unsigned int)strlen(alphabet), zeros = 0, used = 0;
	uint8_t number[BYTES_MAX] = {0}; /* the least byte first */

	for (; *text == alphabet[0]; text++)
		zeros++;
	for (; *text; text++) {
		int digit = digit_of(alphabet, fold ? lower(*text) : *text);
		unsigned int carry = (unsigned int)digit;

		if (digit < 0)
			return false;
		for (unsigned int i = 0; i < used || carry; i++) {
			if (i == BYTES_MAX)
				return false;
			carry += number[i] * base;
			number[i] = (uint8_t)carry;
			carry >>= 8;
			used = i < used ? used : i + 1;
		}
	}
	if (zeros + used > BYTES_MAX)
		return false;
	memset(ret->at, 0, zeros);
	for (unsigned int i = 0; i < used; i++)
		ret->at[zeros + i] = number[used - 1 - i];
	ret->count = zeros + used;
	return true;
}

/* Bases of @bits a letter. Bits that are left over must be 0, and fewer than a letter: one text for one ID. */
static bool read_bits(struct bytes *ret, const char *alphabet, unsigned int bits, const char *text)
{
	unsigned int held = 0, value = 0;

	ret->count = 0;
	for (; *text; text++) {
		int digit = digit_of(alphabet, lower(*text));

		if (digit < 0)
			return false;
		value = value << bits | (unsigned int)digit;
		held += bits;
		if (held < 8)
			continue;
		if (ret->count == BYTES_MAX)
			return false;
		held -= 8;
		ret->at[ret->count++] = (uint8_t)(value >> held);
		value &= (1U << held) - 1;
	}
	return !value && held < bits;
}

/* A text that says its base by its first letter (multibase). */
static bool read_multibase(struct bytes *ret, const char *text)
{
	switch (text[0]) {
	case 'b':
	case 'B':
		return read_bits(ret, base32, 5, text + 1);
	case 'f':
	case 'F':
		return read_bits(ret, base16, 4, text + 1);
	case 'k':
	case 'K':
		return read_number(ret, base36, true, text + 1);
	case 'z':
		return read_number(ret, base58, false, text + 1);
	}
	return false;
}

static bool is_multihash(const uint8_t *bytes, unsigned int count)
{
	if (count < 2 || bytes[1] != count - 2)
		return false;
	if (bytes[0] == HASH_SHA256)
		return bytes[1] == SHA256_SIZE;
	return bytes[0] == HASH_IDENTITY && bytes[1] && bytes[1] <= INLINE_MAX;
}

static void write_base58(char ret[PEER_ID_TEXT_MAX], const uint8_t *bytes, unsigned int count)
{
	uint8_t digits[PEER_ID_TEXT_MAX] = {0}; /* the least first */
	unsigned int used = 0, zeros = 0;

	while (zeros < count && !bytes[zeros])
		zeros++;
	for (unsigned int i = zeros; i < count; i++) {
		unsigned int carry = bytes[i];

		for (unsigned int j = 0; j < used || carry; j++) {
			carry += digits[j] * 256U;
			digits[j] = (uint8_t)(carry % 58);
			carry /= 58;
			used = j < used ? used : j + 1;
		}
	}
	memset(ret, base58[0], zeros);
	for (unsigned int i = 0; i < used; i++)
		ret[zeros + i] = base58[digits[used - 1 - i]];
	ret[zeros + used] = '\0';
}

bool peer_id_canonical(char ret[PEER_ID_TEXT_MAX], const char *text)
{
	struct bytes bytes;

	if (strnlen(text, PEER_ID_TEXT_MAX) == PEER_ID_TEXT_MAX)
		return false;
	if (read_number(&bytes, base58, false, text) && is_multihash(bytes.at, bytes.count)) {
		write_base58(ret, bytes.at, bytes.count);
		return true;
	}
	if (!read_multibase(&bytes, text) || bytes.count < CID_HEAD || bytes.at[0] != CID_VERSION ||
	    bytes.at[1] != CODEC_LIBP2P_KEY ||
	    !is_multihash(bytes.at + CID_HEAD, bytes.count - CID_HEAD))
		return false;
	write_base58(ret, bytes.at + CID_HEAD, bytes.count - CID_HEAD);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bytes: reading and writing big-endian numbers of a packet, in the kernel in one load, elsewhere without asking for alignment. */
#ifndef BYTES_H
#define BYTES_H

#include <linux/types.h>

/* Everything shared is inlined: programs with and without fragments may not call the same function. */
#define PURE static inline __attribute__((always_inline))

PURE __u16 bytes_swap16(__u16 value)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap16(value) : value;
}

PURE __u32 bytes_swap32(__u32 value)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(value) : value;
}

enum { OFFSET_MASK = 0x7fff }; /* more than any header of a packet lies behind */

/*
 * The same @value, below 32,768, of which the kernel's verifier then knows no more than that. Without this it follows every
 * way through tags and header chains to the end, each with other offsets, and gives up. @noise: bytes of the packet that
 * no question was asked about.
 */
PURE __u32 forget(__u32 value, __u32 noise)
{
#ifdef __bpf__
	__u64 wide = value, mask = noise;

	asm volatile("%0 ^= %1; %0 ^= %1" : "+r"(wide) : "r"(mask));
	return wide & OFFSET_MASK;
#else
	(void)noise;
	return value & OFFSET_MASK;
#endif
}

PURE __u16 read16(const __u8 *at)
{
#ifdef __bpf__
	return bytes_swap16(*(const __u16 *)at);
#else
	return (__u16)(at[0] << 8 | at[1]);
#endif
}

PURE __u32 read32(const __u8 *at)
{
#ifdef __bpf__
	return bytes_swap32(*(const __u32 *)at);
#else
	return (__u32)at[0] << 24 | (__u32)at[1] << 16 | (__u32)at[2] << 8 | at[3];
#endif
}

PURE __u64 read64(const __u8 *at)
{
	return (__u64)read32(at) << 32 | read32(at + 4);
}

PURE void copy32(__u8 *to, const __u8 *from)
{
#ifdef __bpf__
	*(__u32 *)to = *(const __u32 *)from;
#else
	__builtin_memcpy(to, from, 4);
#endif
}

PURE void copy64(__u8 *to, const __u8 *from)
{
#ifdef __bpf__
	*(__u64 *)to = *(const __u64 *)from;
#else
	__builtin_memcpy(to, from, 8);
#endif
}

PURE void write16(__u8 *at, __u16 value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

PURE void write32(__u8 *at, __u32 value)
{
	write16(at, value >> 16);
	write16(at + 2, value & 0xffff);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#include "beta.h"

/* log2(1 + i/128) in 1/65536. */
static const uint32_t logs[] = {
	0,     736,   1466,  2190,  2909,  3623,  4331,	 5034,	5732,  6425,  7112,  7795,  8473,
	9146,  9814,  10477, 11136, 11791, 12440, 13086, 13727, 14363, 14996, 15624, 16248, 16868,
	17484, 18096, 18704, 19308, 19909, 20505, 21098, 21687, 22272, 22854, 23433, 24007, 24579,
	25146, 25711, 26272, 26830, 27384, 27936, 28484, 29029, 29571, 30109, 30645, 31178, 31707,
	32234, 32758, 33279, 33797, 34312, 34825, 35334, 35841, 36346, 36847, 37346, 37842, 38336,
	38827, 39316, 39802, 40286, 40767, 41246, 41722, 42196, 42667, 43137, 43603, 44068, 44530,
	44990, 45448, 45904, 46357, 46809, 47258, 47705, 48150, 48593, 49034, 49472, 49909, 50344,
	50776, 51207, 51636, 52063, 52488, 52911, 53332, 53751, 54169, 54584, 54998, 55410, 55820,
	56229, 56635, 57040, 57443, 57845, 58245, 58643, 59039, 59434, 59827, 60219, 60609, 60997,
	61384, 61769, 62152, 62534, 62915, 63294, 63671, 64047, 64421, 64794, 65166, 65536,
};

/* 2^(i/128) in 2^-30. */
static const uint32_t powers[] = {
	1073741824, 1079572136, 1085434106, 1091327906, 1097253708, 1103211687, 1109202018,
	1115224875, 1121280436, 1127368878, 1133490379, 1139645120, 1145833280, 1152055042,
	1158310587, 1164600099, 1170923762, 1177281762, 1183674286, 1190101520, 1196563654,
	1203060876, 1209593378, 1216161350, 1222764986, 1229404479, 1236080024, 1242791816,
	1249540052, 1256324931, 1263146652, 1270005413, 1276901417, 1283834865, 1290805962,
	1297814910, 1304861917, 1311947188, 1319070932, 1326233356, 1333434672, 1340675091,
	1347954824, 1355274085, 1362633090, 1370032052, 1377471191, 1384950723, 1392470869,
	1400031848, 1407633882, 1415277195, 1422962010, 1430688553, 1438457051, 1446267730,
	1454120821, 1462016553, 1469955159, 1477936870, 1485961921, 1494030547, 1502142985,
	1510299473, 1518500250, 1526745556, 1535035634, 1543370725, 1551751076, 1560176931,
	1568648537, 1577166143, 1585730000, 1594340357, 1602997467, 1611701585, 1620452965,
	1629251865, 1638098541, 1646993254, 1655936265, 1664927835, 1673968228, 1683057710,
	1692196547, 1701385007, 1710623359, 1719911875, 1729250827, 1738640488, 1748081133,
	1757573041, 1767116489, 1776711757, 1786359126, 1796058879, 1805811301, 1815616678,
	1825475297, 1835387448, 1845353420, 1855373507, 1865448001, 1875577199, 1885761398,
	1896000896, 1906295993, 1916646992, 1927054196, 1937517909, 1948038440, 1958616096,
	1969251188, 1979944027, 1990694927, 2001504204, 2012372174, 2023299156, 2034285470,
	2045331439, 2056437387, 2067603638, 2078830522, 2090118366, 2101467502, 2112878262,
	2124350982, 2135885998, 2147483648,
};

enum {
	STEP_BITS = 7, /* of a table: its straight lines are right to 1e-5 */
	THIRD = 21845, /* 1/3 */
	LOG2_OF_3 = 103872,
	LN_2 = 45426,
	SQUEEZE = 2169, /* .0331, the paper's */
	TRIES = 16,	/* each is taken with over .95: all fail once in 10^20 draws */
	FAR = 40 << 16, /* 2^-40 is nothing beside 1 */
};

uint64_t dice_next(struct dice *self)
{
	uint64_t z = self->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* log2(@x) in 1/65536; @x at least 1. */
static int64_t log2_of(uint64_t x)
{
	int top = 63 - __builtin_clzll(x);
	uint64_t fraction = (x << (63 - top) & ~(UINT64_C(1) << 63)) >> 31; /* of 2^32 */
	uint32_t at = (uint32_t)(fraction >> (32 - STEP_BITS));
	uint32_t rest = fraction << STEP_BITS & 0xffffffff;

	return ((int64_t)top << 16) + logs[at] + ((uint64_t)(logs[at + 1] - logs[at]) * rest >> 32);
}

/* Of a number in 1/65536. */
static int64_t log2_of_fixed(uint64_t x)
{
	return log2_of(x) - (16 << 16);
}

/* 2^@x in 2^-30, @x in 1/65536 and not above 0. */
static uint64_t power_of(int64_t x)
{
	int64_t whole = x >> 16; /* downwards */
	uint32_t fraction = (uint32_t)(x & 0xffff), at = fraction >> (16 - STEP_BITS);
	uint32_t rest = fraction & ((1 << (16 - STEP_BITS)) - 1);

	return (powers[at] +
		((uint64_t)(powers[at + 1] - powers[at]) * rest >> (16 - STEP_BITS))) >>
	       -whole;
}

/* Four numbers of 16 bits, added. */
static int64_t sum_of_four(uint64_t word)
{
	uint64_t pairs =
		(word & UINT64_C(0x0000ffff0000ffff)) + (word >> 16 & UINT64_C(0x0000ffff0000ffff));

	return (int64_t)((pairs & 0xffffffff) + (pairs >> 32));
}

/* Normal, in 1/65536: the sum of twelve even numbers, whose variance is one; its tails end at six. */
static int64_t normal(struct dice *dice)
{
	return sum_of_four(dice_next(dice)) + sum_of_four(dice_next(dice)) +
	       sum_of_four(dice_next(dice)) - 6 * 65535;
}

/* The paper's second test: ln u < x^2/2 + d - dv + d ln v. */
static int passes(uint64_t u, int64_t x2, int64_t d, int64_t v, int64_t log_v)
{
	int64_t ln_u = (log2_of(u | 1) - (64 << 16)) * LN_2 >> 16, ln_v = log_v * LN_2 >> 16;

	return ln_u < x2 / 2 + d + (d * (ln_v - v) >> 16);
}

/* log2 of a draw from Gamma(@a), @a at least one. */
static int64_t draw_large(struct dice *dice, uint32_t a)
{
	int64_t d = (int64_t)a - THIRD, log_d = log2_of_fixed((uint64_t)d), log_v = 0;
	int64_t c = (int64_t)(power_of(-LOG2_OF_3 - log_d / 2 - (2 << 16)) >> 12);

	for (int i = 0; i < TRIES; i++) {
		int64_t x = normal(dice), t = BETA_ONE + (c * x >> 16), x2 = x * x >> 16;
		uint64_t u = dice_next(dice);

		if (t <= 0)
			continue;
		log_v = 3 * log2_of_fixed((uint64_t)t);
		if ((int64_t)(u >> 48) < BETA_ONE - (SQUEEZE * (x2 * x2 >> 16) >> 16) ||
		    passes(u, x2, d, (t * t >> 16) * t >> 16, log_v))
			break;
	}
	return log_d + log_v;
}

/* Gamma(a) for a below one is Gamma(a + 1) u^(1/a): the paper's section 6. */
static int64_t draw(struct dice *dice, uint32_t a)
{
	int64_t log_u;

	if (a >= BETA_ONE)
		return draw_large(dice, a);
	log_u = log2_of(dice_next(dice) | 1) - (64 << 16);
	return draw_large(dice, a + BETA_ONE) + log_u * BETA_ONE / (int64_t)a;
}

uint32_t beta_draw(struct dice *dice, uint32_t a, uint32_t b)
{
	int64_t log_a = draw(dice, a), log_b = draw(dice, b), apart = log_b - log_a;
	int64_t below = apart > 0 ? -apart : apart;
	uint64_t lesser = below < -FAR ? 0 : power_of(below);
	uint64_t share = (lesser << 30) / (BETA_DRAWN_ONE + lesser);

	/* @lesser : one, as the smaller Gamma to the larger. */
	return (uint32_t)(apart > 0 ? share : BETA_DRAWN_ONE - share);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* One peer has several texts; each becomes the same one. The first pair is the specification's own (libp2p/specs, peer-ids). */
#include "tap.h"

#include <string.h>

#include "peer_id.h"

/* Texts and what each becomes; worked out apart from the code, by arithmetic on whole numbers. */
static const struct {
	const char *what, *text, *canonical; /* NULL: none */
} rows[] = {
	{"SHA-256, base58", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"SHA-256, CIDv1 in base32", "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"SHA-256, base32, upper case",
	 "BAFZBEIE5745RPV2M6TJYUUGYWY4D5EWRQGQQHFNF445HE3OMZPJBX5XQXE",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"SHA-256, base36", "k2k4r8ncs1yoluq95unsd7x2vfhgve0ncjoggwqx9vyh3vl8warrcp15",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"SHA-256, CIDv1 in base58", "zdvgqC3jczfCwLUoSyWT8GLc5UZ9aG4RkAg7XAfidRbX9qVj6",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"SHA-256, base16",
	 "f017212209dff3b17d74cf4d38a50d8b6383e92d181a10395a5e73a726dcccbd21bf6f0b9",
	 "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
	{"Ed25519, base58", "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
	 "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"},
	{"Ed25519, base32", "bafzaajaiaejcal72gwuz2or47oyxxn6b3rkwdmmkrxgkjxzy3rqt5kczyn7lcm3l",
	 "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"},
	{"Ed25519, base36", "k51qzi5uqu5dhdmyb9bd18pypu2wp5lpv2xnskfmrqa4lb5knqryrotb05e7or",
	 "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"},
	{"Ed25519, base16",
	 "f01720024080112202ffa35a99d3a3cfbb17bb7c1dc5561b18a8dcca4df38dc613ea859c37eb1336b",
	 "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"},
	{"secp256k1, base58", "16Uiu2HAm1z6gMrUxGDEBjvmq7RwVMZACJsmTPhYoPnmBAHHkpUoG",
	 "16Uiu2HAm1z6gMrUxGDEBjvmq7RwVMZACJsmTPhYoPnmBAHHkpUoG"},
	{"secp256k1, base32", "bafzaajiiaijccatbosrjwokqant5icivxusbrtrh5k5vpobaabplbaxkkuwubyhoz4",
	 "16Uiu2HAm1z6gMrUxGDEBjvmq7RwVMZACJsmTPhYoPnmBAHHkpUoG"},
	{"secp256k1, base36", "kzwfwjn5ji4pum3nnjyt2d5mhwg2gdyug53k02gcmzymrazbedt0r2c3zdcto0f",
	 "16Uiu2HAm1z6gMrUxGDEBjvmq7RwVMZACJsmTPhYoPnmBAHHkpUoG"},
	{"nothing", "", NULL},
	{"a base and no more", "b", NULL},
	{"a letter short", "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqx", NULL},
	{"a bit that is left over", "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxf",
	 NULL},
	{"base58 without a letter of it", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx50", NULL},
	{"base58, a letter short", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5", NULL},
	{"a CID of another codec (dag-pb)",
	 "bafybeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe", NULL},
	{"an enode", "6f8a80d14311c39f35f516fa664deaaaa13e85b2f7493f37f6144d86991ec012", NULL},
	{"a did:key", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", NULL},
	{"an identity of no bytes", "f01720000", NULL},
	{"ones", "111111111111111111111111111111111111111111111111", NULL},
	{"too long",
	 "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
	 "zzzzzzzz",
	 NULL},
};

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char id[PEER_ID_TEXT_MAX] = "untouched", again[PEER_ID_TEXT_MAX];
		bool is_id = peer_id_canonical(id, rows[i].text);

		expect_true(rows[i].what, is_id == !!rows[i].canonical);
		expect_true(rows[i].what, !strcmp(id, is_id ? rows[i].canonical : "untouched"));
		expect_true(rows[i].what,
			    !is_id || (peer_id_canonical(again, id) && !strcmp(again, id)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(texts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

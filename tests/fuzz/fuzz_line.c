/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of any bytes, of any client's log, whatever it says and of whom: alone it refuses nobody, though the policy believes
 * it and the API has its victim there; in a form in which anybody may write, it is not even told. The first byte says which
 * client and whether there is an API.
 */
#include "forgery.h"
#include "judgement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const clients[] = {"prysm",	  "lighthouse", "teku",	    "nimbus",
				      "lodestar", "grandine",	"go-libp2p"};

enum { CLIENTS = sizeof(clients) / sizeof(*clients) };

static void judge(void *context, const struct news *news)
{
	judge_tick(context, BEGAN_MS);
	judge_take(context, news);
}

/* Somebody who came a moment ago, and goes: what a line says of him is borne out as far as it can be. */
static void api_tells(struct follower *follower, bool is_there, int64_t now_ms)
{
	static const char place[] = "/ip4/198.51.100.1/tcp/5001";
	struct endpoint addr;

	if (!follower->book)
		return;
	if (endpoint_parse(&addr, place, sizeof(place) - 1, NULL))
		abort();
	follower_hears(follower, "16Uiu2HAmSyntheticA", &addr, WAY_INBOUND, is_there, now_ms);
	follower_heard_all(follower, now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct follower followers[CLIENTS];
	static struct judgement judgement;
	struct follower *follower;
	const char *line = (const char *)data + 1;

	if (!size || memchr(line, '\n', size - 1))
		return 0;
	follower = &followers[data[0] % CLIENTS];
	follower_once(follower, clients[data[0] % CLIENTS], judge, &judgement);
	follower_renew(follower, data[0] / CLIENTS % 2);
	judge_open(&judgement, NULL);
	if (follower->book)
		follower_heard_all(follower, BEGAN_MS - 9000);
	api_tells(follower, true, BEGAN_MS - 5000);
	follower_line(follower, line, size - 1, BEGAN_MS);
	api_tells(follower, false, BEGAN_MS + 5000);
	follower_finish(follower);
	/* Behind a line of such a form nothing is trusted for a while. */
	if (follower->counts.news && !follower->book && follower->distrusted)
		FAULT("somebody is named by what anybody may write");
	lines_fed++;
	news_told += follower->counts.news;
	judge_close(&judgement);
	return 0;
}

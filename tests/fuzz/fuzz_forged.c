/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer's words, whatever they are, on lines that a node writes of it, in every form, with and without the node's API, beside a
 * victim that is really there: nobody but the author is ever accused, and no place is told that is not its peer's. In plain
 * text a line that is torn is another line: that is fuzz_court's, which asks what follows from it.
 */
#include "accused.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct follower follower;
	static struct forgery forgery;

	follower_once(&follower, "prysm", check_news, &forgery);
	forgery.follower = &follower;
	forgery.pens = WRITERS;
	forgery_play(&forgery, data, size);
	return 0;
}

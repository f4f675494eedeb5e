/* SPDX-License-Identifier: BSD-2-Clause */
/* node: what a node says of itself, for scripts: others are judged by it. */
#include <errno.h>
#include <string.h>

#include "answer.h"
#include "numbers.h"
#include "suggest.h"
#include "verb.h"

enum { OPTION_SERVICE = 1, OPTION_DIGEST, OPTION_HEAD_SLOT, OPTION_SYNCING, OPTION_PROTOCOLS };

static const struct argp_option options[] = {
	{"service", OPTION_SERVICE, "NAME", 0, "of this service; else of all", 0},
	{"digest", OPTION_DIGEST, "0xHEX", 0, "its fork digest, four bytes", 0},
	{"head-slot", OPTION_HEAD_SLOT, "N", 0, "the slot of its head", 0},
	{"syncing", OPTION_SYNCING, "yes|no", 0, "whether it is syncing", 0},
	{"protocols", OPTION_PROTOCOLS, "NAME,…", 0, "the protocols that it speaks", 0},
	{0},
};

static const char *const flags[] = {"no", "yes"};

static const char *flag_word(unsigned int i)
{
	return flags[i];
}

static int put_flag(json_t *params, const char *word, struct why *why)
{
	for (unsigned int i = 0; word && i < 2; i++)
		if (!strcmp(word, flags[i]))
			return json_object_set_new(params, "syncing", json_boolean(i));
	return word ? suggest_word("answer to --syncing", word, flag_word, 0, 2, why) : 0;
}

static void put_text(json_t *params, const char *member, const char *text)
{
	if (text)
		json_object_set_new(params, member, json_string(text));
}

static void put_names(json_t *params, const char *names)
{
	json_t *list = names ? json_array() : NULL;

	while (names) {
		size_t length = strcspn(names, ",");

		json_array_append_new(list, json_stringn(names, length));
		names = names[length] ? names + length + 1 : NULL;
	}
	if (list)
		json_object_set_new(params, "protocols", list);
}

static void tell(struct output *output, const json_t *answer)
{
	const json_t *names = json_object_get(answer, "services"), *name;
	size_t i;

	output_words(output, TONE_PLAIN, "Taken for");
	json_array_foreach (names, i, name)
		output_words(output, TONE_PLAIN, "%s %s", i ? "," : "",
			     json_is_string(name) ? json_string_value(name) : "?");
	output_words(output, TONE_PLAIN, ".\n");
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	const uint64_t slots = UINT64_C(1) << 53;
	const char *const *given = arguments->options;
	json_t *params = json_object();
	struct why why = {0};

	put_text(params, "service", given[OPTION_SERVICE]);
	put_text(params, "digest", given[OPTION_DIGEST]);
	put_names(params, given[OPTION_PROTOCOLS]);
	if (put_whole(params, "head_slot", given[OPTION_HEAD_SLOT], slots, &why) ||
	    put_flag(params, given[OPTION_SYNCING], &why)) {
		json_decref(params);
		return cli_usage("%s", why.sentence);
	}
	return cli_ask(cli, "gate_node", params, tell);
}

const struct verb verb_node = {
	.name = "node",
	.help = "Tell what the node is itself: its fork, its head",
	.more = "Peers are judged by it: who is on another fork is no enemy while ours changes, "
		"and a head that lags is nobody's fault while our own is syncing. What is not "
		"told stays as it was.",
	.options = options,
	.run = run,
};

/* SPDX-License-Identifier: BSD-2-Clause */
#include "arguments.h"

#include <stdio.h>

#include "verb.h"

static const struct argp_option common_options[] = {
	{"socket", OPTION_SOCKET, "PATH", 0, "the daemon's socket", 90},
	{"json", OPTION_JSON, NULL, 0, "print the daemon's answer as JSON", 90},
	{0},
};

struct reading {
	const struct verb *verb;
	struct arguments *arguments;
};

static error_t take(int key, char *value, struct argp_state *state)
{
	struct reading *reading = state->input;
	struct arguments *arguments = reading->arguments;

	if (key > 0 && key < OPTIONS_MAX) {
		arguments->options[key] = value ? value : "";
		return 0;
	}
	switch (key) {
	case ARGP_KEY_ARG:
		if (arguments->count == reading->verb->most)
			argp_error(state, "one word too many: \"%s\"", value);
		else
			arguments->words[arguments->count++] = value;
		return 0;
	case ARGP_KEY_END:
		if (arguments->count < reading->verb->least)
			argp_error(state, "it needs %s", reading->verb->words);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The children share the parent's input only when it is handed to them, at ARGP_KEY_INIT. */
static error_t take_own(int key, char *value, struct argp_state *state)
{
	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = state->input;
		return 0;
	}
	return take(key, value, state);
}

static error_t take_common(int key, char *value, struct argp_state *state)
{
	return key > 0 && key < OPTIONS_MAX ? take(key, value, state) : ARGP_ERR_UNKNOWN;
}

static const struct argp common = {.options = common_options, .parser = take_common};

/* argp wants help and more in one text, parted by a vertical tab. */
struct manual {
	char name[64], doc[4096];
	struct argp_child children[2];
	struct argp argp;
};

static void describe(struct manual *ret, const struct verb *verb)
{
	snprintf(ret->name, sizeof(ret->name), "peergate %s", verb->name);
	snprintf(ret->doc, sizeof(ret->doc), "%s.\v%s", verb->help, verb->more ? verb->more : "");
	ret->children[0] = (struct argp_child){&common, 0, "For every verb:", 90};
	ret->children[1] = (struct argp_child){0};
	ret->argp = (struct argp){.options = verb->options,
				  .parser = take_own,
				  .args_doc = verb->words,
				  .doc = ret->doc,
				  .children = ret->children};
}

int arguments_parse(struct arguments *ret, const struct verb *verb, int argc, char **argv)
{
	struct reading reading = {.verb = verb, .arguments = ret};
	struct manual manual;
	char *name = argv[0];
	int error;

	describe(&manual, verb);
	argv[0] = manual.name;
	argp_err_exit_status = EXIT_USAGE;
	error = argp_parse(&manual.argp, argc, argv, 0, NULL, &reading);
	argv[0] = name;
	return -error;
}

void arguments_help(const struct verb *verb)
{
	struct manual manual;

	describe(&manual, verb);
	argp_help(&manual.argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, manual.name);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { KEY_FIRST = 0x1000, KEY_CONFIG = 'c', KEY_CHECK = 0x100, KEY_OFF, FLAGS_MAX = 160 };

static error_t take(int key, char *value, struct argp_state *state)
{
	struct options *self = state->input;

	switch (key) {
	case KEY_CONFIG:
		self->file = value;
		return 0;
	case KEY_CHECK:
		self->check = true;
		return 0;
	case KEY_OFF:
		self->off = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\": there are no arguments but flags", value);
		return EINVAL;
	}
	if (key < KEY_FIRST || key >= KEY_FIRST + (int)config_key_count)
		return ARGP_ERR_UNKNOWN;
	if (self->count == OPTIONS_MAX) {
		argp_error(state, "more than %d flags", OPTIONS_MAX);
		return EINVAL;
	}
	self->settings[self->count].key = &config_keys[key - KEY_FIRST];
	self->settings[self->count++].value = value;
	return 0;
}

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "peergated %s\n", PEERGATE_VERSION);
}

void options_parse(struct options *ret, int argc, char **argv)
{
	struct argp_option flags[FLAGS_MAX] = {
		{"config", KEY_CONFIG, "FILE", 0, "read KEY = VALUE lines first", 0},
		{"check", KEY_CHECK, NULL, 0, "say whether the configuration is right, and exit",
		 0},
		{"off", KEY_OFF, NULL, 0, "detach and unpin everything below pin-dir, and exit", 0},
	};
	const struct argp argp = {
		.options = flags,
		.parser = take,
		.doc = "peergated: refuses connections in the kernel by the node's own verdict\v"
		       "Every flag is a key of the configuration file as well.",
	};
	unsigned int at = 3;

	for (unsigned int i = 0; i < config_key_count && at + 1 < FLAGS_MAX; i++, at++)
		flags[at] = (struct argp_option){.name = config_keys[i].name,
						 .key = KEY_FIRST + (int)i,
						 .arg = config_keys[i].argument,
						 .doc = config_keys[i].help};
	argp_program_version_hook = print_version;
	argp_err_exit_status = 2;
	memset(ret, 0, sizeof(*ret));
	argp_parse(&argp, argc, argv, 0, NULL, ret);
}

static bool is_first(const struct options *self, unsigned int at)
{
	for (unsigned int i = 0; i < at; i++)
		if (self->settings[i].key == self->settings[at].key)
			return false;
	return true;
}

int options_config(const struct options *self, struct config *ret, struct why *why)
{
	struct why cause = {""};
	int error = 0;

	config_default(ret);
	if (self->file)
		error = config_load(ret, self->file, why);
	for (unsigned int i = 0; i < self->count && !error; i++) {
		const struct config_key *key = self->settings[i].key;

		if (key->list && is_first(self, i))
			config_clear(ret, key);
		error = config_set(ret, key->name, self->settings[i].value, &cause);
		if (error)
			why_fill(why, error, "--%s", cause.sentence);
	}
	return error;
}

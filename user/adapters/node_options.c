/* SPDX-License-Identifier: BSD-2-Clause */
#include "node_options.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_switch(enum node_word word)
{
	return word == NODE_NO_DEBUG_FILE || word == NODE_NO_API;
}

static void set(struct node_options *self, enum node_word word, const char *value)
{
	if (snprintf(self->values[word], NODE_VALUE_MAX, "%s", value) >= NODE_VALUE_MAX)
		self->values[word][0] = '\0';
	self->told[word] = self->values[word][0];
}

/* --- the command line --- */

static void ask_command(struct node_options *self, const struct node_process *process,
			const struct node_table *table, enum node_word word)
{
	for (int i = 0; i < OPTION_NAMES_MAX; i++) {
		const char *name = table->options[word].names[i], *value;

		if (!name || self->told[word])
			return;
		if (is_switch(word))
			value = node_switch(process, name) ? "true" : NULL;
		else
			value = node_option(process, name);
		if (value)
			set(self, word, value);
	}
}

/* --- the configuration file: "OPTION: VALUE" lines; other YAML is passed over --- */

/* The value alone: without quotes, or without what is a comment behind it. */
static char *cut_value(char *text)
{
	char *end;

	text += strspn(text, " \t");
	if (*text == '"' || *text == '\'') {
		end = strchr(text + 1, *text);
		if (end)
			*end = '\0';
		return text + 1;
	}
	end = strstr(text, " #");
	if (end)
		*end = '\0';
	for (end = text + strlen(text); end > text && isspace((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	return text;
}

static void take_line(struct node_options *self, const struct node_table *table, char *line)
{
	char *colon = strchr(line, ':');
	const char *value;

	if (!colon || !strchr(" \t\r\n", colon[1]))
		return;
	*colon = '\0';
	value = cut_value(colon + 1);
	for (int word = 0; word < NODE_WORDS; word++)
		for (int i = 0; i < OPTION_NAMES_MAX && table->options[word].names[i]; i++)
			if (!strcmp(line, table->options[word].names[i]) && !self->told[word])
				set(self, (enum node_word)word, value);
}

static void read_config(struct node_options *self, const char *root, const struct node_place *place,
			const struct node_table *table)
{
	size_t room = 0;
	char *line = NULL;
	FILE *file;

	if (!self->told[NODE_CONFIG_FILE])
		return;
	self->config_error =
		node_place_path(place, root, self->values[NODE_CONFIG_FILE], self->config);
	if (self->config_error) {
		strcpy(self->config, self->values[NODE_CONFIG_FILE]);
		return;
	}
	file = fopen(self->config, "re");
	if (!file) {
		self->config_error = -errno;
		return;
	}
	while (getline(&line, &room, file) > 0)
		take_line(self, table, line);
	free(line);
	fclose(file);
}

void node_options_read(struct node_options *ret, const char *root,
		       const struct node_process *process, const struct node_place *place,
		       const struct node_table *table)
{
	*ret = (struct node_options){0};
	for (int word = 0; word < NODE_WORDS; word++)
		ask_command(ret, process, table, (enum node_word)word);
	read_config(ret, root, place, table);
	for (int word = 0; word < NODE_WORDS; word++)
		if (!ret->told[word] && table->options[word].initial)
			snprintf(ret->values[word], NODE_VALUE_MAX, "%s",
				 table->options[word].initial);
}

/* --- what follows from them --- */

bool node_options_on(const struct node_options *self, enum node_word word)
{
	const char *value = self->values[word];

	return !strcasecmp(value, "true") || !strcasecmp(value, "yes") || !strcmp(value, "1");
}

uint16_t node_options_port(const struct node_options *self, enum node_word word)
{
	char *end;
	unsigned long port = strtoul(self->values[word], &end, 10);

	return *end || port > UINT16_MAX ? 0 : (uint16_t)port;
}

static bool is_among(const char *text, size_t length, const char *const list[NODE_LIST_MAX])
{
	for (int i = 0; i < NODE_LIST_MAX && list[i]; i++)
		if (strlen(list[i]) == length && !strncasecmp(list[i], text, length))
			return true;
	return false;
}

/* The level of @package in "PACKAGE=LEVEL,…": of the longest entry that is the package or leads to it. */
static const char *level_of(const char *entries, const char *package, size_t *ret_length)
{
	size_t best = 0;
	const char *level = NULL;

	for (const char *at = entries; *at; at += strcspn(at, ",") + !!at[strcspn(at, ",")]) {
		size_t entry = strcspn(at, ","), name = strcspn(at, "=,");

		if (name < entry && name > best && !strncmp(at, package, name) &&
		    (!package[name] || package[name] == '/')) {
			best = name;
			level = at + name + 1;
			*ret_length = entry - name - 1;
		}
	}
	return level;
}

bool node_options_telling(const struct node_options *self, const struct node_table *table)
{
	const char *verbosity = self->values[NODE_VERBOSITY];
	const char *format = self->values[NODE_FORMAT],
		   *initial = table->options[NODE_FORMAT].initial;
	bool by_default = !verbosity[0] || is_among(verbosity, strlen(verbosity), table->telling);
	bool all = by_default;

	if (!table->telling[0])
		return true;
	/* Levels of packages reach the default form alone (Prysm: cmd/beacon-chain/main.go gives them to its text hook). */
	if (!self->values[NODE_PACKAGES][0] || !table->packages[0] ||
	    (format[0] && initial && strcmp(format, initial)))
		return by_default;
	all = true;
	for (int i = 0; i < NODE_LIST_MAX && table->packages[i]; i++) {
		size_t length = 0;
		const char *level =
			level_of(self->values[NODE_PACKAGES], table->packages[i], &length);

		all &= level ? is_among(level, length, table->telling) : by_default;
	}
	return all;
}

bool node_options_readable(const struct node_options *self, const struct node_table *table)
{
	const char *format = self->values[NODE_FORMAT];

	return !format[0] || !table->readable[0] ||
	       is_among(format, strlen(format), table->readable);
}

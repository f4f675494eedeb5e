/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's table: one directive a line, words apart by blanks, "texts with blanks" in quotes, # begins a comment.
 * Everything is checked: an unknown word, a missing field and a row that says nothing are errors that name file and line.
 */
#include <errno.h>
#include <peergate/words.h>
#include <stdlib.h>
#include <string.h>

#include "dialect_parser.h"
#include "form.h"

static const char *const bonds[] = {"none", "new", "holds", "ends"};

int parser_fail(const struct parser *self, const char *what, const char *word)
{
	return why_fill(self->why, -EINVAL, "%s:%u: %s \"%s\"", self->file, self->line, what, word);
}

int parser_choose(const struct parser *self, const char *what, const char *word,
		  const char *const *list, unsigned int count)
{
	const char *nearest;

	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(word, list[i]))
			return (int)i;
	nearest = nearest_word(word, list, count);
	return why_fill(self->why, -EINVAL, "%s:%u: there is no %s \"%s\"%s%s", self->file,
			self->line, what, word, nearest ? ": did you mean " : "",
			nearest ? nearest : "");
}

/* --- the head --- */

static int on_client(struct parser *self)
{
	self->dialect->name = self->words[1];
	return 0;
}

static int on_about(struct parser *self)
{
	self->dialect->about = self->words[1];
	return 0;
}

static int on_experimental(struct parser *self)
{
	self->dialect->is_experimental = true;
	return 0;
}

static int on_forms(struct parser *self)
{
	for (unsigned int i = 1; i < self->count; i++) {
		const struct form *form = form_find(self->words[i]);

		if (!form || self->dialect->form_count == FORMS_MAX)
			return parser_fail(self, "no such form, or one too many:", self->words[i]);
		self->dialect->forms[self->dialect->form_count++] = form;
	}
	return 0;
}

static int on_direction(struct parser *self)
{
	self->dialect->direction = self->words[1];
	return 0;
}

static int take_way(struct parser *self, const char *words[WAY_WORDS_MAX])
{
	if (self->count - 1 > WAY_WORDS_MAX)
		return parser_fail(self, "one word too many:", self->words[self->count - 1]);
	memcpy(words, self->words + 1, (self->count - 1) * sizeof(*words));
	return 0;
}

static int on_inbound(struct parser *self)
{
	return take_way(self, self->dialect->inbound);
}

static int on_outbound(struct parser *self)
{
	return take_way(self, self->dialect->outbound);
}

/* --- a pattern --- */

static int on_message(struct parser *self)
{
	struct pattern *pattern = &self->dialect->patterns[self->dialect->pattern_count];

	if (self->pattern && !self->pattern->meaning_count)
		return parser_fail(
			self, "the message before this one has no row:", self->pattern->message);
	if (self->dialect->pattern_count == PATTERNS_MAX || !self->words[1][0])
		return parser_fail(self, "no message, or one too many:", self->words[1]);
	*pattern = (struct pattern){.message = self->words[1],
				    .message_length = strlen(self->words[1]),
				    .is_template = strchr(self->words[1], '{'),
				    .meanings = &self->meanings[self->meaning_count]};
	self->dialect->pattern_count++;
	self->pattern = pattern;
	self->meaning = NULL;
	return 0;
}

static int on_level(struct parser *self)
{
	self->pattern->level = self->words[1];
	return 0;
}

static int on_package(struct parser *self)
{
	self->pattern->package = self->words[1];
	return 0;
}

static int on_peer(struct parser *self)
{
	self->pattern->peer = self->words[1];
	return 0;
}

static int on_address(struct parser *self)
{
	self->pattern->address = self->words[1];
	if (self->pattern->bond == BOND_NONE)
		self->pattern->bond = BOND_HOLDS;
	return 0;
}

static int on_connection(struct parser *self)
{
	int bond =
		parser_choose(self, "state of a connection", self->words[1], bonds, COUNT(bonds));

	if (bond < 0)
		return bond;
	self->pattern->bond = (enum bond)bond;
	return 0;
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* NAME with marks behind it: ? may be absent, * may hold blanks, # is a number. The loggers sort them. */
static int take_key(struct parser *self, const char *word)
{
	struct key key = {.name = word, .length = strcspn(word, "?*#")};

	for (const char *mark = word + key.length; *mark; mark++) {
		key.optional |= *mark == '?';
		key.is_words |= *mark == '*';
		key.is_number |= *mark == '#';
	}
	if (!key.length || self->pattern->key_count == KEYS_MAX)
		return parser_fail(self, "no key, or one too many:", word);
	((char *)(uintptr_t)word)[key.length] = '\0';
	self->pattern->keys[self->pattern->key_count++] = key;
	return 0;
}

static int on_keys(struct parser *self)
{
	static const struct key package = {"package", 7, .optional = true, .in_files = true};
	static const struct key prefix = {"prefix", 6, .optional = true, .in_files = true};
	struct pattern *pattern = self->pattern;
	int error = 0;

	for (unsigned int i = 1; i < self->count && !error; i++)
		error = take_key(self, self->words[i]);
	if (error)
		return error;
	if (pattern->key_count + 2 > KEYS_MAX)
		return parser_fail(self, "one key too many:", self->words[self->count - 1]);
	pattern->keys[pattern->key_count++] = package;
	pattern->keys[pattern->key_count++] = prefix;
	qsort(pattern->keys, pattern->key_count, sizeof(*pattern->keys), compare_keys);
	return 0;
}

/* --- the file --- */

static const struct directive {
	const char *name;
	unsigned int least, most; /* words behind it */
	bool in_pattern;
	int (*take)(struct parser *self);
} directives[] = {
	{"client", 1, 1, false, on_client},
	{"about", 1, 1, false, on_about},
	{"experimental", 0, 0, false, on_experimental},
	{"forms", 1, FORMS_MAX, false, on_forms},
	{"direction", 1, 1, false, on_direction},
	{"inbound", 1, WAY_WORDS_MAX, false, on_inbound},
	{"outbound", 1, WAY_WORDS_MAX, false, on_outbound},
	{"program", 1, 2, false, parser_on_program},
	{"option", 2, OPTION_NAMES_MAX + 3, false, parser_on_option},
	{"debug-file", 1, 1, false, parser_on_debug_file},
	{"telling", 1, NODE_LIST_MAX, false, parser_on_telling},
	{"telling-packages", 1, NODE_LIST_MAX, false, parser_on_telling_packages},
	{"readable", 1, NODE_LIST_MAX, false, parser_on_readable},
	{"message", 1, 1, false, on_message},
	{"level", 1, 1, true, on_level},
	{"package", 1, 1, true, on_package},
	{"peer", 1, 1, true, on_peer},
	{"address", 1, 1, true, on_address},
	{"connection", 1, 1, true, on_connection},
	{"keys", 1, KEYS_MAX, true, on_keys},
	{"when", 3, 7, true, parser_on_when},
	{"otherwise", 0, 0, true, parser_on_otherwise},
	{"nothing", 0, 0, true, parser_on_nothing},
	{"say", 1, 10, true, parser_on_say},
};

/* Cuts the line into words in place; -EINVAL: a quote without its other. */
static int take_words(struct parser *self, char *line)
{
	self->count = 0;
	for (char *at = line + strspn(line, " \t"); *at && *at != '#'; at += strspn(at, " \t")) {
		char *end = *at == '"' ? strchr(++at, '"') : at + strcspn(at, " \t");

		if (!end || self->count == WORDS_MAX)
			return parser_fail(
				self, "a quote is not closed, or there are too many words:", at);
		self->words[self->count++] = at;
		at = end;
		if (*at)
			*at++ = '\0';
	}
	return 0;
}

static int take_directive(struct parser *self)
{
	const char *names[COUNT(directives)];
	const struct directive *directive;
	int found;

	for (size_t i = 0; i < COUNT(directives); i++)
		names[i] = directives[i].name;
	found = parser_choose(self, "directive", self->words[0], names, COUNT(directives));
	if (found < 0)
		return found;
	directive = &directives[found];
	if (self->count - 1 < directive->least || self->count - 1 > directive->most)
		return why_fill(self->why, -EINVAL, "%s:%u: %s takes %u to %u words, not %u",
				self->file, self->line, directive->name, directive->least,
				directive->most, self->count - 1);
	if (directive->in_pattern && !self->pattern)
		return parser_fail(self, "before the first message there is no", directive->name);
	return directive->take(self);
}

static int take_lines(struct parser *self, char *text)
{
	char *newline;
	int error = 0;

	for (char *line = text; line && !error; line = newline ? newline + 1 : NULL) {
		newline = strchr(line, '\n');
		if (newline)
			*newline = '\0';
		self->line++;
		error = take_words(self, line);
		if (!error && self->count)
			error = take_directive(self);
	}
	return error;
}

/* What a whole table must have; each pattern says who is meant. */
static int check(const struct parser *self)
{
	const struct dialect *dialect = self->dialect;

	if (!dialect->name || !dialect->form_count || !dialect->about || !dialect->pattern_count)
		return why_fill(self->why, -EINVAL,
				"%s: client, about, forms and a message must be there", self->file);
	for (unsigned int i = 0; i < dialect->pattern_count; i++) {
		const struct pattern *pattern = &dialect->patterns[i];

		if (!pattern->meaning_count || (!pattern->peer && !pattern->address))
			return why_fill(self->why, -EINVAL,
					"%s: message \"%s\" wants a row, and peer or address",
					self->file, pattern->message);
	}
	return 0;
}

/* The rows move to where the dialect owns them. */
static int keep_meanings(struct parser *self)
{
	struct dialect *dialect = self->dialect;
	struct meaning *kept = calloc(self->meaning_count + 1, sizeof(*kept));

	if (!kept)
		return -ENOMEM;
	memcpy(kept, self->meanings, self->meaning_count * sizeof(*kept));
	for (unsigned int i = 0; i < dialect->pattern_count; i++)
		dialect->patterns[i].meanings =
			kept + (dialect->patterns[i].meanings - self->meanings);
	dialect->meanings = kept;
	return 0;
}

static int parse(struct parser *self)
{
	int error = take_lines(self, self->dialect->text);

	if (!error)
		error = check(self);
	return error ? error : keep_meanings(self);
}

int dialect_parse(struct dialect **ret, const char *file, const char *text, struct why *why)
{
	struct parser *parser = calloc(1, sizeof(*parser));
	struct dialect *dialect = calloc(1, sizeof(*dialect));
	int error = -ENOMEM;

	if (dialect) {
		dialect->text = strdup(text);
		dialect->patterns = calloc(PATTERNS_MAX + 1, sizeof(*dialect->patterns));
	}
	if (parser && dialect && dialect->text && dialect->patterns) {
		*parser = (struct parser){.dialect = dialect, .file = file, .why = why};
		error = parse(parser);
	}
	free(parser);
	if (error)
		dialect_free(dialect);
	else
		*ret = dialect;
	return error;
}

void dialect_free(struct dialect *self)
{
	if (!self)
		return;
	free(self->meanings);
	free(self->patterns);
	free(self->text);
	free(self);
}

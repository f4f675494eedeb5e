/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * import: a book that `export` wrote, or a plain list of addresses and prefixes, into the daemon's book. Lines go in batches; each
 * bad one is named by its number and value.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <peergate/words.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "input.h"
#include "span.h"
#include "suggest.h"
#include "verb.h"

enum { OPTION_FOR = 1, OPTION_TTL, OPTION_REASON, OPTION_ALLOW, OPTION_STRICT, OPTION_FORCE };

enum { BATCH = 200, BATCH_BYTES = 400000, VALUE_SHOWN = 60 };

static const struct argp_option options[] = {
	{"for", OPTION_FOR, "TIME", 0, "of a plain list: how long to ban, 1d (1h unless told)", 0},
	{"ttl", OPTION_TTL, "TIME", 0, "the same", 0},
	{"reason", OPTION_REASON, "REASON", 0, "of a plain list: why (operator unless told)", 0},
	{"allow", OPTION_ALLOW, NULL, 0, "of a plain list: trust them instead", 0},
	{"strict", OPTION_STRICT, NULL, 0, "stop at the first bad line", 0},
	{"force", OPTION_FORCE, NULL, 0, "also bans that may lock you out", 0},
	{0},
};

struct importing {
	struct peergate *peergate;
	struct input input;
	json_t *word; /* what a plain list says of its addresses */
	bool strict, force;
	json_t *batch;
	size_t bytes;
	uint64_t lines[BATCH];
	char values[BATCH][VALUE_SHOWN + 4];
	uint64_t taken, unchanged, bad;
	bool stopped, undurable;
	int error;
	struct why why;
};

static void bad_line(struct importing *self, uint64_t line, const char *value, const char *sentence)
{
	fprintf(stderr, "peergate: line %" PRIu64 ": %s: %s\n", line, value, sentence);
	self->bad++;
	self->stopped |= self->strict;
}

/* As much of the line as tells which one it is, without what a terminal would act on. */
static void show(char ret[VALUE_SHOWN + 4], const char *line, size_t length)
{
	size_t shown = length < VALUE_SHOWN ? length : VALUE_SHOWN;

	for (size_t i = 0; i < shown; i++)
		ret[i] = isprint((unsigned char)line[i]) ? line[i] : '?';
	strcpy(ret + shown, length > shown ? "..." : "");
}

static void take_answer(struct importing *self, const json_t *answer)
{
	const json_t *bad;
	size_t i;

	self->taken += (uint64_t)answer_integer(answer, "taken", 0);
	self->unchanged += (uint64_t)answer_integer(answer, "unchanged", 0);
	self->undurable |= json_is_false(json_object_get(answer, "durable"));
	json_array_foreach (json_object_get(answer, "bad"), i, bad) {
		size_t at = (size_t)answer_integer(bad, "at", 0);

		if (at < json_array_size(self->batch))
			bad_line(self, self->lines[at], self->values[at],
				 answer_text(bad, "why", "?"));
	}
}

static void send_batch(struct importing *self)
{
	json_t *params, *answer = NULL;

	if (!json_array_size(self->batch) || self->error)
		return;
	params = json_pack("{s:O, s:b, s:b}", "records", self->batch, "force", self->force,
			   "strict", self->strict);
	self->error = peergate_call(self->peergate, "gate_import", params, &answer, &self->why);
	json_decref(params);
	if (!self->error)
		take_answer(self, answer);
	json_decref(answer);
	json_array_clear(self->batch);
	self->bytes = 0;
}

/* What stands before a bad line is sent before it is told, so that --strict stops just there. */
static void bad_here(struct importing *self, const char *line, size_t length, const char *sentence)
{
	uint64_t number = self->input.line;
	char value[VALUE_SHOWN + 4];

	show(value, line, length);
	if (self->strict)
		send_batch(self);
	if (!self->stopped)
		bad_line(self, number, value, sentence);
}

static void add(struct importing *self, const char *line, size_t length, json_t *record)
{
	size_t at = json_array_size(self->batch);

	self->lines[at] = self->input.line;
	show(self->values[at], line, length);
	json_array_append_new(self->batch, record);
	self->bytes += length;
	if (at + 1 == BATCH || self->bytes > BATCH_BYTES)
		send_batch(self);
}

static void take_record(struct importing *self, const char *line, size_t length)
{
	json_error_t fault;
	json_t *record = json_loadb(line, length, JSON_REJECT_DUPLICATES, &fault);

	if (!record) {
		bad_here(self, line, length, fault.text);
		return;
	}
	if (!json_object_get(record, "peergate")) {
		add(self, line, length, record);
		return;
	}
	/* The head of an export. */
	if (answer_integer(record, "version", 0) > 1)
		bad_here(self, line, length, "written by a newer peergate: upgrade this one");
	json_decref(record);
}

static void take_address(struct importing *self, const char *line, size_t length)
{
	char text[256];
	struct prefix prefix;
	struct why why = {""};

	snprintf(text, sizeof(text), "%.*s", (int)length, line);
	if (length >= sizeof(text) || address_parse(&prefix, text, &why)) {
		bad_here(self, line, length, why.sentence[0] ? why.sentence : "no address");
		return;
	}
	add(self, line, length, json_pack("{s:s, s:O}", "addr", text, "operator", self->word));
}

/* A # begins a comment; in a record it may stand within a text. */
static void take_line(struct importing *self, char *line, size_t length)
{
	const char *comment;

	for (; length && isspace((unsigned char)*line); length--)
		line++;
	comment = length && *line != '{' ? memchr(line, '#', length) : NULL;
	if (comment)
		length = (size_t)(comment - line);
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	if (!length)
		return;
	if (*line == '{')
		take_record(self, line, length);
	else
		take_address(self, line, length);
}

static void take_all(struct importing *self)
{
	char *line = NULL;
	size_t length = 0;

	while (!self->error && !self->stopped) {
		switch (input_next(&self->input, &line, &length)) {
		case INPUT_LINE:
			take_line(self, line, length);
			break;
		case INPUT_TOO_LONG:
			bad_here(self, "…", strlen("…"), "longer than 1 MiB");
			break;
		case INPUT_MORE:
			self->error = input_fill(&self->input);
			break;
		case INPUT_END:
			send_batch(self);
			return;
		}
	}
}

static void tell(struct output *output, const json_t *answer)
{
	bool stopped = json_is_true(json_object_get(answer, "stopped"));

	output_words(output, TONE_PLAIN, "%lld taken, %lld known already, %lld bad%s.\n",
		     (long long)answer_integer(answer, "taken", 0),
		     (long long)answer_integer(answer, "unchanged", 0),
		     (long long)answer_integer(answer, "bad", 0),
		     stopped ? "; stopped at the first of these" : "");
	if (json_is_false(json_object_get(answer, "durable")))
		output_words(output, TONE_WARNING,
			     "In force, but not kept over a reboot: `peergate status` says why.\n");
}

static int finish(struct importing *self, struct cli *cli)
{
	json_t *answer =
		json_pack("{s:I, s:I, s:I, s:b, s:b}", "taken", (json_int_t)self->taken,
			  "unchanged", (json_int_t)self->unchanged, "bad", (json_int_t)self->bad,
			  "stopped", self->stopped, "durable", !self->undurable);

	output_value(&cli->output, answer, tell);
	json_decref(answer);
	if (self->error)
		return cli_fail(self->error, &self->why);
	return self->bad ? EXIT_REFUSED : EXIT_DONE;
}

/* What a plain list says, from the options. */
static int make_word(json_t **ret, const struct arguments *arguments, struct why *why)
{
	const char *lasting = arguments->options[OPTION_FOR] ? arguments->options[OPTION_FOR]
							     : arguments->options[OPTION_TTL];
	const char *reason = arguments->options[OPTION_REASON];
	uint64_t ttl_s = 3600, now_s = (uint64_t)time(NULL);
	int error = lasting ? span_parse(&ttl_s, lasting, why) : 0;

	if (arguments->options[OPTION_ALLOW]) {
		*ret = json_pack("{s:s, s:s, s:I}", "standing", "trusted", "until", "forever",
				 "since", (json_int_t)now_s);
		return lasting || reason ? why_fill(why, -EINVAL,
						    "--allow takes no --for and no --reason: it "
						    "holds until disallow")
					 : 0;
	}
	if (!error && reason && reason_of(reason) <= REASON_NONE)
		error = suggest_word("reason for a ban", reason, reason_word, REASON_NONE + 1,
				     REASON_HIDDEN, why);
	if (!error)
		*ret = json_pack("{s:s, s:s, s:I, s:I}", "standing", "banned", "reason",
				 reason ? reason : "operator", "until", (json_int_t)(now_s + ttl_s),
				 "since", (json_int_t)now_s);
	return error;
}

static int open_input(struct importing *self, const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;

	if (fd < 0)
		return why_fill(&self->why, -errno, "%s: %s", path, strerror(errno));
	return input_init(&self->input, fd);
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct importing *self = calloc(1, sizeof(*self));
	int status;

	if (!self)
		return cli_fail(-ENOMEM, NULL);
	self->strict = arguments->options[OPTION_STRICT];
	self->force = arguments->options[OPTION_FORCE];
	self->batch = json_array();
	if (make_word(&self->word, arguments, &self->why))
		status = cli_usage("%s", self->why.sentence);
	else if (open_input(self, arguments->count ? arguments->words[0] : "-"))
		status = cli_usage("%s", self->why.sentence);
	else
		status = cli_connect(cli, &self->peergate);
	if (!status) {
		take_all(self);
		status = finish(self, cli);
	}
	peergate_close(self->peergate);
	input_free(&self->input);
	json_decref(self->batch);
	json_decref(self->word);
	free(self);
	return status;
}

const struct verb verb_import = {
	.name = "import",
	.words = "[FILE|-]",
	.help = "Take in a book, or a list of addresses to ban",
	.more = "FILE (or standard input) is what `export` wrote, or a plain list: an address or a "
		"prefix a "
		"line, # "
		"begins a comment; such are banned, or with --allow trusted. Of what is known "
		"already the newer "
		"stays, so importing "
		"twice is importing once. Bans that could lock you out are refused, as by `ban`. A "
		"bad line is "
		"named by its number; the "
		"others go on, and the exit status is 1.",
	.options = options,
	.most = 1,
	.run = run,
};

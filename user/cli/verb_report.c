/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report: JSON lines from standard input become reports, as they come and many at a time; a bad line is named by its number
 * and the others go on.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "input.h"
#include "verb.h"

/* So many requests are under way at most: enough to fill the socket, few enough to remember their lines. */
enum { WINDOW = 256 };

struct reporting {
	struct peergate *peergate;
	struct input input;
	uint64_t lines[WINDOW]; /* by id, which counts upwards */
	int64_t oldest;		/* id of the first request without an answer: they come in order */
	unsigned int waiting;	/* requests without an answer */
	uint64_t taken, bad;
	int error; /* what ended it before its time */
	struct why why;
};

static void bad_line(struct reporting *self, uint64_t line, const char *sentence)
{
	fprintf(stderr, "peergate: line %" PRIu64 ": %s\n", line, sentence);
	self->bad++;
}

static void take_answer(struct reporting *self)
{
	struct why why = {0};
	json_t *result = NULL;
	int64_t id = 0;
	int error = peergate_answer(self->peergate, &id, &result, &why);

	if (error && error != -EREMOTE) {
		self->error = error;
		self->why = why;
		return;
	}
	/* What was too long to be read as a request is answered without its id. */
	if (!id)
		id = self->oldest;
	self->oldest = id + 1;
	self->waiting--;
	if (error)
		bad_line(self, self->lines[id % WINDOW], why.sentence);
	else
		self->taken += (uint64_t)answer_integer(result, "taken", 0);
	json_decref(result);
}

/* A list of reports is what the method takes, one alone stands for a list of one. */
static void send_report(struct reporting *self, json_t *report)
{
	int64_t id;

	self->error = peergate_send(self->peergate, "gate_report", report, &id, &self->why);
	if (self->error)
		return;
	self->lines[id % WINDOW] = self->input.line;
	if (++self->waiting == WINDOW)
		take_answer(self);
}

static bool is_blank(const char *line, size_t length)
{
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return !length;
}

static void send_line(struct reporting *self, const char *line, size_t length)
{
	json_error_t fault;
	json_t *report;

	if (is_blank(line, length))
		return;
	report = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!report)
		bad_line(self, self->input.line, fault.text);
	else if (!json_is_object(report) && !json_is_array(report))
		bad_line(self, self->input.line, "a report is an object, or a list of them");
	else
		send_report(self, report);
	json_decref(report);
}

/* Whether there may be more lines. */
static bool send_lines(struct reporting *self)
{
	char *line = NULL;
	size_t length = 0;

	while (!self->error) {
		switch (input_next(&self->input, &line, &length)) {
		case INPUT_LINE:
			send_line(self, line, length);
			break;
		case INPUT_TOO_LONG:
			bad_line(self, self->input.line, "longer than 1 MiB: skipped");
			break;
		case INPUT_MORE:
			return true;
		case INPUT_END:
			return false;
		}
	}
	return false;
}

/* Waits for input or answers, and takes what is there of both. */
static void turn(struct reporting *self)
{
	struct pollfd waits[] = {{.fd = self->input.fd, .events = POLLIN},
				 {.fd = peergate_fd(self->peergate), .events = POLLIN}};

	self->error = peergate_flush(self->peergate, &self->why);
	while (!self->error && self->waiting && peergate_has_answer(self->peergate))
		take_answer(self);
	if (self->error || poll(waits, 2, -1) < 0)
		return;
	if (waits[1].revents && !self->waiting)
		self->error = peergate_has_answer(self->peergate) ? -ECONNRESET : 0;
	if (waits[0].revents && !self->error)
		self->error = input_fill(&self->input);
}

static void tell(struct output *output, const json_t *answer)
{
	long long taken = answer_integer(answer, "taken", 0);

	output_words(output, TONE_PLAIN, "%lld report%s taken.\n", taken, taken == 1 ? "" : "s");
}

static int finish(struct reporting *self, struct cli *cli)
{
	json_t *answer = json_pack("{s:I}", "taken", (json_int_t)self->taken);

	output_value(&cli->output, answer, tell);
	json_decref(answer);
	if (self->error)
		return cli_fail(self->error, &self->why);
	return self->bad ? EXIT_REFUSED : EXIT_DONE;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct reporting self = {.oldest = 1};
	int status = cli_connect(cli, &self.peergate);

	(void)arguments;
	if (status)
		return status;
	self.error = input_init(&self.input, STDIN_FILENO);
	while (!self.error && send_lines(&self))
		turn(&self);
	while (!self.error && self.waiting)
		take_answer(&self);
	status = finish(&self, cli);
	input_free(&self.input);
	peergate_close(self.peergate);
	return status;
}

const struct verb verb_report = {
	.name = "report",
	.help = "Send reports, JSON lines from standard input",
	.more = "Each line is one report or a list of them, such as {\"peer\": \"16Uiu2…\", "
		"\"addr\": "
		"\"/ip4/192.0.2.7/tcp/4001\", \"direction\": \"inbound\", \"service\": \"beacon\", "
		"\"event\": "
		"\"handshake\", \"result\": \"timeout\"}. A bad line is named by its number; the "
		"others go on, "
		"and the exit status is 1.",
	.run = run,
};

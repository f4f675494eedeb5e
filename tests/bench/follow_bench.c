/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * follow_bench: how many lines of a log a second one core turns into reports, reports as JSON included, in each form; and
 * what the follower holds after ten million peers.
 *
 *	follow_bench FOLDER
 *
 * The lines of FOLDER's scenarios, again and again, as a stream of 64 KiB pieces: all of them, and one among a hundred lines
 * that a node writes about other things.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "follower.h"

enum { PIECE = 64 << 10, STREAM_MAX = 64 << 20, OTHERS = 99, PEERS = 10000000 };

/* A line about another thing, in each form. */
static const struct {
	const char *form, *other;
} forms[] = {
	{"json",
	 "{\"attestations\":78,\"deposits\":0,\"epoch\":412345,\"finalizedEpoch\":412343,"
	 "\"finalizedRoot\":\"0x5f1e2d3c...\",\"level\":\"debug\",\"msg\":\"Synced new block\","
	 "\"package\":\"beacon-chain/"
	 "blockchain\",\"parentRoot\":\"0x9a8b7c6d...\",\"slot\":13195040,"
	 "\"slotInEpoch\":0,\"time\":\"2026-11-22 22:23:03.73\"}\n"},
	{"colour",
	 "\x1b[90m[2026-11-22 22:23:03.73]\x1b[0m \x1b[34mDEBUG\x1b[0m\x1b[36m blockchain:\x1b[0m "
	 "Synced "
	 "new block \x1b[34mattestations\x1b[0m=78 \x1b[34mdeposits\x1b[0m=0 "
	 "\x1b[34mepoch\x1b[0m=412345 "
	 "\x1b[34mfinalizedEpoch\x1b[0m=412343 \x1b[34mfinalizedRoot\x1b[0m=0x5f1e2d3c... "
	 "\x1b[34mparentRoot\x1b[0m=0x9a8b7c6d... \x1b[34mslot\x1b[0m=13195040\n"},
	{"plain",
	 "[2026-11-22 22:23:03.73] DEBUG blockchain: Synced new block attestations=78 deposits=0 "
	 "epoch=412345 finalizedEpoch=412343 finalizedRoot=0x5f1e2d3c... parentRoot=0x9a8b7c6d... "
	 "slot=13195040 slotInEpoch=0\n"},
	{"file",
	 "time=\"2026-11-22 22:23:03.73\" level=debug msg=\"Synced new block\" attestations=78 "
	 "deposits=0 "
	 "epoch=412345 finalizedEpoch=412343 finalizedRoot=\"0x5f1e2d3c...\" "
	 "package=\"beacon-chain/blockchain\" parentRoot=\"0x9a8b7c6d...\" slot=13195040\n"},
};

struct stream {
	char *bytes;
	size_t length;
	unsigned long lines;
};

static void append(struct stream *self, const char *bytes, size_t length)
{
	memcpy(self->bytes + self->length, bytes, length);
	self->length += length;
	self->lines++;
}

/* Appends each line of the log, and @others times @other behind it. */
static int append_log(struct stream *self, const char *path, const char *other, int others)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	if (!file) {
		perror(path);
		return 1;
	}
	while ((length = getline(&line, &room, file)) > 0 &&
	       self->length + (size_t)length + (size_t)others * strlen(other) < STREAM_MAX) {
		append(self, line, (size_t)length);
		for (int i = 0; i < others; i++)
			append(self, other, strlen(other));
	}
	free(line);
	fclose(file);
	return 0;
}

static void count(void *context, const struct news *news)
{
	json_t *report = news_json(news, "beacon");
	char *text = json_dumps(report, JSON_COMPACT);

	*(size_t *)context += strlen(text);
	free(text);
	json_decref(report);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void feed(struct follower *follower, const struct stream *stream)
{
	for (size_t at = 0; at < stream->length; at += PIECE)
		follower_feed(follower, stream->bytes + at,
			      stream->length - at < PIECE ? stream->length - at : PIECE, 0);
}

static int measure(const char *what, const struct stream *stream)
{
	struct dialect *prysm;
	struct follower follower;
	unsigned long lines = 0;
	size_t told = 0;
	double began, took;

	if (dialect_load(&prysm, "prysm", NULL) ||
	    follower_init(&follower, prysm, TIMELINE_OWN, JOIN_PEERS_MAX, count, &told))
		return 1;
	began = cpu_seconds();
	do {
		feed(&follower, stream);
		lines += stream->lines;
		took = cpu_seconds() - began;
	} while (took < 2);
	printf("%s: %.0f lines a second of one core (%.2f us a line, %.0f MB/s), %lu reports\n",
	       what, (double)lines / took, took / (double)lines * 1e6,
	       (double)stream->length * ((double)lines / (double)stream->lines) / took / 1e6,
	       (unsigned long)follower.counts.news);
	follower_release(&follower);
	dialect_free(prysm);
	return 0;
}

/* All logs of one form as one stream; a log on standard error of its own for each line of trouble. */
static int run(const char *folder, size_t form, int others)
{
	struct stream stream = {.bytes = malloc(STREAM_MAX)};
	char pattern[4096], what[64];
	glob_t logs = {0};
	int error = !stream.bytes;

	snprintf(pattern, sizeof(pattern), "%s/[0-9a-z]-*.%s.log", folder, forms[form].form);
	snprintf(what, sizeof(what), "%s, %s lines that matter", forms[form].form,
		 others ? "1 %" : "all");
	error = error || glob(pattern, 0, NULL, &logs);
	for (size_t i = 0; i < logs.gl_pathc && !error; i++)
		error = append_log(&stream, logs.gl_pathv[i], forms[form].other, others);
	if (!error)
		error = measure(what, &stream);
	globfree(&logs);
	free(stream.bytes);
	return error;
}

static void ignore(void *context, const struct news *news)
{
	(void)context;
	(void)news;
}

/* Each peer once, in the log and in the API. */
static int fill(void)
{
	struct follower follower;
	struct endpoint addr;
	struct dialect *prysm;
	struct rusage usage;
	char line[512];

	if (dialect_load(&prysm, "prysm", NULL) ||
	    follower_init(&follower, prysm, TIMELINE_OWN, JOIN_PEERS_MAX, ignore, NULL) ||
	    follower_with_book(&follower) ||
	    endpoint_parse(&addr, "/ip4/198.51.100.7/tcp/9", 23, NULL))
		return 1;
	for (int i = 0; i < PEERS; i++) {
		int length =
			snprintf(line, sizeof(line),
				 "[2026-11-22 22:23:03.73] DEBUG p2p: Initiate peer connection "
				 "activePeers=2 agent=x direction=Inbound "
				 "multiAddr=/ip4/198.51.100.7/tcp/9/p2p/16Uiu2HAm%d",
				 i);

		follower_line(&follower, line, (size_t)length, i);
		follower_hears(&follower, line + length - 10, &addr, WAY_INBOUND, true, i);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("after %d peers: %ld MiB resident at most\n", PEERS, usage.ru_maxrss >> 10);
	follower_release(&follower);
	dialect_free(prysm);
	return 0;
}

int main(int argc, char **argv)
{
	int error = argc != 2;

	if (error)
		fprintf(stderr, "usage: follow_bench FOLDER\n");
	else
		error = fill(); /* first: nothing larger has been in memory yet */
	for (size_t form = 0; form < sizeof(forms) / sizeof(*forms) && !error; form++)
		error = run(argv[1], form, OTHERS) || run(argv[1], form, 0);
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * follow_bench: how many lines of a log a second one core turns into reports, reports as JSON included.
 *
 *	follow_bench LOG...
 *
 * The lines of the logs, again and again, as a stream of 64 KiB pieces: all of them, and one among a hundred lines that a
 * node writes about other things.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "follower.h"

enum { PIECE = 64 << 10, STREAM_MAX = 64 << 20, OTHERS = 99 };

static const char other[] =
	"{\"attestations\":78,\"deposits\":0,\"epoch\":412345,\"finalizedEpoch\":412343,"
	"\"finalizedRoot\":\"0x5f1e2d3c...\","
	"\"level\":\"debug\",\"msg\":\"Synced new "
	"block\",\"package\":\"beacon-chain/blockchain\",\"parentRoot\":\"0x9a8b7c6d...\","
	"\"slot\":13195040,\"slotInEpoch\":0,\"time\":\"2026-11-22 22:23:03.73\"}\n";

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

/* Appends each line of the log, and @others lines of no interest behind it. */
static int append_log(struct stream *self, const char *path, int others)
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
	       self->length + (size_t)length + (size_t)others * sizeof(other) < STREAM_MAX) {
		append(self, line, (size_t)length);
		for (int i = 0; i < others; i++)
			append(self, other, sizeof(other) - 1);
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

static int run(char **paths, const char *what, int others)
{
	struct stream stream = {.bytes = malloc(STREAM_MAX)};
	int error = !stream.bytes;

	for (; *paths && !error; paths++)
		error = append_log(&stream, *paths, others);
	if (!error)
		error = measure(what, &stream);
	free(stream.bytes);
	return error;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: follow_bench LOG...\n");
		return 2;
	}
	return run(argv + 1, "all lines of the logs", 0) ||
	       run(argv + 1, "1 % lines of the logs", OTHERS);
}

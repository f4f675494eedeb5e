/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor_node: what a follower needs of the client: its log, its API, and a follower that lives. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "discovery.h"
#include "doctor.h"

enum { LOG_QUIET_S = 300, API_TIMEOUT_MS = 2000 };

/* The only client whose nodes a follower knows how to find. */
#define CLIENT "prysm"

static void look_at_file(struct doctor *self, const char *log, const char *path, bool is_told)
{
	struct stat state;
	double quiet_s;

	if (stat(path, &state)) {
		doctor_find(self, is_told ? HEALTH_FAULT : HEALTH_NOTE, "log",
			    "name the log with --log FILE", "the log %s: %s", log, strerror(errno));
		return;
	}
	quiet_s = difftime(time(NULL), state.st_mtime);
	if (access(path, R_OK))
		doctor_find(self, HEALTH_FAULT, "log", "peergate follow " CLIENT " --setup",
			    "the log %s cannot be read by this user", log);
	else if (quiet_s > LOG_QUIET_S)
		doctor_find(self, HEALTH_NOTE, "log", "is it the log that the node writes now?",
			    "nothing was written to the log %s for %.0f s", log, quiet_s);
	else
		doctor_find(self, HEALTH_WELL, "log", NULL, "the log %s can be read", log);
}

/* Whether the node itself says where its log is: only then is it a fault that nothing is there, or that nobody reads it. */
static bool is_told(const struct discovery *node)
{
	return node->is_there || node->options.told[NODE_DATA_FOLDER] ||
	       node->options.told[NODE_LOG_FILE];
}

/* What a follower would take, and why nothing better. */
static void look_at_log(struct doctor *self, const struct discovery *node)
{
	const char *why =
		node->note_count ? node->notes[node->note_count - 1] : "no source is known";

	if (!node->has_source)
		doctor_find(self, HEALTH_FAULT, "log", "peergate follow " CLIENT " --setup",
			    "nothing of the log of process %d can be read: %s", node->place.pid,
			    why);
	else if (node->kind == SOURCE_FILE)
		look_at_file(self, node->source + strlen(self->root), node->source, is_told(node));
	else
		doctor_find(self, HEALTH_WELL, "log", NULL, "the %s %s can be read",
			    node->kind == SOURCE_JOURNAL ? "journal of" : "log of container",
			    node->source);
}

/* The running node as `peergate follow` finds it; NULL: none, or several, and then that is said when @tells. */
static struct discovery *find_node(struct doctor *self, bool tells)
{
	struct discovery *ret = calloc(1, sizeof(*ret));
	const struct discovery_wish any = {0};
	struct dialect *dialect = NULL;
	struct why why = {0};
	int error = ret ? dialect_load(&dialect, CLIENT, &why) : -ENOMEM;

	if (!error)
		error = discovery_choose(ret, self->root, dialect, &any, &why);
	if (error == -EMLINK && tells)
		doctor_find(self, HEALTH_NOTE, "log", "peergate doctor --log FILE", "%s",
			    why.sentence);
	dialect_free(dialect);
	if (!error)
		return ret;
	free(ret);
	return NULL;
}

void doctor_log(struct doctor *self)
{
	char path[DOCTOR_PATH_MAX];
	struct discovery *node;

	if (self->log) {
		look_at_file(self, self->log, doctor_path(self, self->log, path), true);
		return;
	}
	node = find_node(self, true);
	if (node)
		look_at_log(self, node);
	free(node);
}

static size_t swallow(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

/* 0 when nobody answers; else the status of the answer, with curl's words in @error. */
static long ask(const char *url, char error[CURL_ERROR_SIZE])
{
	CURL *curl = curl_easy_init();
	long code = 0;

	if (!curl)
		return 0;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)API_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
	if (!curl_easy_perform(curl))
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_cleanup(curl);
	return code;
}

/* A node's own that only seems to be there may be up later: it is a fault when it was named. */
static void look_at_api(struct doctor *self, const char *api, bool is_named)
{
	char error[CURL_ERROR_SIZE] = "", url[DOCTOR_PATH_MAX];
	long code;

	snprintf(url, sizeof(url), "%s/eth/v1/node/health", api);
	code = ask(url, error);
	if (!code)
		doctor_find(self, is_named ? HEALTH_FAULT : HEALTH_NOTE, "api",
			    "start the node with its HTTP API, or name it with --api URL",
			    "the Beacon API %s does not answer: %s", api, error);
	else if (code == 200 || code == 206)
		doctor_find(self, code == 206 ? HEALTH_NOTE : HEALTH_WELL, "api", NULL,
			    "the Beacon API %s answers%s", api,
			    code == 206 ? ": the node is syncing" : "");
	else
		doctor_find(self, HEALTH_FAULT, "api", "is that the Beacon API of a synced node?",
			    "the Beacon API %s answers with status %ld", api, code);
}

void doctor_api(struct doctor *self)
{
	struct discovery *node;

	if (self->api) {
		look_at_api(self, self->api, true);
		return;
	}
	node = find_node(self, false);
	if (node && node->api[0])
		look_at_api(self, node->api, false);
	free(node);
}

/* As its arguments tell: the program's name, and "follow" among the words behind it. */
static bool take_follower(void *context, const struct node_process *process)
{
	bool *found = context;
	const char *slash = strrchr(process->command, '/');

	*found = !strcmp(slash ? slash + 1 : process->command, "peergate") &&
		 memmem(process->command, process->length, "\0follow\0", 8);
	return !*found;
}

void doctor_follower(struct doctor *self)
{
	struct discovery *node = self->log ? NULL : find_node(self, false);
	bool is_wanted = self->log || (node && is_told(node)), found = false;

	free(node);
	if (!is_wanted)
		return;
	node_each_process(self->root, take_follower, &found);
	if (found)
		doctor_find(self, HEALTH_WELL, "follower", NULL, "a follower runs");
	else
		doctor_find(self, HEALTH_FAULT, "follower",
			    "systemctl enable --now peergate-follow@" CLIENT
			    " (peergate follow " CLIENT " --setup tells what it needs)",
			    "no follower runs: nobody tells the gate what the log says");
}

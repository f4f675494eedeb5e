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

#include "doctor.h"

enum { NODES_MAX = 16, LOG_QUIET_S = 300, API_TIMEOUT_MS = 2000 };

/* Where Prysm 7.1.3 and later write at debug whatever they are told: DATADIR/logs/beacon-chain.log; or what --log-file says. */
static bool find_log(struct doctor *self, char ret[DOCTOR_PATH_MAX])
{
	static struct node_process nodes[NODES_MAX];
	size_t count = node_processes(self->root, nodes, NODES_MAX);

	if (self->log) {
		snprintf(ret, DOCTOR_PATH_MAX, "%s", self->log);
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		const char *file = node_option(&nodes[i], "log-file"),
			   *folder = node_option(&nodes[i], "datadir");

		if (strcmp(nodes[i].kind->name, "Prysm"))
			continue;
		if (!file && !folder)
			continue;
		if (file)
			snprintf(ret, DOCTOR_PATH_MAX, "%s", file);
		else
			snprintf(ret, DOCTOR_PATH_MAX, "%s/logs/beacon-chain.log", folder);
		return true;
	}
	return false;
}

void doctor_log(struct doctor *self)
{
	char log[DOCTOR_PATH_MAX], path[DOCTOR_PATH_MAX];
	struct stat state;
	double quiet_s;

	if (!find_log(self, log))
		return;
	doctor_path(self, log, path);
	if (stat(path, &state)) {
		doctor_find(self, HEALTH_FAULT, "log", "name the log with --log FILE",
			    "the log %s: %s", log, strerror(errno));
		return;
	}
	quiet_s = difftime(time(NULL), state.st_mtime);
	if (access(path, R_OK))
		doctor_find(self, HEALTH_FAULT, "log",
			    "setfacl -m u:peergate:r FILE, and x on its folders (docs/FOLLOW.md)",
			    "the log %s cannot be read by this user", log);
	else if (quiet_s > LOG_QUIET_S)
		doctor_find(self, HEALTH_NOTE, "log", "is it the log that the node writes now?",
			    "nothing was written to the log %s for %.0f s", log, quiet_s);
	else
		doctor_find(self, HEALTH_WELL, "log", NULL, "the log %s can be read", log);
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

void doctor_api(struct doctor *self)
{
	char error[CURL_ERROR_SIZE] = "", url[DOCTOR_PATH_MAX];
	long code;

	if (!self->api)
		return;
	snprintf(url, sizeof(url), "%s/eth/v1/node/health", self->api);
	code = ask(url, error);
	if (!code)
		doctor_find(self, HEALTH_FAULT, "api",
			    "start the node with its HTTP API, or name it with --api URL",
			    "the Beacon API %s does not answer: %s", self->api, error);
	else if (code == 200 || code == 206)
		doctor_find(self, code == 206 ? HEALTH_NOTE : HEALTH_WELL, "api", NULL,
			    "the Beacon API %s answers%s", self->api,
			    code == 206 ? ": the node is syncing" : "");
	else
		doctor_find(self, HEALTH_FAULT, "api", "is that the Beacon API of a synced node?",
			    "the Beacon API %s answers with status %ld", self->api, code);
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
	char log[DOCTOR_PATH_MAX];
	bool found = false;

	if (!find_log(self, log))
		return;
	node_each_process(self->root, take_follower, &found);
	if (found)
		doctor_find(self, HEALTH_WELL, "follower", NULL, "a follower runs");
	else
		doctor_find(self, HEALTH_FAULT, "follower",
			    "peergate follow prysm FILE, as a service",
			    "no follower runs: nobody tells the gate what the log says");
}

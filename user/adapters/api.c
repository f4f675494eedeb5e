/* SPDX-License-Identifier: BSD-2-Clause */
#include "api.h"

#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

enum { URL_MAX = 512 };

struct api {
	struct api_output output;
	struct api_peers peers;
	uv_loop_t *loop;
	uv_timer_t timer;
	uv_work_t work;
	bool asking, wanted, closing, timer_closed, too_long;
	bool in_trouble;
	struct curl_slist *headers;
	uint64_t asked_ms; /* of the loop's clock; 0: never */
	unsigned int retry_ms;
	uint64_t failures; /* answers that were none, in a row */
	char url[URL_MAX];
	char shown[URL_MAX]; /* without the password that may stand in it */
	/* The thread's, while asking. */
	CURL *curl;
	struct buffer body;
	json_t *answer;
	struct why why;
};

static void ask(struct api *self);

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct api *self = context;

	self->too_long = self->body.length + size * count > API_ANSWER_MAX;
	if (self->too_long)
		return 0;
	buffer_append(&self->body, bytes, size * count);
	return self->body.failed ? 0 : size * count;
}

static bool perform(struct api *self)
{
	char error[CURL_ERROR_SIZE] = "";
	CURLcode code;
	long status = 0;

	self->too_long = false;
	curl_easy_setopt(self->curl, CURLOPT_ERRORBUFFER, error);
	code = curl_easy_perform(self->curl);
	curl_easy_setopt(self->curl, CURLOPT_ERRORBUFFER, NULL);
	if (self->too_long) {
		why_fill(&self->why, -EFBIG, "%s: the answer is longer than %d MiB", self->shown,
			 API_ANSWER_MAX >> 20);
		return false;
	}
	if (code) {
		why_fill(&self->why, -EIO, "%s: %s", self->shown,
			 error[0] ? error : curl_easy_strerror(code));
		return false;
	}
	curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		return true;
	why_fill(&self->why, -EPROTO, "%s: answers with status %ld%s", self->shown, status,
		 status / 100 == 3 ? ", a redirection, which is not followed: give its URL" : "");
	return false;
}

static void say_no_json(struct api *self, const char *error)
{
	const char *type = NULL;

	curl_easy_getinfo(self->curl, CURLINFO_CONTENT_TYPE, &type);
	why_fill(&self->why, -EPROTO, "%s: the answer (%.80s) is not JSON: %s", self->shown,
		 type ? type : "of no type", error);
}

/* On a thread of the pool: the loop does not touch what is used here until it is told that it is over. */
static void on_work(uv_work_t *work)
{
	struct api *self = work->data;
	json_error_t error;

	self->why.sentence[0] = '\0';
	self->answer = NULL;
	buffer_clear(&self->body);
	if (!perform(self))
		return;
	self->answer =
		json_loadb(self->body.bytes ? self->body.bytes : "", self->body.length, 0, &error);
	if (!self->answer)
		say_no_json(self, error.text);
	/* A large answer's memory is not kept for the next. */
	buffer_free(&self->body);
}

static void free_when_over(struct api *self)
{
	if (self->asking || !self->timer_closed)
		return;
	curl_easy_cleanup(self->curl);
	curl_slist_free_all(self->headers);
	buffer_free(&self->body);
	api_peers_release(&self->peers);
	free(self);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct api *self = handle->data;

	self->timer_closed = true;
	free_when_over(self);
}

static void on_timer(uv_timer_t *timer)
{
	ask(timer->data);
}

static void ask_in(struct api *self, uint64_t ms)
{
	uv_timer_start(&self->timer, on_timer, ms, 0);
}

static void tell_trouble(struct api *self, bool is_trouble)
{
	if (self->in_trouble != is_trouble)
		self->output.trouble(self->output.context, is_trouble ? self->why.sentence : NULL,
				     self->failures);
	self->in_trouble = is_trouble;
}

static bool take_answer(struct api *self)
{
	struct api_counts counts;

	if (!self->answer || api_peers_take(&self->peers, self->answer, self->output.peer,
					    self->output.context, &counts, &self->why))
		return false;
	self->output.counted(self->output.context, &counts);
	return true;
}

static void on_answer(uv_work_t *work, int status)
{
	struct api *self = work->data;

	(void)status;
	self->asking = false;
	if (self->closing) {
		json_decref(self->answer);
		free_when_over(self);
		return;
	}
	if (take_answer(self)) {
		tell_trouble(self, false);
		self->failures = 0;
		self->retry_ms = API_LEAST_MS;
		ask_in(self, self->wanted ? API_LEAST_MS : API_PERIOD_MS);
	} else {
		self->failures++;
		tell_trouble(self, true);
		ask_in(self, self->retry_ms);
		self->retry_ms = self->retry_ms < API_RETRY_MAX_MS / 2 ? self->retry_ms * 2
								       : API_RETRY_MAX_MS;
	}
	json_decref(self->answer);
	self->answer = NULL;
}

static void ask(struct api *self)
{
	self->wanted = false;
	self->work.data = self;
	self->asked_ms = uv_now(self->loop);
	self->asking = !uv_queue_work(self->loop, &self->work, on_work, on_answer);
	if (!self->asking)
		ask_in(self, API_RETRY_MAX_MS);
}

/* http://USER:PASSWORD@HOST/… without the middle: what is said of it may be read by others. */
static void show(struct api *self)
{
	const char *host = strstr(self->url, "://") + 3, *path = host + strcspn(host, "/");
	const char *at = memrchr(host, '@', (size_t)(path - host));

	snprintf(self->shown, sizeof(self->shown), "%.*s%s", (int)(host - self->url), self->url,
		 at ? at + 1 : host);
}

static int set_url(struct api *self, const char *base, struct why *why)
{
	size_t length = strlen(base);

	while (length && base[length - 1] == '/')
		length--;
	if ((strncmp(base, "http://", 7) && strncmp(base, "https://", 8)) ||
	    base[length - 1] == ':' || strpbrk(base, "?# \n") ||
	    length > URL_MAX - sizeof("/eth/v1/node/peers"))
		return why_fill(
			why, -EINVAL,
			"\"%.80s\" is no address of an HTTP API: http://127.0.0.1:3500, say", base);
	snprintf(self->url, sizeof(self->url), "%.*s/eth/v1/node/peers", (int)length, base);
	show(self);
	return 0;
}

static int prepare(struct api *self, const char *base, struct why *why)
{
	int error = set_url(self, base, why);

	if (error)
		return error;
	self->curl = curl_easy_init();
	if (!self->curl)
		return why_fill(why, -ENOMEM, "no memory to ask %s", self->shown);
	/* No client writes this list as SSZ, and the specification has no such type for it. */
	self->headers = curl_slist_append(NULL, "Accept: application/json");
	curl_easy_setopt(self->curl, CURLOPT_URL, self->url);
	curl_easy_setopt(self->curl, CURLOPT_HTTPHEADER, self->headers);
	/* To pack 25 MB each six seconds costs the node more than to send them; what is packed anyway is unpacked. */
	curl_easy_setopt(self->curl, CURLOPT_ACCEPT_ENCODING, "identity");
	curl_easy_setopt(self->curl, CURLOPT_TIMEOUT_MS, (long)API_TIMEOUT_MS);
	curl_easy_setopt(self->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(self->curl, CURLOPT_FOLLOWLOCATION, 0L);
	/* The node is near: what the environment says of proxies is not meant for it. */
	curl_easy_setopt(self->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(self->curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(self->curl, CURLOPT_WRITEDATA, self);
	return 0;
}

int api_open(struct api **ret, uv_loop_t *loop, const char *base, const struct api_output *output,
	     struct why *why)
{
	struct api *self = calloc(1, sizeof(*self));
	uint64_t seed = uv_hrtime();
	int error;

	if (!self)
		return why_fill(why, -ENOMEM, "no memory to ask an API");
	uv_random(NULL, NULL, &seed, sizeof(seed), 0, NULL);
	api_peers_init(&self->peers, seed);
	/* In glibc each thread of the pool would have a heap of its own, and keep there what its largest answer took. */
	mallopt(M_ARENA_MAX, 1);
	self->output = *output;
	self->loop = loop;
	self->retry_ms = API_LEAST_MS;
	error = prepare(self, base, why);
	if (error) {
		free(self);
		return error;
	}
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	ask_in(self, 0);
	*ret = self;
	return 0;
}

void api_want(struct api *self)
{
	uint64_t next_ms = self->asked_ms + API_LEAST_MS, now_ms = uv_now(self->loop);

	/* While it is in trouble the pauses grow, whoever wants to know. */
	if (self->wanted || self->in_trouble || self->closing)
		return;
	self->wanted = true;
	if (!self->asking)
		ask_in(self, now_ms < next_ms ? next_ms - now_ms : 0);
}

void api_close(struct api *self)
{
	if (!self)
		return;
	self->closing = true;
	uv_close((uv_handle_t *)&self->timer, on_timer_closed);
}

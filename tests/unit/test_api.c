/* SPDX-License-Identifier: BSD-2-Clause */
/* api: what of a node's answers is news, and how politely it is asked. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

enum { HEARD_MAX = 64 };

struct ear {
	struct api_peer peers[HEARD_MAX];
	char ids[HEARD_MAX][NEWS_PEER_MAX];
	unsigned int count;
};

static void hear(void *context, const struct api_peer *peer)
{
	struct ear *self = context;

	assert_in_range(self->count, 0, HEARD_MAX - 1);
	self->peers[self->count] = *peer;
	snprintf(self->ids[self->count++], NEWS_PEER_MAX, "%s", peer->id);
}

static int take(struct api_peers *peers, const char *text, struct ear *ear,
		struct api_counts *counts, struct why *why)
{
	json_t *answer = json_loads(text, 0, NULL);
	int error;

	assert_non_null(answer);
	ear->count = 0;
	error = api_peers_take(peers, answer, hear, ear, counts, why);
	json_decref(answer);
	return error;
}

#define PEER(id, addr, state, direction)                                         \
	"{\"peer_id\":\"" id "\",\"enr\":null,\"last_seen_p2p_address\":\"" addr \
	"\",\"state\":\"" state "\",\"direction\":\"" direction "\"}"

static void only_changes_are_told(void **state)
{
	struct api_counts counts;
	struct api_peers peers;
	struct ear ear = {0};

	(void)state;
	api_peers_init(&peers, 1);
	assert_int_equal(
		take(&peers,
		     "{\"data\":[" PEER(
			     "Qa", "/ip4/192.0.2.7/tcp/4001", "connected",
			     "inbound") "," PEER("Qb", "/ip6/2001:db8::1/udp/9001/quic-v1",
						 "connected",
						 "outbound") "," PEER("Qc", "", "disconnected",
								      "outbound") "]}",
		     &ear, &counts, NULL),
		0);
	assert_int_equal(ear.count, 3);
	assert_string_equal(ear.ids[0], "Qa");
	assert_true(ear.peers[0].has_addr && ear.peers[0].addr.port == 4001);
	assert_true(ear.peers[0].state == API_CONNECTED && ear.peers[0].way == WAY_INBOUND);
	assert_true(ear.peers[1].way == WAY_OUTBOUND && !ear.peers[2].has_addr);
	assert_int_equal(counts.connected, 2);
	assert_int_equal(counts.inbound, 1);
	assert_int_equal(
		take(&peers,
		     "{\"data\":[" PEER("Qb", "/ip6/2001:db8::1/udp/9001/quic-v1", "disconnected",
					"outbound") "," PEER("Qa", "/ip4/192.0.2.7/tcp/4001",
							     "connected", "inbound") "]}",
		     &ear, &counts, NULL),
		0);
	assert_int_equal(ear.count, 1);
	assert_string_equal(ear.ids[0], "Qb");
	/* One that went away and comes back is new again. */
	assert_int_equal(take(&peers, "{\"data\":[" PEER("Qc", "", "disconnected", "outbound") "]}",
			      &ear, &counts, NULL),
			 0);
	assert_int_equal(ear.count, 1);
	api_peers_release(&peers);
}

static void what_is_no_peer_is_left_out(void **state)
{
	struct api_counts counts;
	struct api_peers peers;
	struct ear ear = {0};

	(void)state;
	api_peers_init(&peers, 1);
	assert_int_equal(take(&peers,
			      "{\"data\":[7,{},{\"peer_id\":\"Qa\"}," PEER(
				      "Q a", "", "connected",
				      "inbound") "," PEER("Qd", "/dns4/evil/tcp/1", "connected",
							  "sideways") "," PEER("Qe", "", "frozen",
									       "inbound") "]}",
			      &ear, &counts, NULL),
			 0);
	assert_int_equal(ear.count, 1);
	assert_true(!ear.peers[0].has_addr && ear.peers[0].way == WAY_UNKNOWN);
	assert_int_equal(peers.odd, 5);
	api_peers_release(&peers);
}

static void what_is_no_answer_changes_nothing(void **state)
{
	static const char *const others[] = {"{}", "[]", "{\"data\":{}}", "{\"code\":500}"};
	struct api_counts counts;
	struct api_peers peers;
	struct ear ear = {0};

	(void)state;
	api_peers_init(&peers, 1);
	take(&peers, "{\"data\":[" PEER("Qa", "", "connected", "inbound") "]}", &ear, &counts,
	     NULL);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct why why = {""};

		expect_true(others[i], take(&peers, others[i], &ear, &counts, &why) == -EPROTO &&
					       why.sentence[0]);
		expect_true("one is still known", peers.count == 1);
	}
	api_peers_release(&peers);
}

/* A node's API on loopback, on the same loop: answers in turn, the last one again and again. */
struct node {
	uv_loop_t loop;
	uv_tcp_t listener;
	uv_timer_t impatience;
	struct api *api;
	struct ear ear;
	const char *const *answers;
	unsigned int questions, answered, troubles, recoveries, until;
	uint64_t asked_ms[HEARD_MAX];
	struct api_counts counts;
};

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_sent(uv_write_t *write, int status)
{
	(void)status;
	uv_close((uv_handle_t *)write->handle, on_closed);
	free(write->data);
	free(write);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *ret)
{
	static char bytes[4096];

	(void)handle;
	(void)size;
	*ret = uv_buf_init(bytes, sizeof(bytes));
}

static void on_question(uv_stream_t *stream, ssize_t length, const uv_buf_t *bytes)
{
	struct node *self = stream->data;
	uv_write_t *write = malloc(sizeof(*write));
	char *text = malloc(4096);
	const char *body;
	uv_buf_t all;

	if (length <= 0) {
		free(write);
		free(text);
		return;
	}
	assert_non_null(strstr(bytes->base, "GET /eth/v1/node/peers HTTP/1.1"));
	uv_read_stop(stream);
	self->asked_ms[self->questions] = uv_now(&self->loop);
	/* The first question gets the first answer. */
	if (self->questions && self->answers[1])
		self->answers++;
	body = self->answers[0];
	self->questions++;
	snprintf(text, 4096, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
		 body[0] == '5' ? "500 X" : "200 OK", strlen(body), body);
	all = uv_buf_init(text, (unsigned int)strlen(text));
	write->data = text;
	uv_write(write, stream, &all, 1, on_sent);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct node *self = listener->data;
	uv_tcp_t *client = malloc(sizeof(*client));

	assert_int_equal(status, 0);
	uv_tcp_init(&self->loop, client);
	client->data = self;
	assert_int_equal(uv_accept(listener, (uv_stream_t *)client), 0);
	uv_read_start((uv_stream_t *)client, on_alloc, on_question);
}

static void on_peer(void *context, const struct api_peer *peer)
{
	struct node *self = context;

	hear(&self->ear, peer);
}

static void stop(struct node *self)
{
	api_close(self->api);
	uv_close((uv_handle_t *)&self->listener, NULL);
	uv_close((uv_handle_t *)&self->impatience, NULL);
}

static void on_counted(void *context, const struct api_counts *counts)
{
	struct node *self = context;

	self->counts = *counts;
	if (++self->answered == self->until)
		stop(self);
}

static void on_trouble(void *context, const char *sentence, uint64_t failures)
{
	struct node *self = context;

	self->troubles += sentence != NULL;
	self->recoveries += sentence == NULL;
	assert_int_equal(failures, 1);
}

static void on_impatience(uv_timer_t *timer)
{
	struct node *self = timer->data;

	api_want(self->api);
}

static void serve(struct node *self, const char *const *answers, unsigned int until)
{
	const struct api_output output = {self, on_peer, on_counted, on_trouble};
	struct sockaddr_in at;
	int length = sizeof(at);
	char base[64];

	self->answers = answers;
	self->until = until;
	uv_loop_init(&self->loop);
	uv_tcp_init(&self->loop, &self->listener);
	uv_timer_init(&self->loop, &self->impatience);
	self->listener.data = self->impatience.data = self;
	uv_ip4_addr("127.0.0.1", 0, &at);
	assert_int_equal(uv_tcp_bind(&self->listener, (struct sockaddr *)&at, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&self->listener, 8, on_connection), 0);
	uv_tcp_getsockname(&self->listener, (struct sockaddr *)&at, &length);
	snprintf(base, sizeof(base), "http://127.0.0.1:%u/", ntohs(at.sin_port));
	assert_int_equal(api_open(&self->api, &self->loop, base, &output, NULL), 0);
	uv_timer_start(&self->impatience, on_impatience, 0, 20);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
}

static void it_is_asked_once_a_second_at_most(void **state)
{
	static const char *const answers[] = {
		"{\"data\":[" PEER("Qa", "/ip4/192.0.2.7/tcp/1", "connected", "inbound") "]}",
		"{\"data\":[" PEER("Qa", "/ip4/192.0.2.8/tcp/1", "connected", "inbound") "]}",
		NULL};
	struct node *node = calloc(1, sizeof(*node));

	(void)state;
	serve(node, answers, 3);
	assert_int_equal(node->questions, 3);
	for (unsigned int i = 1; i < 3; i++)
		expect_true("a second between two",
			    node->asked_ms[i] - node->asked_ms[i - 1] >= API_LEAST_MS - 50);
	assert_int_equal(node->ear.count, 2);
	assert_int_equal(node->counts.inbound, 1);
	assert_int_equal(node->troubles, 0);
	free(node);
}

static void trouble_is_told_once_and_its_end(void **state)
{
	static const char *const answers[] = {"500", "{\"data\":[]}", NULL};
	struct node *node = calloc(1, sizeof(*node));

	(void)state;
	serve(node, answers, 1);
	assert_int_equal(node->troubles, 1);
	assert_int_equal(node->recoveries, 1);
	free(node);
}

static void an_address_that_is_none(void **state)
{
	static const char *const bases[] = {"",	       "localhost:3500", "file:///etc/passwd",
					    "unix:/x", "http://",	 "http://x:1?key=2"};
	const struct api_output output = {NULL, on_peer, on_counted, on_trouble};
	struct api *api = NULL;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		struct why why = {""};

		expect_true(bases[i], api_open(&api, &loop, bases[i], &output, &why) == -EINVAL &&
					      strstr(why.sentence, "http://"));
	}
	uv_loop_close(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_changes_are_told),
		cmocka_unit_test(what_is_no_peer_is_left_out),
		cmocka_unit_test(what_is_no_answer_changes_nothing),
		cmocka_unit_test(it_is_asked_once_a_second_at_most),
		cmocka_unit_test(trouble_is_told_once_and_its_end),
		cmocka_unit_test(an_address_that_is_none),
	};

	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}

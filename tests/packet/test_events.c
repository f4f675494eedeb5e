/* SPDX-License-Identifier: BSD-2-Clause */
/* Samples of refusals in the ring buffer: what they say, how few they are, and that nothing hangs on them. */
#include "expect.h"

#include <string.h>
#include <unistd.h>

struct heard {
	unsigned int count;
	struct event last;
};

static int hear(void *context, void *data, size_t size)
{
	struct heard *heard = context;

	assert_int_equal(size, sizeof(struct event));
	memcpy(&heard->last, data, sizeof(heard->last));
	heard->count++;
	return 0;
}

/* Reads all that waits. */
static struct heard listen_now(struct rig *rig)
{
	struct heard heard = {0};
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(rig->gate->maps.events), hear, &heard, NULL);

	assert_non_null(ring);
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
	return heard;
}

static int deaf(void **state)
{
	listen_now(*state);
	return rig_clear(state);
}

static void ban(struct rig *rig, const char *source, enum reason reason)
{
	struct record record = {.until = FOREVER_NS,
				.standing = STANDING_BANNED,
				.reason = reason,
				.services = 0xff};

	rig_put(rig, source, &record);
}

static void samples(struct rig *rig, uint32_t per_s)
{
	rig->settings.samples_per_s = per_s;
	rig_settings(rig);
}

static void send(struct rig *rig, enum rig_door door, const struct shape *shape, unsigned int times)
{
	struct frame frame;

	frame_build(&frame, shape);
	while (times--)
		rig_run(rig, door, &frame);
}

static void an_event_tells_the_whole_refusal(void **state)
{
	static const uint8_t mapped[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [13] = 0, [14] = 2, [15] = 7};
	struct rig *rig = *state;

	samples(rig, 100);
	rig->settings.resets = ~0u;
	rig_settings(rig);
	ban(rig, "192.0.2.7", REASON_RATE_LIMITED);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
		struct heard heard;
		uint64_t now = rig_boot_ns();

		send(rig, door, &(struct shape){.port = OWN_PORT + 1, .source_port = 4242}, 1);
		heard = listen_now(rig);
		assert_int_equal(heard.count, 1);
		assert_memory_equal(heard.last.address, mapped, 16);
		/* By the exact clock: the coarse one would be up to a tick before we asked. */
		assert_true(heard.last.at >= now && heard.last.at <= rig_boot_ns());
		assert_int_equal(heard.last.port, OWN_PORT + 1);
		assert_int_equal(heard.last.source_port, 4242);
		assert_int_equal(heard.last.door, DOOR_INGRESS);
		assert_int_equal(heard.last.family, FAMILY_IPV4);
		assert_int_equal(heard.last.transport, TRANSPORT_TCP);
		assert_int_equal(heard.last.verdict, VERDICT_REFUSE);
		assert_int_equal(heard.last.reason, REASON_RATE_LIMITED);
		assert_int_equal(heard.last.service, OTHER_SERVICE);
		assert_int_equal(heard.last.reset, 1);
		assert_int_equal(heard.last.ifindex, 1);
	}
}

static void what_would_be_refused_is_told_as_such(void **state)
{
	struct rig *rig = *state;
	struct heard heard;

	samples(rig, 100);
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	ban(rig, "192.0.2.7", REASON_BAD_SCORE);
	/* By its carrier: the event names the host inside, and the packet's family. */
	send(rig, DOOR_XDP,
	     &(struct shape){.family = FAMILY_IPV6,
			     .source = "64:ff9b::192.0.2.7",
			     .transport = TRANSPORT_QUIC},
	     1);
	heard = listen_now(rig);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.last.verdict, VERDICT_WOULD_REFUSE);
	assert_int_equal(heard.last.family, FAMILY_IPV6);
	assert_int_equal(heard.last.transport, TRANSPORT_QUIC);
	assert_int_equal(heard.last.address[15], 7);
	assert_int_equal(heard.last.reset, 0);
}

static void a_flood_is_sampled_by_reason(void **state)
{
	struct rig *rig = *state;
	struct heard heard;

	samples(rig, 10);
	ban(rig, "192.0.2.7", REASON_BAD_SCORE);
	ban(rig, "192.0.2.8", REASON_OPERATOR);
	send(rig, DOOR_XDP, &(struct shape){0}, 2000);
	heard = listen_now(rig);
	/* One window, or two when it changed meanwhile. */
	assert_true(heard.count == 10 || heard.count == 20);
	send(rig, DOOR_TC, &(struct shape){.source = "192.0.2.8"}, 2000);
	heard = listen_now(rig);
	assert_true(heard.count == 10 || heard.count == 20);
	assert_int_equal(heard.last.reason, REASON_OPERATOR);
}

static void the_next_second_is_sampled_anew(void **state)
{
	struct rig *rig = *state;

	samples(rig, 1);
	ban(rig, "192.0.2.7", REASON_BAD_SCORE);
	send(rig, DOOR_XDP, &(struct shape){0}, 100);
	listen_now(rig);
	usleep(1100000); /* a window has 2^30 ns */
	send(rig, DOOR_XDP, &(struct shape){0}, 100);
	assert_in_range(listen_now(rig).count, 1, 2);
}

static void nobody_listens_and_all_are_refused(void **state)
{
	struct rig *rig = *state;
	struct tally tallies[COUNTERS];

	samples(rig, ~0u);
	ban(rig, "192.0.2.7", REASON_BAD_SCORE);
	send(rig, DOOR_XDP, &(struct shape){0}, 20000); /* the buffer holds about 5,400 */
	rig_counters(rig, tallies);
	assert_int_equal(
		tallies[counter_index(DOOR_INGRESS, FAMILY_IPV4, SERVICE)].refused.bad_score,
		20000);
}

static void no_samples_no_events(void **state)
{
	struct rig *rig = *state;

	ban(rig, "192.0.2.7", REASON_BAD_SCORE);
	send(rig, DOOR_XDP, &(struct shape){0}, 100);
	send(rig, DOOR_XDP, &(struct shape){.source = "192.0.2.9"}, 100);
	assert_int_equal(listen_now(rig).count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_event_tells_the_whole_refusal, deaf),
		cmocka_unit_test_setup(what_would_be_refused_is_told_as_such, deaf),
		cmocka_unit_test_setup(a_flood_is_sampled_by_reason, deaf),
		cmocka_unit_test_setup(the_next_second_is_sampled_anew, deaf),
		cmocka_unit_test_setup(nobody_listens_and_all_are_refused, deaf),
		cmocka_unit_test_setup(no_samples_no_events, deaf),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets whose headers do not lie in the first piece of the kernel's buffer: real ones, by a tap device that takes a
 * packet in pieces, through the TC door as attached. Only the Ethernet header comes in the first piece.
 */
#include "expect.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* BPF_TCX_INGRESS, which older headers do not know. */
static const enum bpf_attach_type tcx_ingress = (enum bpf_attach_type)46;

enum { PIECE = 14, WAIT_US = 1000, WAITS = 1000 };

static int tap_open(void)
{
	struct ifreq request = {.ifr_name = "pgtap",
				.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS};
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), control = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		return -1;
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	assert_return_code(ioctl(control, SIOCSIFFLAGS, &request), 0);
	close(control);
	return fd;
}

static void send_scattered(int tap, const struct frame *frame)
{
	struct iovec pieces[] = {
		{(void *)frame->bytes, PIECE},
		{(void *)(frame->bytes + PIECE), frame->size - PIECE},
	};

	assert_int_equal(writev(tap, pieces, ARRAY_SIZE(pieces)), frame->size);
}

static const struct {
	const char *what;
	struct shape shape;
} rows[] = {
	{"SYN", {.family = FAMILY_IPV4}},
	{"SYN in IPv6", {.family = FAMILY_IPV6}},
	{"SYN behind options", {.options = 40}},
	{"SYN behind headers", {.family = FAMILY_IPV6, .headers = "hdrd", .header_words = 20}},
	{"Initial", {.transport = TRANSPORT_QUIC}},
	{"Initial in IPv6", {.family = FAMILY_IPV6, .transport = TRANSPORT_QUIC}},
	{"Initial with a token to 4 bytes", {.transport = TRANSPORT_QUIC, .id = 4 + 1, .token = 3}},
	{"tagged SYN", {.tags = 1}},
	{"SYN behind two tags", {.tags = 2, .family = FAMILY_IPV6}},
};

static uint64_t refused(struct rig *rig)
{
	struct tally tallies[COUNTERS];

	rig_counters(rig, tallies);
	return tallies[counter_index(DOOR_INGRESS, FAMILY_IPV4, SERVICE)].refused.bad_score +
	       tallies[counter_index(DOOR_INGRESS, FAMILY_IPV6, SERVICE)].refused.bad_score;
}

static const struct record ban = {.until = FOREVER_NS,
				  .standing = STANDING_BANNED,
				  .reason = REASON_BAD_SCORE,
				  .services = 0xff};

static void scattered_headers_hide_nothing(void **state)
{
	struct rig *rig = *state;
	int tap, link;

	if (unshare(CLONE_NEWNET) || (tap = tap_open()) < 0) {
		print_message("# no tap device that takes pieces here\n");
		skip();
	}
	link = bpf_link_create(bpf_program__fd(rig->gate->progs.gate_tc),
			       (int)if_nametoindex("pgtap"), tcx_ingress, NULL);
	if (link < 0) {
		print_message("# no TCX here (kernels before 6.6)\n");
		close(tap);
		skip();
	}
	for (int family = 0; family < FAMILIES; family++)
		rig_put(rig, honest_source(family, 0), &ban);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint64_t before = refused(rig);
		struct frame frame;
		int waits = 0;

		frame_build(&frame, &rows[i].shape);
		send_scattered(tap, &frame);
		while (refused(rig) == before && waits++ < WAITS)
			usleep(WAIT_US);
		if (refused(rig) != before + 1)
			fail_msg("%s: not refused", rows[i].what);
	}
	close(link);
	close(tap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(scattered_headers_hide_nothing, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}

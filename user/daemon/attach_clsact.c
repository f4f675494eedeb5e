/* SPDX-License-Identifier: BSD-2-Clause */
/* attach_clsact: the rung of kernels before 6.6: a filter on the ingress of a clsact qdisc, found again by handle and priority. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attach.h"

/* Ours among other filters: "pg"; early, so that a filter that accepts does not hide packets from the gate. */
enum { FILTER_HANDLE = 0x7067, FILTER_PRIORITY = 7 };

static struct bpf_tc_hook hook_of(uint32_t ifindex, enum side side)
{
	return (struct bpf_tc_hook){.sz = sizeof(struct bpf_tc_hook),
				    .ifindex = (int)ifindex,
				    .attach_point =
					    side == SIDE_INGRESS ? BPF_TC_INGRESS : BPF_TC_EGRESS};
}

static struct bpf_tc_opts filter(void)
{
	return (struct bpf_tc_opts){.sz = sizeof(struct bpf_tc_opts),
				    .handle = FILTER_HANDLE,
				    .priority = FILTER_PRIORITY};
}

const char *clsact_pin(enum side side)
{
	return side == SIDE_INGRESS ? PIN_FILTER : PIN_EGRESS_FILTER;
}

uint32_t clsact_program(uint32_t ifindex, enum side side)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side);
	struct bpf_tc_opts options = filter();

	return bpf_tc_query(&hook, &options) ? 0 : options.prog_id;
}

/* Whether any filter hangs on that side of the qdisc; true also when the kernel does not tell. */
static bool has_filters(int socket, uint32_t ifindex, uint32_t parent)
{
	struct {
		struct nlmsghdr header;
		struct tcmsg filter;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETTFILTER,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.filter = {.tcm_family = AF_UNSPEC,
			   .tcm_ifindex = (int)ifindex,
			   .tcm_parent = parent},
	};
	char answer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *first = (const struct nlmsghdr *)answer;
	ssize_t got;

	if (send(socket, &request, sizeof(request), 0) < 0)
		return true;
	got = recv(socket, answer, sizeof(answer), 0);
	return got < (ssize_t)sizeof(*first) || first->nlmsg_type != NLMSG_DONE;
}

static bool is_empty(uint32_t ifindex)
{
	int sockets[2] = {devices_open(), devices_open()};
	bool empty = sockets[0] >= 0 && sockets[1] >= 0 &&
		     !has_filters(sockets[0], ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)) &&
		     !has_filters(sockets[1], ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));

	for (int i = 0; i < 2; i++)
		if (sockets[i] >= 0)
			close(sockets[i]);
	return empty;
}

int clsact_remove(uint32_t ifindex, enum side side, bool own_qdisc, bool *ret_bare)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side);
	struct bpf_tc_opts options = filter();
	int error = bpf_tc_detach(&hook, &options);

	*ret_bare = own_qdisc && is_empty(ifindex);
	if (*ret_bare) {
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		bpf_tc_hook_destroy(&hook);
	}
	return error;
}

static bool is_pinned(const struct pins *pins, const char *prefix, const char *ifname)
{
	char pin[PIN_NAME_MAX];
	int fd;

	pin_name(pin, prefix, ifname);
	fd = pins_get(pins, pin);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* The qdisc is ours until its last filter of ours is gone; what others hung there by then keeps it. */
void clsact_detach(const struct pins *pins, const char *ifname, uint32_t ifindex, enum side side)
{
	char pin[PIN_NAME_MAX];
	bool bare;

	clsact_remove(ifindex, side, is_pinned(pins, PIN_QDISC, ifname), &bare);
	pin_name(pin, clsact_pin(side), ifname);
	pins_remove(pins, pin);
	if (is_pinned(pins, clsact_pin(side == SIDE_INGRESS ? SIDE_EGRESS : SIDE_INGRESS), ifname))
		return;
	pin_name(pin, PIN_QDISC, ifname);
	pins_remove(pins, pin);
}

static int put_filter(uint32_t ifindex, enum side side, int program)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side);
	struct bpf_tc_opts options = filter();

	options.prog_fd = program;
	options.flags = BPF_TC_F_REPLACE;
	return bpf_tc_attach(&hook, &options);
}

static int pin_program(struct gate *self, const char *prefix, const char *ifname,
		       enum variant variant)
{
	char pin[PIN_NAME_MAX];

	pin_name(pin, prefix, ifname);
	return pins_put(&self->pins, pin, self->programs[variant].fd);
}

/* The pins come first: what hangs without a pin would not be found by `off`. */
int clsact_attach(struct gate *self, const char *ifname, uint32_t ifindex, enum side side,
		  enum variant variant)
{
	struct bpf_tc_hook hook = hook_of(ifindex, side);
	int error = bpf_tc_hook_create(&hook);

	if (error && error != -EEXIST)
		return error;
	if (!error)
		error = pin_program(self, PIN_QDISC, ifname, variant);
	else
		error = 0;
	if (!error)
		error = pin_program(self, clsact_pin(side), ifname, variant);
	if (!error)
		error = put_filter(ifindex, side, self->programs[variant].fd);
	if (error)
		clsact_detach(&self->pins, ifname, ifindex, side);
	return error;
}

int clsact_update(struct gate *self, const char *ifname, uint32_t ifindex, enum side side,
		  enum variant variant)
{
	int error;

	if (clsact_program(ifindex, side) == self->programs[variant].id)
		return 0;
	error = put_filter(ifindex, side, self->programs[variant].fd);
	return error ? error : pin_program(self, clsact_pin(side), ifname, variant);
}

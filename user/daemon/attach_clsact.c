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

static struct bpf_tc_hook hook_of(uint32_t ifindex)
{
	return (struct bpf_tc_hook){.sz = sizeof(struct bpf_tc_hook),
				    .ifindex = (int)ifindex,
				    .attach_point = BPF_TC_INGRESS};
}

static struct bpf_tc_opts filter(void)
{
	return (struct bpf_tc_opts){.sz = sizeof(struct bpf_tc_opts),
				    .handle = FILTER_HANDLE,
				    .priority = FILTER_PRIORITY};
}

uint32_t clsact_program(uint32_t ifindex)
{
	struct bpf_tc_hook hook = hook_of(ifindex);
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

int clsact_remove(uint32_t ifindex, bool own_qdisc)
{
	struct bpf_tc_hook hook = hook_of(ifindex);
	struct bpf_tc_opts options = filter();
	int error = bpf_tc_detach(&hook, &options);

	if (!error && own_qdisc && is_empty(ifindex)) {
		hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
		bpf_tc_hook_destroy(&hook);
	}
	return error;
}

void clsact_detach(const struct pins *pins, const char *ifname, uint32_t ifindex)
{
	char filter_pin[PIN_NAME_MAX], qdisc_pin[PIN_NAME_MAX];
	int own;

	pin_name(filter_pin, PIN_FILTER, ifname);
	pin_name(qdisc_pin, PIN_QDISC, ifname);
	own = pins_get(pins, qdisc_pin);
	clsact_remove(ifindex, own >= 0);
	if (own >= 0)
		close(own);
	pins_remove(pins, filter_pin);
	pins_remove(pins, qdisc_pin);
}

static int put_filter(uint32_t ifindex, int program, uint32_t flags)
{
	struct bpf_tc_hook hook = hook_of(ifindex);
	struct bpf_tc_opts options = filter();

	options.prog_fd = program;
	options.flags = flags;
	return bpf_tc_attach(&hook, &options);
}

static int pin_filter(struct gate *self, const struct gate_link *link, const char *prefix)
{
	char pin[PIN_NAME_MAX];

	pin_name(pin, prefix, link->shown.name);
	return pins_put(&self->pins, pin, self->programs[link->variant].fd);
}

/* The pins come first: what hangs without a pin would not be found by `off`. */
int clsact_attach(struct gate *self, struct gate_link *link, const struct device *device)
{
	struct bpf_tc_hook hook = hook_of(device->ifindex);
	int error = bpf_tc_hook_create(&hook);

	if (error && error != -EEXIST)
		return error;
	if (!error)
		error = pin_filter(self, link, PIN_QDISC);
	else
		error = 0;
	if (!error)
		error = pin_filter(self, link, PIN_FILTER);
	if (!error)
		error = put_filter(device->ifindex, self->programs[link->variant].fd,
				   BPF_TC_F_REPLACE);
	if (error)
		clsact_detach(&self->pins, link->shown.name, device->ifindex);
	return error;
}

int clsact_update(struct gate *self, struct gate_link *link)
{
	int error;

	if (clsact_program(link->shown.ifindex) == self->programs[link->variant].id)
		return 0;
	error = put_filter(link->shown.ifindex, self->programs[link->variant].fd, BPF_TC_F_REPLACE);
	return error ? error : pin_filter(self, link, PIN_FILTER);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* attach: the rungs of the ladder and what is pinned of them, for the files that hang programs on interfaces. */
#ifndef ATTACH_H
#define ATTACH_H

#include "devices.h"
#include "gate_state.h"

/*
 * Pins: a link, or (clsact has none) the program; the same for what leaves the interface; the last says that the qdisc under the
 * filters is ours as well.
 */
#define PIN_LINK "link_"
#define PIN_FILTER "filter_"
#define PIN_EGRESS "egress_"
#define PIN_EGRESS_FILTER "egressfilter_"
#define PIN_QDISC "qdisc_"

enum side { SIDE_INGRESS, SIDE_EGRESS };

/* Hangs the program for @device on one rung and pins it. On failure nothing has changed, and the errno is the kernel's own. */
int rung_attach(struct gate *self, struct gate_link *link, const struct device *device,
		enum rung rung);

/* Takes the program off, wherever it hangs, and its pins away; what leaves the interface is another matter. */
void rung_detach(struct gate *self, struct gate_link *link);

/* Both sides of an interface. */
void link_detach(struct gate *self, struct gate_link *link);

/* Takes a link off, whoever else holds it. */
void link_let_go(int fd);

/* Puts this build's programs behind what hangs already, on both sides; nothing when they are there. No packet sees a gap. */
int rung_update(struct gate *self, struct gate_link *link);

/* Tells the programs of the interface what they cannot see; -ENODEV: it is gone. */
int rung_tell(struct gate *self, const struct gate_link *link);

/* The same for clsact, which is a filter below a qdisc, on either side. */
int clsact_attach(struct gate *self, const char *ifname, uint32_t ifindex, enum side side,
		  enum variant variant);
void clsact_detach(const struct pins *pins, const char *ifname, uint32_t ifindex, enum side side);
int clsact_update(struct gate *self, const char *ifname, uint32_t ifindex, enum side side,
		  enum variant variant);
const char *clsact_pin(enum side side);

/* Id of the program in the filter that has our handle and priority; 0: none. */
uint32_t clsact_program(uint32_t ifindex, enum side side);

/* Takes our filter off, and the qdisc too when @own_qdisc says that it is ours and it holds nothing else: *ret_bare then. */
int clsact_remove(uint32_t ifindex, enum side side, bool own_qdisc, bool *ret_bare);

/*
 * Hangs this build's program on what leaves an interface that is attached, or puts it behind what hangs there; takes it off when
 * there is no such program. That it cannot be had is told by the note and keeps nobody from judging what comes in.
 */
void egress_settle(struct gate *self, struct gate_link *link, const struct device *device);
void egress_detach(struct gate *self, struct gate_link *link);

/* Takes over what is pinned for @link; lets go of what is dead. */
void egress_adopt(struct gate *self, struct gate_link *link, const struct device *device);
int egress_pin(const struct gate *self, const struct gate_link *link, const struct pins *pins);

/* What a link of an interface hangs on; @ifindex 0: on nothing any more. */
struct held {
	uint32_t type, program, ifindex;
	enum side side;
};
int held_read(int fd, struct held *ret);

/* Whether it is a TCX link of this side that really hangs on @device, not on another namespace's of that number. */
bool held_is_tcx(const struct held *held, const struct device *device, enum side side);

/* Takes over the pinned links that are alive; lets go of the others. */
int attach_adopt(struct gate *self, struct why *why);

/* Pins what hangs into @pins as well. */
int attach_pin(const struct gate *self, const struct pins *pins, struct why *why);

/* Whether the packets of this kind of device start with the IP header; or with one that the gate cannot read. */
bool device_is_bare(const struct device *device);
bool device_is_readable(const struct device *device);

/* Why the kernel refused a rung, and what helps, as one sentence. Returns @error. */
int attach_why(const struct device *device, enum rung rung, int error, struct why *why);

struct gate_link *link_of(struct gate *self, const char *ifname);
struct gate_link *link_add(struct gate *self, const char *ifname, struct why *why);

/* One attempt at an interface that somebody wants: finds it, checks it, climbs its ladder; the outcome is in @link's note. */
int link_climb(struct gate *self, struct gate_link *link, struct why *why);

void link_describe(struct gate_link *link, const struct device *device, const char *better);

/* The interface is gone: its link is empty, its pin worthless. */
void link_forget(struct gate *self, struct gate_link *link, const char *note);

#endif

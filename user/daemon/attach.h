/* SPDX-License-Identifier: BSD-2-Clause */
/* attach: the rungs of the ladder and what is pinned of them, for the files that hang programs on interfaces. */
#ifndef ATTACH_H
#define ATTACH_H

#include "devices.h"
#include "gate_state.h"

/* Pins: a link, or (clsact has none) the program; the third says that the qdisc under it is ours as well. */
#define PIN_LINK "link_"
#define PIN_FILTER "filter_"
#define PIN_QDISC "qdisc_"

/* Hangs the program for @device on one rung and pins it. On failure nothing has changed, and the errno is the kernel's own. */
int rung_attach(struct gate *self, struct gate_link *link, const struct device *device,
		enum rung rung);

/* Takes the program off, wherever it hangs, and its pins away. */
void rung_detach(struct gate *self, struct gate_link *link);

/* Takes a link off, whoever else holds it. */
void link_let_go(int fd);

/* Puts this build's program behind what hangs already; nothing when it is there. No packet sees a gap. */
int rung_update(struct gate *self, struct gate_link *link);

/* Tells the programs of the interface what they cannot see; -ENODEV: it is gone. */
int rung_tell(struct gate *self, const struct gate_link *link);

/* The same for clsact, which is a filter below a qdisc. */
int clsact_attach(struct gate *self, struct gate_link *link, const struct device *device);
void clsact_detach(const struct pins *pins, const char *ifname, uint32_t ifindex);
int clsact_update(struct gate *self, struct gate_link *link);

/* Id of the program in the filter that has our handle and priority; 0: none. */
uint32_t clsact_program(uint32_t ifindex);

/* Takes our filter off, and the qdisc too when @own_qdisc says that it is ours and it holds nothing else. */
int clsact_remove(uint32_t ifindex, bool own_qdisc);

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

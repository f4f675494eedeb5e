/* SPDX-License-Identifier: BSD-2-Clause */
/* attach: the ladder: which rungs an interface has, which of them are sound, and the first that the kernel takes. */
#include "attach.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Best first. veth copies every packet for native XDP, so TC is faster there; XDP on what has no Ethernet header is
 * accepted by the kernel and judges nothing.
 */
static const enum rung wire[] = {RUNG_NATIVE, RUNG_TCX, RUNG_CLSACT, RUNG_GENERIC, RUNG_AUTO};
static const enum rung veth[] = {RUNG_TCX, RUNG_CLSACT, RUNG_GENERIC, RUNG_AUTO};
static const enum rung bare[] = {RUNG_TCX, RUNG_CLSACT, RUNG_AUTO};

static const enum rung *ladder_of(const struct device *device)
{
	if (device_is_bare(device))
		return bare;
	return strcmp(device->kind, "veth") && device->type != ARPHRD_LOOPBACK ? wire : veth;
}

struct gate_link *link_of(struct gate *self, const char *ifname)
{
	for (unsigned int i = 0; i < self->link_count; i++)
		if (!strcmp(self->links[i].shown.name, ifname))
			return &self->links[i];
	return NULL;
}

struct gate_link *link_add(struct gate *self, const char *ifname, struct why *why)
{
	struct gate_link *link;

	if (self->link_count == GATE_INTERFACES_MAX) {
		why_fill(why, -E2BIG, "%s: %d interfaces are gated already, more is not possible",
			 ifname, GATE_INTERFACES_MAX);
		return NULL;
	}
	link = &self->links[self->link_count++];
	*link = (struct gate_link){.fd = -1, .egress = {.fd = -1}};
	snprintf(link->shown.name, sizeof(link->shown.name), "%s", ifname);
	return link;
}

static void link_drop(struct gate *self, struct gate_link *link)
{
	*link = self->links[--self->link_count];
}

static int check_kind(const struct device *device, enum rung rung, bool force_lo, struct why *why)
{
	if (device->type == ARPHRD_LOOPBACK && !force_lo)
		return why_fill(why, -EPERM,
				"%s: every local connection would be judged, and those to own "
				"addresses nowhere else; give --gate-lo yes if you mean it",
				device->name);
	if (!device_is_readable(device))
		return why_fill(why, -EOPNOTSUPP,
				"%s: its link header (ARPHRD %u) is none that the gate can read",
				device->name, device->type);
	if (device_is_bare(device) && (rung == RUNG_NATIVE || rung == RUNG_GENERIC))
		return why_fill(why, -EOPNOTSUPP,
				"%s: it has no Ethernet header, so %s XDP would judge nothing: use "
				"--attach auto or tcx",
				device->name, rung_word(rung));
	return 0;
}

/* Whether @device stands in a stack with @other, which is gated already, or to be. */
static int check_pair(const struct device *all, unsigned int count, const struct device *device,
		      const struct device *other, struct why *why)
{
	if (device_is_above(all, count, device->ifindex, other->ifindex))
		return why_fill(
			why, -EEXIST,
			"%s: covered by %s, which is gated: its packets would be judged twice",
			device->name, other->name);
	if (device_is_above(all, count, other->ifindex, device->ifindex))
		return why_fill(why, -EEXIST,
				"%s: %s stands on it and is gated: packets would be judged twice; "
				"gate %s alone",
				device->name, other->name, device->name);
	return 0;
}

/* Against what is wanted: what hangs from a daemon before us and is not wanted goes soon. */
static int check_cover(const struct gate *self, const struct device *device, struct why *why)
{
	struct device *all = NULL;
	unsigned int count = 0;
	int error = devices_all(self->asking, &all, &count);

	for (unsigned int i = 0; !error && i < self->link_count; i++) {
		const struct gate_link *link = &self->links[i];
		struct device other = {.ifindex = link->shown.ifindex};

		memcpy(other.name, link->shown.name, sizeof(other.name));
		if (link->wanted && link->shown.rung != RUNG_AUTO)
			error = check_pair(all, count, device, &other, why);
	}
	free(all);
	return error;
}

static int find(const struct gate *self, const char *ifname, struct device *ret, struct why *why)
{
	int error = device_find(self->asking, ifname, ret);

	if (error == -ENODEV)
		return why_fill(why, error,
				"%s: there is no such interface (ip link shows those there are)",
				ifname);
	return error ? why_fill(why, error, "%s: cannot ask for it: %s", ifname, strerror(-error))
		     : 0;
}

static int check_pairs(const struct gate *self, const struct device *asked, unsigned int count,
		       struct why *why)
{
	struct device *all = NULL;
	unsigned int all_count = 0;
	int error = devices_all(self->asking, &all, &all_count);

	for (unsigned int i = 0; !error && i < count; i++)
		for (unsigned int k = 0; !error && k < i; k++)
			error = check_pair(all, all_count, &asked[i], &asked[k], why);
	free(all);
	return error;
}

int gate_check(struct gate *self, const char ifnames[][16], unsigned int count, enum rung rung,
	       bool force_lo, struct why *why)
{
	struct device asked[GATE_INTERFACES_MAX];
	int error = 0;

	if (count > GATE_INTERFACES_MAX)
		return why_fill(why, -E2BIG, "%u interfaces: at most %d can be gated", count,
				GATE_INTERFACES_MAX);
	for (unsigned int i = 0; !error && i < count; i++) {
		error = find(self, ifnames[i], &asked[i], why);
		if (!error)
			error = check_kind(&asked[i], rung, force_lo, why);
	}
	return error ? error : check_pairs(self, asked, count, why);
}

/* What a person should know of the rung in use: why no better one (@better), and where a reset does not go. */
void link_describe(struct gate_link *link, const struct device *device, const char *better)
{
	const char *reset = "";

	if (link->shown.rung == RUNG_NATIVE && !strcmp(device->kind, "veth"))
		reset = "no resets on a veth with native XDP: dropped instead";
	else if (link->shown.rung == RUNG_NATIVE && device_takes_tags(device))
		reset = "no resets while the driver takes VLAN tags off: dropped instead (ethtool "
			"-K rxvlan off)";
	link->shown.resets = !reset[0];
	snprintf(link->shown.note, sizeof(link->shown.note), "%.400s%s%s", better,
		 better[0] && reset[0] ? "; " : "", reset);
}

static int try_rung(struct gate *self, struct gate_link *link, const struct device *device,
		    enum rung rung, struct why *why)
{
	int error;

	if (rung == RUNG_TCX && !self->has_tcx)
		error = -EINVAL;
	else
		error = rung_attach(self, link, device, rung);
	return error ? attach_why(device, rung, error, why) : 0;
}

static int climb(struct gate *self, struct gate_link *link, const struct device *device,
		 struct why *why)
{
	const enum rung forced[] = {link->asked, RUNG_AUTO};
	const enum rung *rungs = link->asked == RUNG_AUTO ? ladder_of(device) : forced;
	struct why first = {""};
	int error = -EOPNOTSUPP;

	for (; error && *rungs != RUNG_AUTO; rungs++) {
		/* That a kernel has no TCX says nothing of the interface; who asked for it wants to know. */
		bool silent = *rungs == RUNG_TCX && !self->has_tcx && link->asked == RUNG_AUTO;

		error = try_rung(self, link, device, *rungs, silent ? NULL : &first);
	}
	if (error)
		return why_fill(why, error, "%s", first.sentence);
	link_describe(link, device, first.sentence);
	egress_settle(self, link, device);
	return 0;
}

int link_climb(struct gate *self, struct gate_link *link, struct why *why)
{
	struct why local = {""};
	struct device device;
	int error = find(self, link->shown.name, &device, &local);

	if (!error)
		error = check_kind(&device, link->asked, link->force_lo, &local);
	if (!error)
		error = check_cover(self, &device, &local);
	if (!error)
		error = climb(self, link, &device, &local);
	if (!error)
		return 0;
	memcpy(link->shown.note, local.sentence, sizeof(link->shown.note));
	return why_fill(why, error, "%s", local.sentence);
}

/* Another rung is asked for than the one in use: the new one first, unless both need the one XDP slot. */
static int change_rung(struct gate *self, struct gate_link *link, enum rung rung, struct why *why)
{
	struct gate_link fresh = *link, old = *link;
	bool same_slot = old.shown.rung != RUNG_TCX && old.shown.rung != RUNG_CLSACT &&
			 (rung == RUNG_NATIVE || rung == RUNG_GENERIC);
	int error;

	fresh.fd = -1;
	fresh.asked = rung;
	if (same_slot)
		rung_detach(self, &old);
	error = link_climb(self, &fresh, why);
	if (error && same_slot)
		link_climb(self, link, NULL);
	if (error)
		return error;
	*link = fresh;
	/* Where both are links, the new pin has taken the old one's name. */
	if (!same_slot && old.shown.rung != RUNG_CLSACT && rung != RUNG_CLSACT)
		link_let_go(old.fd);
	else if (!same_slot)
		rung_detach(self, &old);
	return rung_tell(self, link);
}

/* What could not be had of an interface that is gated already may be there by now. */
static void try_egress(struct gate *self, struct gate_link *link)
{
	struct device device;

	if (link->egress.rung == RUNG_AUTO && !find(self, link->shown.name, &device, NULL))
		egress_settle(self, link, &device);
}

int gate_attach(struct gate *self, const char *ifname, enum rung rung, bool force_lo,
		struct why *why)
{
	struct gate_link *link = link_of(self, ifname);
	bool added = !link;
	int error;

	if (strlen(ifname) >= sizeof(link->shown.name))
		return why_fill(why, -ENODEV,
				"%s: there is no such interface: the name is too long", ifname);
	if (!link)
		link = link_add(self, ifname, why);
	if (!link)
		return -E2BIG;
	link->force_lo = force_lo;
	if (link->shown.rung == RUNG_AUTO) {
		link->asked = rung;
		error = link_climb(self, link, why);
	} else if (rung != RUNG_AUTO && rung != link->shown.rung) {
		error = change_rung(self, link, rung, why);
	} else {
		link->asked = rung;
		try_egress(self, link);
		error = 0;
	}
	if (!error)
		link->wanted = true;
	else if (added)
		link_drop(self, link);
	return error;
}

int gate_detach(struct gate *self, const char *ifname, struct why *why)
{
	struct gate_link *link = link_of(self, ifname);

	if (!link)
		return why_fill(why, -ENOENT, "%s: not gated", ifname);
	link_detach(self, link);
	link_drop(self, link);
	return 0;
}

unsigned int gate_interfaces(const struct gate *self, struct gate_interface *ret, unsigned int max)
{
	unsigned int count = self->link_count < max ? self->link_count : max;

	for (unsigned int i = 0; i < count; i++)
		ret[i] = self->links[i].shown;
	return count;
}

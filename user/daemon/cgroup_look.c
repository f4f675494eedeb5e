/* SPDX-License-Identifier: BSD-2-Clause */
#include "cgroup_look.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <peergate/words.h>

#include "cgroup_search.h"
#include "cgroup_tree.h"
#include "listeners.h"
#include "listening.h"

bool cgroup_look_is(const struct config *config, enum cgroup_kind kind)
{
	enum cgroup_kind first = CGROUP_AUTO;
	const char *name;

	if (config->cgroup_count)
		cgroup_name_parse(config->cgroups[0], &first, &name, NULL);
	return first == kind;
}

static void note(struct cgroup_look *self, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct cgroup_look *self, const char *format, ...)
{
	va_list arguments;

	if (self->note_count == LOOK_NOTES_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(self->notes[self->note_count++].sentence, WHY_MAX, format, arguments);
	va_end(arguments);
}

struct hearing {
	struct cgroup_look *look;
	int namespace;
};

static bool is_known(const struct cgroup_look *self, const struct cgroup_listener *listener)
{
	for (unsigned int i = 0; i < self->listener_count; i++) {
		const struct cgroup_listener *other = &self->listeners[i];

		if (other->namespace == listener->namespace &&
		    other->place.id == listener->place.id &&
		    !memcmp(&other->port, &listener->port, sizeof(other->port)))
			return true;
	}
	return false;
}

/* With a namespace of its own to listen in, a service is not what has its published ports out here. */
static bool is_proxied(const struct config *config, unsigned int service)
{
	for (unsigned int i = 0; i < config->netns_count; i++)
		if (config_netns_serves(config, &config->netns[i], service))
			return true;
	return false;
}

static void hear(void *context, const struct listening *listening)
{
	const struct hearing *hearing = context;
	struct cgroup_look *self = hearing->look;
	const struct config_port *port =
		listeners_port(&self->config, hearing->namespace, &listening->port);
	struct cgroup_listener listener = {
		.port = listening->port,
		.namespace = hearing->namespace,
		.place.id = listening->cgroup,
	};

	if (!port)
		return;
	listener.service = port->service;
	listener.proxy =
		hearing->namespace == NAMESPACE_OWN && is_proxied(&self->config, port->service);
	if (is_known(self, &listener))
		return;
	if (self->listener_count == LOOK_LISTENERS_MAX)
		self->listeners_left_out++;
	else
		self->listeners[self->listener_count++] = listener;
}

static void hear_all(struct cgroup_look *self)
{
	for (int i = 0; i < 1 + (int)self->config.netns_count; i++) {
		struct hearing hearing = {self, i - 1};
		int error = 0;

		if (self->sockets[i] >= 0)
			error = listening_each(self->sockets[i], hear, &hearing);
		if (error)
			note(self, "the kernel does not tell who listens%s%s: %s", i ? " in " : "",
			     i ? self->config.netns[i - 1].name : "", strerror(-error));
	}
}

static void note_named(struct cgroup_look *self, const struct cgroup_search *search, unsigned int i)
{
	const char *name = self->config.cgroups[i], *folder = search->first[i].folder;

	if (!folder[0])
		note(self, "cgroup %s is not there: its doors hang there as soon as it is", name);
	else if (!strcmp(folder, "/"))
		note(self,
		     "cgroup %s is the root of all: the dial door does not hang there, where it "
		     "would judge every process of this host; name the node's own cgroup",
		     name);
	else if (search->second[i].folder[0])
		note(self,
		     "cgroup %s may be %s or %s: the first one is taken; give the path of the one "
		     "that is meant",
		     name, folder, search->second[i].folder);
}

/* A path tells where it will be. */
static void expect_path(struct cgroup_place *place, const char *cgroup, const char *mount)
{
	const char *folder = cgroup[0] == '/' ? cgroup_below(cgroup, mount) : "";

	if (!place->folder[0] && strlen(mount) + strlen(folder) < sizeof(place->folder))
		strcpy(place->folder, folder);
	place->id = 0;
}

/* One that is away will most likely come back where it was. */
static void settle_named(struct cgroup_look *self, const struct cgroup_search *search)
{
	for (unsigned int i = 0; i < self->config.cgroup_count; i++) {
		self->unclear |= search->second[i].folder[0];
		if (search->first[i].folder[0])
			self->named[i] = search->first[i];
		else
			expect_path(&self->named[i], self->config.cgroups[i], self->mount);
		note_named(self, search, i);
	}
}

static void note_auto(struct cgroup_look *self, const struct cgroup_listener *one)
{
	const char *folder = one->place.folder;
	const char *with = folder[0] ? cgroup_shared_with(folder) : NULL;

	note(self,
	     "%s:%u of %s is listened on in %s%s%s: its dials over TCP are not judged; run it as a "
	     "unit of systemd or in a container (and name its netns), or name a cgroup",
	     transport_word(one->port.transport), one->port.port,
	     self->config.services[one->service],
	     folder[0] ? folder : "a cgroup that was removed or cannot be seen from here",
	     with ? ", the cgroup of " : "", with ? with : "");
}

static void note_stray(struct cgroup_look *self, const struct cgroup_listener *one)
{
	note(self,
	     "%s:%u of %s is listened on in %s on %s, outside the named cgroups: %s, and its dials "
	     "over TCP are not judged; name that cgroup, too",
	     transport_word(one->port.transport), one->port.port,
	     self->config.services[one->service],
	     one->place.folder[0] ? one->place.folder : "a cgroup that is gone",
	     one->namespace == NAMESPACE_OWN ? "this host"
					     : self->config.netns[one->namespace].name,
	     one->inside ? "it is counted at the root" : "the census alone counts its connections");
}

/* One sentence is enough: status lists them all. */
static void note_outside(struct cgroup_look *self)
{
	bool named = !cgroup_look_is(&self->config, CGROUP_AUTO);

	for (unsigned int i = 0; i < self->listener_count; i++) {
		const struct cgroup_listener *one = &self->listeners[i];

		if (one->proxy || one->dials)
			continue;
		(named ? note_stray : note_auto)(self, one);
		return;
	}
}

static void choose_auto(struct cgroup_look *self, uint64_t root)
{
	cgroup_memory_learn(&self->memory, self->listeners, self->listener_count);
	for (unsigned int i = 0; i < self->memory.count; i++)
		self->memory.all[i].place.id =
			cgroup_tree_id(self->mount, self->memory.all[i].place.folder);
	cgroup_choose_auto(&self->choice, self->mount, root, &self->memory);
	if (self->memory.full)
		note(self,
		     "the nodes listen in more than %d cgroups: the dial door hangs at so many of "
		     "them only",
		     GATE_CGROUPS_MAX - 1);
}

static void choose(struct cgroup_look *self, const struct cgroup_search *search)
{
	if (cgroup_look_is(&self->config, CGROUP_AUTO)) {
		choose_auto(self, search->root);
	} else {
		settle_named(self, search);
		cgroup_choose_named(&self->choice, self->mount, self->named,
				    self->config.cgroup_count);
	}
	cgroup_choice_cover(&self->choice, self->mount, self->listeners, self->listener_count);
	note_outside(self);
}

void cgroup_look(struct cgroup_look *self)
{
	struct cgroup_search search = {.look = self};
	unsigned int left_out = 0;
	int error;

	hear_all(self);
	if (cgroup_look_is(&self->config, CGROUP_NONE))
		return;
	error = cgroup_mount_find(self->mountinfo, self->mount, &self->notes[self->note_count]);
	if (error) {
		self->note_count++;
		self->mount[0] = '\0';
		return;
	}
	error = cgroup_search(&search, &left_out);
	if (error)
		note(self, "cgroups: %s cannot be read: %s", self->mount, strerror(-error));
	self->unclear |= left_out;
	if (left_out)
		note(self, "cgroups: %u folders have paths longer than %d letters: left out",
		     left_out, CGROUP_PATH_MAX - 1);
	choose(self, &search);
}

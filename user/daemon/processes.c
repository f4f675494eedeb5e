/* SPDX-License-Identifier: BSD-2-Clause */
#include "processes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup_tree.h"
#include "diag.h"
#include "listening.h"
#include "log.h"

/* Each twelfth look, once a minute or more often, walks the hierarchy even if all is where it was: a second unit of that name may be there. */
enum { LOOK_EACH_TICKS = 5, WALK_EACH_LOOKS = 12 };

/* Sockets of the namespaces stay open, and in place, while a look is in progress: see processes_tick(). */
static void prepare(struct processes *self, struct cgroup_look *look)
{
	const struct engine *engine = self->engine;

	memset(look, 0, sizeof(*look));
	look->config = engine->config;
	look->mountinfo = CGROUP_MOUNTS;
	look->before = self->looks++ % WALK_EACH_LOOKS ? self->last : NULL;
	look->memory = self->last->memory;
	memcpy(look->named, self->last->named, sizeof(look->named));
	look->sockets[0] = self->last->sockets[0];
	for (unsigned int i = 0; i < CONFIG_NETNS_MAX; i++) {
		struct namespace_view view = {.sockets = -1};

		if (i < namespaces_count(engine->namespaces))
			namespaces_view(engine->namespaces, i, &view);
		look->sockets[1 + i] = view.sockets;
	}
}

static bool was_noted(const struct cgroup_look *look, const struct why *note)
{
	for (unsigned int i = 0; i < look->note_count; i++)
		if (!strcmp(look->notes[i].sentence, note->sentence))
			return true;
	return false;
}

static bool carries(const struct cgroup_choice *choice, const struct gate_cgroup *cgroup)
{
	for (unsigned int i = 0; i < choice->count; i++)
		if (!memcmp(&choice->wanted[i], cgroup, sizeof(*cgroup)))
			return true;
	return false;
}

static void log_news(const struct cgroup_look *before, const struct cgroup_look *now)
{
	for (unsigned int i = 0; i < now->note_count; i++)
		if (!was_noted(before, &now->notes[i]))
			log_warning("%s", now->notes[i].sentence);
	for (unsigned int i = 0; i < now->choice.count; i++) {
		const struct gate_cgroup *cgroup = &now->choice.wanted[i];

		if (!carries(&before->choice, cgroup))
			log_info("%s: the doors for %s%s%s hang there", cgroup->path,
				 cgroup->sockets ? "sockets" : "",
				 cgroup->sockets && cgroup->dial ? " and " : "",
				 cgroup->dial ? "dials" : "");
	}
	for (unsigned int i = 0; i < before->choice.count; i++)
		if (!carries(&now->choice, &before->choice.wanted[i]))
			log_info("%s: no doors there any more", before->choice.wanted[i].path);
}

/* What was refused is tried again each time: its cause may have gone. */
static void apply(struct processes *self)
{
	struct cgroup_look *before = self->last, *now = self->next;
	struct why why = {""};

	if (gate_cgroups(self->engine->gate, now->choice.wanted, now->choice.count, &why))
		log_error("%s", why.sentence);
	log_news(before, now);
	self->last = now;
	self->next = before;
	cgroup_watch_follow(&self->watch, now);
}

static bool is_there(const struct cgroup_look *look, const struct cgroup_place *place)
{
	return !place->folder[0] || cgroup_tree_id(look->mount, place->folder) == place->id;
}

/* What carries a door, and what one waits for, is where the last look saw it. */
static bool is_as_seen(const struct cgroup_look *look)
{
	bool same = true;

	for (unsigned int i = 0; i < look->memory.count; i++)
		same &= is_there(look, &look->memory.all[i].place);
	for (unsigned int i = 0; i < look->config.cgroup_count; i++)
		same &= is_there(look, &look->named[i]);
	return same;
}

static void look(uv_work_t *work)
{
	struct processes *self = work->data;

	cgroup_look(self->next);
}

static void begin(struct processes *self);

static void looked(uv_work_t *work, int status)
{
	struct processes *self = work->data;
	bool again = self->stale || self->stirred;

	self->looking = false;
	if (self->closing)
		return;
	if (!status && !self->stale)
		apply(self);
	if (again && (self->stale || !is_as_seen(self->last)))
		begin(self);
}

static void begin(struct processes *self)
{
	int error;

	self->stale = self->stirred = false;
	self->ticks = 0;
	prepare(self, self->next);
	error = uv_queue_work(self->loop, &self->work, look, looked);
	self->looking = !error;
	if (error)
		log_warning("nobody can look for processes: %s", uv_strerror(error));
}

/* Many folders come and go that are nobody's: asking after ours costs a few microseconds. */
static void stirred(void *context)
{
	struct processes *self = context;

	self->stirred = true;
	if (!self->looking && !self->closing && !is_as_seen(self->last))
		begin(self);
}

int processes_open(struct processes *self, uv_loop_t *loop, struct engine *engine, struct why *why)
{
	*self = (struct processes){.engine = engine, .loop = loop};
	self->last = calloc(1, sizeof(*self->last));
	self->next = calloc(1, sizeof(*self->next));
	if (!self->last || !self->next) {
		free(self->last);
		free(self->next);
		self->last = NULL;
		return why_fill(why, -ENOMEM, "no memory to look for processes");
	}
	self->last->sockets[0] = diag_open();
	self->work.data = self;
	cgroup_watch_init(&self->watch, loop, stirred, self);
	prepare(self, self->next);
	cgroup_look(self->next);
	apply(self);
	return 0;
}

/* By auto a node that nobody has heard yet may begin to listen, and to dial, at any moment. */
static bool is_waiting(const struct cgroup_look *look)
{
	uint32_t heard = 0;

	for (unsigned int i = 0; i < look->listener_count; i++)
		heard |= 1U << look->listeners[i].service;
	return cgroup_look_is(&look->config, CGROUP_AUTO) &&
	       heard + 1 != 1U << look->config.service_count;
}

void processes_tick(struct processes *self)
{
	struct why why = {""};

	self->ticks++;
	if (self->looking)
		return;
	if (namespaces_check(self->engine->namespaces) && engine_listeners(self->engine, &why))
		log_error("%s", why.sentence);
	if (self->ticks >= LOOK_EACH_TICKS || is_waiting(self->last) || !is_as_seen(self->last))
		begin(self);
}

void processes_reload(struct processes *self)
{
	memset(&self->last->memory, 0, sizeof(self->last->memory));
	memset(self->last->named, 0, sizeof(self->last->named));
	self->looks = 0;
	self->stale = self->looking;
	if (!self->looking)
		begin(self);
}

void processes_close(struct processes *self)
{
	self->closing = true;
}

void processes_free(struct processes *self)
{
	if (!self->last)
		return;
	if (self->last->sockets[0] >= 0)
		close(self->last->sockets[0]);
	free(self->last);
	free(self->next);
	self->last = NULL;
}

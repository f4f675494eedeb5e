/* SPDX-License-Identifier: BSD-2-Clause */
#include "finder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

int finder_init(struct finder *ret, const struct follow_settings *settings, int pid,
		struct why *why)
{
	*ret = (struct finder){.root = "",
			       .dialect = settings->dialect,
			       .pid = pid,
			       .pid_given = pid,
			       .source_given = settings->name,
			       .api_given = settings->api,
			       .max_given = settings->peers_max,
			       .now = calloc(1, sizeof(*ret->now)),
			       .next = calloc(1, sizeof(*ret->next))};
	return ret->now && ret->next ? 0 : why_fill(why, -ENOMEM, "no memory to look for a node");
}

void finder_release(struct finder *self)
{
	free(self->now);
	free(self->next);
}

/* --- what is said --- */

static void say_source(const struct discovery *found)
{
	static const char *const words[] = {[SOURCE_FILE] = "",
					    [SOURCE_JOURNAL] = "the journal of ",
					    [SOURCE_DOCKER] = "the log of container "};

	log_info("follow: reads %s%s", words[found->kind], found->source);
}

static void say_found(const struct finder *self, const struct discovery *found)
{
	const struct node_place *place = &found->place;
	const char *unit = place->docker[0] ? place->docker : place->unit;

	log_info("follow: %s runs as process %d (user %s%s%.*s)", self->dialect->node.title,
		 place->pid, place->user[0] ? place->user : "?",
		 !unit[0]	    ? ""
		 : place->docker[0] ? ", container "
				    : ", unit ",
		 place->docker[0] ? 12 : (int)strlen(unit), unit);
	if (!self->source_given) {
		for (unsigned int i = 0; i < found->note_count; i++)
			log_info("follow: %s", found->notes[i]);
		if (found->has_source)
			say_source(found);
	}
	if (!self->api_given && found->api[0])
		log_info("follow: asks its API at %s", found->api);
	if (!self->max_given && found->peers_max)
		log_info("follow: it wants %u peers%s", found->peers_max,
			 found->options.told[NODE_MAX_PEERS] ? "" : " (its default)");
}

/* --- what is taken --- */

static void fill(struct finder *self, const struct discovery *found,
		 struct follow_settings *settings)
{
	if (!self->source_given) {
		strcpy(self->source, found->source);
		settings->kind = found->kind;
		settings->name = self->source;
	}
	if (!self->api_given) {
		strcpy(self->api, found->api);
		settings->api = self->api[0] ? self->api : NULL;
	}
	if (!self->max_given)
		settings->peers_max = found->peers_max;
	settings->tcp = found->tcp;
	settings->quic = found->quic;
}

/* The running node that is meant now, into self->next. */
static int look(struct finder *self, const struct follow_settings *settings, struct why *why)
{
	struct discovery_wish wish = {
		.pid = self->pid,
		.name = self->source_given ? settings->name : NULL,
		.kind = settings->kind,
	};
	struct why several = {0};
	int error;

	/* The process that was named, or one of several, is over: its next life has the same log. */
	if (self->gone && !self->source_given && self->pid_given)
		wish.like = self->now;
	error = discovery_choose(self->next, self->root, self->dialect, &wish, &several);
	if (error == -EMLINK && self->gone && !self->source_given && !wish.like) {
		wish.like = self->now;
		error = discovery_choose(self->next, self->root, self->dialect, &wish, NULL);
		error = error ? -EMLINK : 0;
	}
	return error ? why_fill(why, error, "%s", several.sentence) : 0;
}

static void adopt(struct finder *self, struct follow_settings *settings)
{
	struct discovery *old = self->now;

	self->now = self->next;
	self->next = old;
	self->gone = self->told = false;
	fill(self, self->now, settings);
}

static int wait_for_one(struct finder *self, const struct follow_settings *settings,
			struct why *why)
{
	int error;

	log_info(
		"follow: no running %s is found: waiting for one (a process named %s); --log FILE, "
		"--journal UNIT or --docker CONTAINER would end the wait",
		self->dialect->node.title, self->dialect->node.program);
	do {
		usleep(FINDER_LOOK_MS * 1000);
		error = look(self, settings, why);
	} while (error == -ENOENT);
	return error;
}

static int say_unreadable(const struct finder *self, struct why *why)
{
	return why_fill(why, -EACCES,
			"nothing of the log of process %d can be read: peergate follow %s "
			"--setup prints what lets a follower in",
			self->next->place.pid, self->dialect->name);
}

int finder_begin(struct finder *self, struct follow_settings *settings, struct why *why)
{
	int error = look(self, settings, why);

	if (error == -ENOENT && !self->source_given && !self->pid)
		error = wait_for_one(self, settings, why);
	if (error == -ENOENT && self->source_given && !self->pid)
		return 0;
	if (error)
		return error;
	say_found(self, self->next);
	if (!self->source_given && !self->next->has_source)
		return say_unreadable(self, why);
	adopt(self, settings);
	return 0;
}

/* --- going on --- */

static bool is_alive(const struct finder *self)
{
	return node_began(self->root, self->now->place.pid) == self->now->began;
}

static enum finder_change compare(const struct finder *self)
{
	const struct discovery *one = self->now, *other = self->next;

	if (!self->source_given && (one->kind != other->kind || strcmp(one->source, other->source)))
		return FINDER_SOURCE;
	if ((!self->api_given && strcmp(one->api, other->api)) ||
	    (!self->max_given && one->peers_max != other->peers_max) || one->tcp != other->tcp ||
	    one->quic != other->quic)
		return FINDER_API;
	return FINDER_NOTHING;
}

/* Whether there is something to look for now: a node whose process has ended, or one that was never seen. */
static bool is_wanted(struct finder *self)
{
	/* Without a node there is a source all the same: it is looked for at leisure, every fifth time. */
	enum { LEISURE = 5 };

	if (!self->now->began)
		return !(++self->looks % LEISURE);
	if (!self->gone && !is_alive(self)) {
		log_info("follow: process %d has ended: looking for the next %s, reading on "
			 "meanwhile",
			 self->now->place.pid, self->dialect->node.title);
		self->gone = true;
		/* The pid named one process, and it is over: whoever takes its place has another. */
		self->pid = 0;
	}
	return self->gone;
}

static void say_trouble(struct finder *self, const struct why *why)
{
	if (!self->told)
		log_warning("follow: %s", why->sentence);
	self->told = true;
}

enum finder_change finder_look(struct finder *self, struct follow_settings *settings)
{
	enum finder_change change;
	struct why why = {0};
	int error;

	if (!is_wanted(self))
		return FINDER_NOTHING;
	error = look(self, settings, &why);
	if (error == -ENOENT)
		return FINDER_NOTHING;
	if (!error && !self->source_given && !self->next->has_source)
		error = say_unreadable(self, &why);
	if (error) {
		say_trouble(self, &why);
		return FINDER_NOTHING;
	}
	change = compare(self);
	if (change == FINDER_NOTHING)
		log_info("follow: %s runs again, as process %d, with the same log and API",
			 self->dialect->node.title, self->next->place.pid);
	else
		say_found(self, self->next);
	adopt(self, settings);
	return change;
}

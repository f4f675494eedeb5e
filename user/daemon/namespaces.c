/* SPDX-License-Identifier: BSD-2-Clause */
#include "namespaces.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>
#include <uv.h>

#include "diag.h"
#include "log.h"
#include "namespace_find.h"
#include "privileges.h"

/* One namespace and its thread. The two semaphores hand a task over and back: only one side at a time touches the rest. */
struct namespace
{
	char name[CONFIG_PATH_MAX];
	uint64_t cookie;
	int fd, sockets;
	bool here;
	struct why note;
	struct namespace_watch watch;
	uv_thread_t thread;
	uv_sem_t asked, done;
	int (*make)(void *context); /* NULL: the thread is to end */
	void *context;
	int result;
};

struct namespaces {
	unsigned int count;
	struct namespace all[CONFIG_NETNS_MAX];
};

/*
 * A change of user is made by every thread of the process, or the process is ended by the C library: until then a thread has to
 * keep what that needs.
 */
static int enter(void *context)
{
	struct namespace *self = context;
	struct why why = {""};
	int error = setns(self->fd, CLONE_NEWNET) ? -errno : 0;

	if (error)
		return error;
	return privileges_shrink(UINT64_C(1) << CAP_SETUID | UINT64_C(1) << CAP_SETGID, &why);
}

static int surrender(void *context)
{
	struct why why = {""};

	(void)context;
	return privileges_shrink(0, &why);
}

static int open_sockets(void *context)
{
	(void)context;
	return diag_open();
}

static int read_cookie(void *context)
{
	struct namespace *self = context;

	self->cookie = gate_namespace_cookie();
	return self->cookie ? 0 : -EOPNOTSUPP;
}

/* Signals are the main thread's. */
static void serve(void *context)
{
	struct namespace *self = context;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (;;) {
		uv_sem_wait(&self->asked);
		if (!self->make)
			return;
		self->result = self->make(self->context);
		uv_sem_post(&self->done);
	}
}

static int ask(struct namespace *self, int (*make)(void *context), void *context)
{
	self->make = make;
	self->context = context;
	uv_sem_post(&self->asked);
	uv_sem_wait(&self->done);
	return self->result;
}

static void leave(struct namespace *self)
{
	if (!self->here)
		return;
	self->here = false;
	self->make = NULL;
	uv_sem_post(&self->asked);
	uv_thread_join(&self->thread);
	uv_sem_destroy(&self->asked);
	uv_sem_destroy(&self->done);
	if (self->sockets >= 0)
		close(self->sockets);
	self->sockets = -1;
	namespace_watch_close(&self->watch);
}

static int start(struct namespace *self)
{
	int error = uv_sem_init(&self->asked, 0);

	if (error)
		return error;
	error = uv_sem_init(&self->done, 0);
	if (!error) {
		error = uv_thread_create(&self->thread, serve, self);
		if (!error) {
			self->here = true;
			return 0;
		}
		uv_sem_destroy(&self->done);
	}
	uv_sem_destroy(&self->asked);
	return error;
}

/* From here on the namespace is held by the thread and by what is made there. */
static int settle(struct namespace *self)
{
	int error = start(self);

	if (!error)
		error = ask(self, enter, self);
	if (!error)
		error = ask(self, read_cookie, self);
	if (!error) {
		self->sockets = ask(self, open_sockets, self);
		error = self->sockets < 0 ? self->sockets : 0;
	}
	return error;
}

static void open_one(struct namespace *self, const char *name)
{
	int error;

	strcpy(self->name, name);
	self->sockets = -1;
	self->fd = namespace_find(name, &self->watch, &self->note);
	if (self->fd >= 0) {
		error = settle(self);
		if (error) {
			why_fill(&self->note, error, "%s cannot be entered: %s", name,
				 strerror(-error));
			leave(self);
		}
		close(self->fd);
	}
	if (self->here)
		log_info("netns: %s is entered", name);
	else
		log_warning("netns: %s; restart peergated when it is there", self->note.sentence);
}

int namespaces_open(struct namespaces **ret, const struct config *config, struct why *why)
{
	struct namespaces *self = calloc(1, sizeof(*self));

	if (!self)
		return why_fill(why, -ENOMEM, "no memory for the namespaces");
	self->count = config->netns_count;
	for (unsigned int i = 0; i < self->count; i++)
		open_one(&self->all[i], config->netns[i].name);
	*ret = self;
	return 0;
}

int namespaces_surrender(struct namespaces *self, struct why *why)
{
	for (unsigned int i = 0; i < namespaces_count(self); i++) {
		int error = self->all[i].here ? ask(&self->all[i], surrender, NULL) : 0;

		if (error)
			return why_fill(why, error,
					"the thread in %s cannot give up its capabilities: %s",
					self->all[i].name, strerror(-error));
	}
	return 0;
}

void namespaces_close(struct namespaces *self)
{
	for (unsigned int i = 0; i < namespaces_count(self); i++)
		leave(&self->all[i]);
	free(self);
}

unsigned int namespaces_count(const struct namespaces *self)
{
	return self ? self->count : 0;
}

void namespaces_view(const struct namespaces *self, unsigned int n, struct namespace_view *ret)
{
	const struct namespace *one = &self->all[n];

	*ret = (struct namespace_view){.name = one->name,
				       .cookie = one->here ? one->cookie : 0,
				       .sockets = one->sockets,
				       .here = one->here,
				       .note = one->note.sentence};
}

int namespaces_make(struct namespaces *self, unsigned int n, int (*make)(void *context),
		    void *context)
{
	return self->all[n].here ? ask(&self->all[n], make, context) : -ENONET;
}

static void say_gone(struct namespace *self)
{
	why_fill(&self->note, -ENONET,
		 "%s is gone: nothing is counted there; when it was made anew, restart peergated, "
		 "which may not enter it now",
		 self->name);
	log_warning("netns: %s", self->note.sentence);
}

bool namespaces_check(struct namespaces *self)
{
	bool left = false;

	for (unsigned int i = 0; i < namespaces_count(self); i++) {
		struct namespace *one = &self->all[i];

		if (!one->here || namespace_is_same(&one->watch))
			continue;
		leave(one);
		say_gone(one);
		left = true;
	}
	return left;
}

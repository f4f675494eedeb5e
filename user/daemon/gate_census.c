/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_census: works bpf/census*.bpf.c off, one slice at a time, in the order that makes the count exact. */
#include "gate_census.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "namespaces.h"
#include "units.h"

/* Sockets a slice: one costs about a microsecond. */
enum { SOCKETS_SLICE = 128 };

/* What a program that read the number of the last pass needs at most to write what it meant to. */
#define REST_NS (NS_PER_S / 10)

static bool is_possible(const struct gate *self)
{
	return self->census && self->census->shared && self->iterators[ITERATOR_CENSUS] >= 0 &&
	       self->programs[VARIANT_SETTLE].fd >= 0;
}

int census_open(struct gate *self, struct why *why)
{
	void *shared = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED,
			    self->maps[MAP_CENSUS], 0);

	if (shared == MAP_FAILED)
		return why_fill(why, -errno, "cannot map the census: %s", strerror(errno));
	self->census = calloc(1, sizeof(*self->census));
	if (!self->census) {
		munmap(shared, (size_t)sysconf(_SC_PAGESIZE));
		return why_fill(why, -ENOMEM, "no memory for the census");
	}
	self->census->fd = -1;
	self->census->shared = shared;
	return 0;
}

static void write_word(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static void stop(struct census_work *work)
{
	if (work->fd >= 0)
		close(work->fd);
	work->fd = -1;
	work->sweep = (struct sweep){0};
	work->phase = CENSUS_IDLE;
	if (work->shared->epoch)
		write_word(&work->shared->epoch, 0);
	work->rested_ns = gate_now_ns() + REST_NS;
}

void census_close(struct gate *self)
{
	if (!self->census)
		return;
	if (self->census->phase != CENSUS_IDLE)
		stop(self->census);
	munmap(self->census->shared, (size_t)sysconf(_SC_PAGESIZE));
	free(self->census);
	self->census = NULL;
}

int gate_census_begin(struct gate *self)
{
	struct census_work *work = self->census;

	if (!is_possible(self))
		return -EOPNOTSUPP;
	if (work->phase != CENSUS_IDLE)
		return -EALREADY;
	if (work->shared->epoch) /* a daemon before us ended in the middle of one */
		stop(work);
	work->now = (struct gate_census){.evicted = work->last.evicted};
	work->began_ns = gate_now_ns();
	work->phase = CENSUS_CLEAR;
	return 0;
}

bool gate_census_runs(const struct gate *self)
{
	return self->census && self->census->phase != CENSUS_IDLE;
}

void gate_census_last(const struct gate *self, struct gate_census *ret)
{
	*ret = (struct gate_census){0};
	if (!self->census)
		return;
	*ret = self->census->last;
	ret->found.lost = self->census->shared->lost;
	ret->records = self->entries[MAP_WITNESS];
	ret->records_max = self->max[MAP_WITNESS];
}

/* What a phase walks and by which program; the other one walks sockets. */
static const struct {
	enum map map;
	enum variant variant;
} walks[CENSUS_EVICT] = {
	[CENSUS_CLEAR] = {MAP_WITNESS, VARIANT_SETTLE},
	[CENSUS_CLEAR_CROWDS] = {MAP_CROWDS, VARIANT_SETTLE_CROWDS},
	[CENSUS_FLOWS] = {MAP_FLOWS, VARIANT_FLOWS},
	[CENSUS_SETTLE] = {MAP_WITNESS, VARIANT_SETTLE},
	[CENSUS_SETTLE_CROWDS] = {MAP_CROWDS, VARIANT_SETTLE_CROWDS},
};

static int create_there(void *link)
{
	int fd = bpf_iter_create(*(int *)link);

	return fd < 0 ? -errno : fd;
}

/* A namespace that is gone has no sockets; one that cannot be read leaves the count unknown. */
static int open_iterator(struct gate *self)
{
	struct census_work *work = self->census;
	int link = self->iterators[ITERATOR_CENSUS];

	if (work->place > 0)
		return namespaces_make(self->namespaces, work->place - 1, create_there, &link);
	return create_there(&link);
}

static void found(struct gate *self)
{
	struct census_work *work = self->census;
	const struct census *shared = work->shared, *before = &work->before;

	work->now.found = (struct census){
		.number = shared->number,
		.sockets = shared->sockets - before->sockets,
		.flows = shared->flows - before->flows,
		.missed = shared->missed - before->missed,
		.healed = shared->healed - before->healed,
	};
	write_word(&work->shared->epoch, 0);
	self->entries[MAP_WITNESS] = work->now.records;
	self->entries[MAP_CROWDS] = work->now.crowds;
}

static void finish(struct gate *self)
{
	struct census_work *work = self->census;

	work->now.at_ns = gate_now_ns();
	work->now.took_ns = work->now.at_ns - work->began_ns;
	work->last = work->now;
	stop(work);
}

/* The number is written when everything is cleared, and before the first socket is looked at. */
static void begin_counting(struct census_work *work)
{
	uint32_t number = work->shared->number + 1;

	work->before = *work->shared;
	work->place = 0;
	if (!number)
		number = 1;
	write_word(&work->shared->number, number);
	write_word(&work->shared->epoch, number);
}

static void next_phase(struct gate *self)
{
	struct census_work *work = self->census;

	if (work->phase == CENSUS_SOCKETS && work->place < namespaces_count(self->namespaces)) {
		work->place++;
		return;
	}
	work->phase++;
	if (work->phase == CENSUS_SOCKETS)
		begin_counting(work);
	if (work->phase != CENSUS_EVICT)
		return;
	found(self);
	work->eviction = (struct eviction){0};
	if (!eviction_is_due(self))
		finish(self);
}

static void count_objects(struct census_work *work, uint32_t objects)
{
	if (work->phase == CENSUS_SETTLE)
		work->now.records += objects;
	else if (work->phase == CENSUS_SETTLE_CROWDS)
		work->now.crowds += objects;
}

/* One read of the iterator, which gives a byte for each socket; none when it is at its end. */
static int read_sockets(struct gate *self)
{
	struct census_work *work = self->census;
	char sockets[SOCKETS_SLICE];
	ssize_t got;

	if (work->fd < 0)
		work->fd = open_iterator(self);
	if (work->fd == -ENONET) {
		work->fd = -1;
		next_phase(self);
		return 0;
	}
	if (work->fd < 0)
		return work->fd;
	got = read(work->fd, sockets, sizeof(sockets));
	if (got > 0)
		return 0;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	close(work->fd);
	work->fd = -1;
	next_phase(self);
	return 0;
}

static int walk_map(struct gate *self)
{
	struct census_work *work = self->census;
	uint32_t count = 0;
	int more = sweep_step(self, &work->sweep, walks[work->phase].map,
			      walks[work->phase].variant, &count);

	count_objects(work, count);
	if (more == 1)
		return 0;
	work->sweep = (struct sweep){0};
	if (more < 0 && more != -ENOENT)
		return more;
	next_phase(self);
	return 0;
}

static int evict_slice(struct gate *self)
{
	int more = eviction_step(self, &self->census->eviction);

	if (more > 0)
		return 0;
	self->census->now.evicted += self->census->eviction.taken;
	finish(self);
	return more;
}

static int one_slice(struct gate *self)
{
	switch (self->census->phase) {
	case CENSUS_SOCKETS:
		return read_sockets(self);
	case CENSUS_EVICT:
		return evict_slice(self);
	default:
		return walk_map(self);
	}
}

/* What this thread has worked: a slice is not blamed for what the scheduler gave to others. */
static uint64_t worked_ns(void)
{
	struct timespec worked = {0};

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
	return (uint64_t)worked.tv_sec * NS_PER_S + (uint64_t)worked.tv_nsec;
}

int gate_census_step(struct gate *self)
{
	struct census_work *work = self->census;
	uint64_t began_ns = worked_ns(), took_ns;
	int error;

	if (!work || work->phase == CENSUS_IDLE)
		return 0;
	if (gate_now_ns() < work->rested_ns)
		return 1;
	error = one_slice(self);
	took_ns = worked_ns() - began_ns;
	if (took_ns > work->now.slice_ns)
		work->now.slice_ns = took_ns;
	if (error && work->phase != CENSUS_IDLE)
		stop(work);
	return error ? error : work->phase != CENSUS_IDLE;
}

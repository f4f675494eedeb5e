/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_cgroups.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "attach.h"

static const struct {
	enum variant variant;
	enum bpf_attach_type type;
	enum door door;
	const char *word;
} table[CGROUP_HOOKS] = {
	[CGROUP_SOCK_OPS] = {VARIANT_SOCK_OPS, BPF_CGROUP_SOCK_OPS, DOOR_SOCKETS, "sock_ops"},
	[CGROUP_CONNECT4] = {VARIANT_CONNECT4, BPF_CGROUP_INET4_CONNECT, DOOR_DIAL, "connect4"},
	[CGROUP_CONNECT6] = {VARIANT_CONNECT6, BPF_CGROUP_INET6_CONNECT, DOOR_DIAL, "connect6"},
	[CGROUP_SENDMSG4] = {VARIANT_SENDMSG4, BPF_CGROUP_UDP4_SENDMSG, DOOR_DIAL, "sendmsg4"},
	[CGROUP_SENDMSG6] = {VARIANT_SENDMSG6, BPF_CGROUP_UDP6_SENDMSG, DOOR_DIAL, "sendmsg6"},
};

const char *cgroup_hook_word(enum cgroup_hook hook)
{
	return table[hook].word;
}

enum variant cgroup_hook_variant(enum cgroup_hook hook)
{
	return table[hook].variant;
}

enum door cgroup_hook_door(enum cgroup_hook hook)
{
	return table[hook].door;
}

static void pin_of(char ret[PIN_NAME_MAX], uint64_t id, enum cgroup_hook hook)
{
	snprintf(ret, PIN_NAME_MAX, PIN_CGROUP "%llx_%s", (unsigned long long)id, table[hook].word);
}

/* False: no pin of ours. */
static bool parse_pin(const char *pin, uint64_t *ret_id, enum cgroup_hook *ret_hook)
{
	unsigned long long id;
	char word[16];

	if (sscanf(pin, PIN_CGROUP "%llx_%15s", &id, word) != 2)
		return false;
	for (int i = 0; i < CGROUP_HOOKS; i++) {
		if (strcmp(word, table[i].word))
			continue;
		*ret_id = id;
		*ret_hook = (enum cgroup_hook)i;
		return true;
	}
	return false;
}

/* What a link hangs on: the id is 0 once its cgroup is gone, or somebody detached it. */
static uint64_t linked(int fd, enum cgroup_hook hook, uint32_t *ret_program)
{
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.type != BPF_LINK_TYPE_CGROUP ||
	    info.cgroup.attach_type != table[hook].type)
		return 0;
	*ret_program = info.prog_id;
	return info.cgroup.cgroup_id;
}

static struct gate_place *place_of(struct gate *self, uint64_t id)
{
	for (unsigned int i = 0; i < self->place_count; i++)
		if (self->places[i].cgroup.id == id)
			return &self->places[i];
	return NULL;
}

static struct gate_place *place_add(struct gate *self, const struct gate_cgroup *cgroup)
{
	struct gate_place *place;

	if (self->place_count == GATE_CGROUPS_MAX)
		return NULL;
	place = &self->places[self->place_count++];
	*place = (struct gate_place){.cgroup = *cgroup};
	for (int i = 0; i < CGROUP_HOOKS; i++)
		place->hooks[i].fd = -1;
	return place;
}

static void drop(struct gate *self, uint64_t id, enum cgroup_hook which, struct gate_hook *hook)
{
	char pin[PIN_NAME_MAX];

	if (hook->fd < 0)
		return;
	pin_of(pin, id, which);
	pins_remove(&self->pins, pin);
	link_let_go(hook->fd);
	*hook = (struct gate_hook){.fd = -1};
}

static void drop_all(struct gate *self, struct gate_place *place)
{
	for (int i = 0; i < CGROUP_HOOKS; i++)
		drop(self, place->cgroup.id, (enum cgroup_hook)i, &place->hooks[i]);
}

static int adopt_pin(void *context, const char *pin)
{
	struct gate *self = context;
	struct gate_cgroup cgroup = {0};
	struct gate_place *place;
	enum cgroup_hook hook;
	uint32_t program;
	int fd;

	if (!parse_pin(pin, &cgroup.id, &hook))
		return 0;
	fd = pins_get(&self->pins, pin);
	if (fd < 0)
		return 0;
	place = place_of(self, cgroup.id);
	if (linked(fd, hook, &program) == cgroup.id && cgroup.id && !place)
		place = place_add(self, &cgroup);
	if (place && linked(fd, hook, &program) == cgroup.id) {
		place->hooks[hook].fd = fd;
		return 0;
	}
	pins_remove(&self->pins, pin);
	link_let_go(fd);
	return 0;
}

int cgroups_adopt(struct gate *self, struct why *why)
{
	int error = pins_each(&self->pins, adopt_pin, self);

	return error ? why_fill(why, error, "%s: cannot read it: %s", self->pins.dir,
				strerror(-error))
		     : 0;
}

static int update(struct gate *self, uint64_t id, enum cgroup_hook which, struct gate_hook *hook)
{
	const struct gate_program *program = &self->programs[table[which].variant];
	uint32_t held = 0;

	if (hook->fd < 0)
		return 0;
	if (linked(hook->fd, which, &held) != id || program->fd < 0) {
		drop(self, id, which, hook);
		return 0;
	}
	return held == program->id || !bpf_link_update(hook->fd, program->fd, NULL) ? 0 : -errno;
}

int cgroups_update(struct gate *self, struct why *why)
{
	for (unsigned int i = 0; i < self->place_count; i++) {
		struct gate_place *place = &self->places[i];

		for (int k = 0; k < CGROUP_HOOKS; k++) {
			int error = update(self, place->cgroup.id, (enum cgroup_hook)k,
					   &place->hooks[k]);

			if (error)
				return why_fill(why, error,
						"cgroup %llu: cannot replace the program behind "
						"its %s link: %s",
						(unsigned long long)place->cgroup.id, table[k].word,
						strerror(-error));
		}
	}
	return 0;
}

int cgroups_pin(const struct gate *self, const struct pins *pins, struct why *why)
{
	for (unsigned int i = 0; i < self->place_count; i++)
		for (int k = 0; k < CGROUP_HOOKS; k++) {
			const struct gate_place *place = &self->places[i];
			char pin[PIN_NAME_MAX];
			int error;

			if (place->hooks[k].fd < 0)
				continue;
			pin_of(pin, place->cgroup.id, (enum cgroup_hook)k);
			error = pins_put(pins, pin, place->hooks[k].fd);
			if (error)
				return why_fill(why, error, "%s/%s: cannot pin it: %s", pins->dir,
						pin, strerror(-error));
		}
	return 0;
}

void cgroups_let_go(struct gate *self)
{
	for (unsigned int i = 0; i < self->place_count; i++)
		for (int k = 0; k < CGROUP_HOOKS; k++)
			if (self->places[i].hooks[k].fresh)
				drop(self, self->places[i].cgroup.id, (enum cgroup_hook)k,
				     &self->places[i].hooks[k]);
}

void cgroups_close(struct gate *self)
{
	for (unsigned int i = 0; i < self->place_count; i++)
		for (int k = 0; k < CGROUP_HOOKS; k++)
			if (self->places[i].hooks[k].fd >= 0)
				close(self->places[i].hooks[k].fd);
	self->place_count = 0;
}

/* A descriptor of the folder and its id, or a negative errno with the sentence. */
static int open_cgroup(const char *path, uint64_t *ret_id, struct why *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat file;

	if (fd < 0 || fstatfs(fd, &fs) || fstat(fd, &file)) {
		int error = -errno;

		if (fd >= 0)
			close(fd);
		return why_fill(why, error, "%s: %s", path, strerror(-error));
	}
	if ((unsigned long)fs.f_type != CGROUP2_SUPER_MAGIC) {
		close(fd);
		return why_fill(why, -EOPNOTSUPP, "%s is no cgroup of version 2", path);
	}
	*ret_id = file.st_ino;
	return fd;
}

static int why_not(const char *path, enum cgroup_hook which, int error, struct why *why)
{
	if (error == -EPERM)
		return why_fill(why, error,
				"%s: %s may not hang there: a program that suffers no other hangs "
				"on this cgroup or above it (bpftool cgroup tree), or "
				"CAP_NET_ADMIN is missing",
				path, table[which].word);
	return why_fill(why, error, "%s: %s was refused: %s", path, table[which].word,
			strerror(-error));
}

static int create(struct gate *self, int cgroup, const struct gate_place *place,
		  enum cgroup_hook which, struct why *why)
{
	const struct gate_program *program = &self->programs[table[which].variant];
	char pin[PIN_NAME_MAX];
	int error, fd;

	if (program->fd < 0)
		return why_fill(why, -EOPNOTSUPP, "%s", program->note);
	fd = bpf_link_create(program->fd, cgroup, table[which].type, NULL);
	if (fd < 0)
		return why_not(place->cgroup.path, which, -errno, why);
	pin_of(pin, place->cgroup.id, which);
	error = pins_put(&self->pins, pin, fd);
	if (!error)
		return fd;
	link_let_go(fd);
	return why_fill(why, error, "%s/%s: cannot pin it: %s", self->pins.dir, pin,
			strerror(-error));
}

static bool is_wanted(const struct gate_cgroup *cgroup, enum cgroup_hook hook)
{
	return table[hook].door == DOOR_SOCKETS ? cgroup->sockets : cgroup->dial;
}

static void settle_hook(struct gate *self, int cgroup, struct gate_place *place,
			enum cgroup_hook which)
{
	struct gate_hook *hook = &place->hooks[which];
	struct why why = {""};
	uint32_t program;

	if (hook->fd >= 0 && linked(hook->fd, which, &program) == place->cgroup.id)
		return;
	drop(self, place->cgroup.id, which, hook);
	hook->fd = create(self, cgroup, place, which, &why);
	hook->fresh = hook->fd >= 0;
	memcpy(hook->note, why.sentence, sizeof(hook->note));
}

static void settle(struct gate *self, int cgroup, struct gate_place *place)
{
	for (int i = 0; i < CGROUP_HOOKS; i++) {
		if (is_wanted(&place->cgroup, (enum cgroup_hook)i))
			settle_hook(self, cgroup, place, (enum cgroup_hook)i);
		else
			drop(self, place->cgroup.id, (enum cgroup_hook)i, &place->hooks[i]);
	}
}

static void note_all(struct gate_place *place, const struct why *why)
{
	for (int i = 0; i < CGROUP_HOOKS; i++)
		memcpy(place->hooks[i].note, why->sentence, sizeof(place->hooks[i].note));
}

/* Whether one wanted before it is the same folder: then this one adds to what is wanted there. */
static bool joins(struct gate *self, const struct gate_cgroup *wanted, uint64_t id)
{
	struct gate_place *same = place_of(self, id);

	if (!same)
		return false;
	same->cgroup.sockets |= wanted->sockets;
	same->cgroup.dial |= wanted->dial;
	return true;
}

/* What hung there before hangs there still. */
static void keep_hooks(struct gate_place *place, struct gate_place *before, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (before[i].cgroup.id != place->cgroup.id)
			continue;
		memcpy(place->hooks, before[i].hooks, sizeof(place->hooks));
		before[i].cgroup.id = 0;
	}
}

static void take(struct gate *self, struct gate_place *before, unsigned int count,
		 const struct gate_cgroup *wanted)
{
	struct gate_cgroup cgroup = *wanted;
	struct why why = {""};
	struct gate_place *place;
	int fd;

	cgroup.id = 0;
	fd = open_cgroup(wanted->path, &cgroup.id, &why);
	if (fd < 0) {
		place_add(self, &cgroup);
		note_all(&self->places[self->place_count - 1], &why);
		return;
	}
	if (!joins(self, wanted, cgroup.id))
		place_add(self, &cgroup);
	place = place_of(self, cgroup.id);
	if (place) {
		keep_hooks(place, before, count);
		settle(self, fd, place);
	}
	close(fd);
}

int gate_cgroups(struct gate *self, const struct gate_cgroup *wanted, unsigned int count,
		 struct why *why)
{
	struct gate_place *before;
	unsigned int held = self->place_count;

	if (count > GATE_CGROUPS_MAX)
		return why_fill(why, -E2BIG, "%u cgroups: at most %d can carry doors", count,
				GATE_CGROUPS_MAX);
	before = malloc(sizeof(self->places));
	if (!before)
		return why_fill(why, -ENOMEM, "no memory to change cgroups");
	memcpy(before, self->places, sizeof(self->places));
	self->place_count = 0;
	for (unsigned int i = 0; i < count; i++)
		take(self, before, held, &wanted[i]);
	for (unsigned int i = 0; i < held; i++)
		if (before[i].cgroup.id)
			drop_all(self, &before[i]);
	free(before);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_convert.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

/* One side of a conversion: where in which BTF. */
struct place {
	const struct btf *btf;
	uint32_t type;
};

static const struct btf_type *resolve(struct place *self)
{
	const struct btf_type *type = btf__type_by_id(self->btf, self->type);

	while (type && (btf_is_mod(type) || btf_is_typedef(type))) {
		self->type = type->type;
		type = btf__type_by_id(self->btf, self->type);
	}
	return type;
}

static bool is_signed(const struct btf_type *type)
{
	return btf_is_int(type) ? btf_int_encoding(type) & BTF_INT_SIGNED : btf_kflag(type);
}

static int64_t read_number(const struct btf_type *type, const void *from)
{
	uint64_t value = 0;
	unsigned int bits = type->size * 8;

	memcpy(&value, from, type->size);
	if (is_signed(type) && bits < 64 && (value >> (bits - 1) & 1))
		value |= ~UINT64_C(0) << bits;
	return (int64_t)value;
}

static bool word_of(const struct place *place, const struct btf_type *type, int64_t value,
		    const char **ret)
{
	const struct btf_enum *words = btf_enum(type);

	for (unsigned int i = 0; i < btf_vlen(type); i++) {
		if (words[i].val == value) {
			*ret = btf__name_by_offset(place->btf, words[i].name_off);
			return true;
		}
	}
	return false;
}

/* The value of a word in the other build; 0 when it has no such word. */
static int64_t value_of(const struct place *place, const struct btf_type *type, const char *word)
{
	const struct btf_enum *words = btf_enum(type);

	for (unsigned int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(place->btf, words[i].name_off), word))
			return words[i].val;
	return 0;
}

static bool is_number(const struct btf_type *type)
{
	return (btf_is_int(type) || btf_is_enum(type)) && type->size <= 8;
}

/* FOREVER is all ones in every width: a number that was all ones stays so when it gets wider. */
static void convert_number(struct place from, const struct btf_type *from_type, const void *source,
			   struct place to, const struct btf_type *to_type, void *target)
{
	int64_t value = read_number(from_type, source);
	const char *word;

	if (btf_is_enum(from_type) && btf_is_enum(to_type))
		value = word_of(&from, from_type, value, &word) ? value_of(&to, to_type, word) : 0;
	else if (to_type->size > from_type->size &&
		 value == (1LL << (from_type->size * 8 % 64)) - 1)
		value = -1;
	memcpy(target, &value, to_type->size);
}

static uint32_t size_of(const struct place *place)
{
	int64_t size = btf__resolve_size(place->btf, place->type);

	return size < 0 ? 0 : (uint32_t)size;
}

static bool convert_array(struct place from, const struct btf_type *from_type, const char *source,
			  struct place to, const struct btf_type *to_type, char *target)
{
	const struct btf_array *a = btf_array(from_type), *b = btf_array(to_type);
	struct place each_a = {from.btf, a->type}, each_b = {to.btf, b->type};
	uint32_t count = a->nelems < b->nelems ? a->nelems : b->nelems;

	for (uint32_t i = 0; i < count; i++)
		convert(from.btf, a->type, source + i * size_of(&each_a), to.btf, b->type,
			target + i * size_of(&each_b));
	return true;
}

static const struct btf_member *member_named(const struct btf *btf, const struct btf_type *type,
					     const char *name)
{
	const struct btf_member *members = btf_members(type);

	for (unsigned int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, members[i].name_off), name))
			return &members[i];
	return NULL;
}

static bool convert_struct(struct place from, const struct btf_type *from_type, const char *source,
			   struct place to, const struct btf_type *to_type, char *target)
{
	const struct btf_member *members = btf_members(to_type);
	bool any = false;

	for (unsigned int i = 0; i < btf_vlen(to_type); i++) {
		const char *name = btf__name_by_offset(to.btf, members[i].name_off);
		const struct btf_member *old = member_named(from.btf, from_type, name);

		/* No bit fields in abi.h; one of another build is not understood and stays zero. */
		if (!old || old->offset % 8 || members[i].offset % 8 || btf_kflag(from_type) ||
		    btf_kflag(to_type))
			continue;
		any |= convert(from.btf, old->type, source + old->offset / 8, to.btf,
			       members[i].type, target + members[i].offset / 8);
	}
	return any;
}

bool convert(const struct btf *from_btf, uint32_t from_id, const void *from,
	     const struct btf *to_btf, uint32_t to_id, void *to)
{
	struct place a = {from_btf, from_id}, b = {to_btf, to_id};
	const struct btf_type *from_type = resolve(&a), *to_type = resolve(&b);

	if (!from_type || !to_type)
		return false;
	memset(to, 0, size_of(&b));
	if (is_number(from_type) && is_number(to_type)) {
		convert_number(a, from_type, from, b, to_type, to);
		return true;
	}
	if (btf_is_array(from_type) && btf_is_array(to_type))
		return convert_array(a, from_type, from, b, to_type, to);
	if (btf_is_struct(from_type) && btf_is_struct(to_type))
		return convert_struct(a, from_type, from, b, to_type, to);
	return false;
}

int shape_of(int map_fd, struct shape *ret)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(map_fd, &info, &size))
		return -errno;
	*ret = (struct shape){.key = info.btf_key_type_id,
			      .value = info.btf_value_type_id,
			      .key_size = info.key_size,
			      .value_size = info.value_size,
			      .max_entries = info.max_entries,
			      .type = info.type,
			      .flags = info.map_flags};
	if (info.btf_id)
		ret->btf = btf__load_from_kernel_by_id(info.btf_id);
	return 0;
}

void shape_release(struct shape *self)
{
	btf__free(self->btf);
	self->btf = NULL;
}

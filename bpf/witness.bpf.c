/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* witness: finds or makes the records that a connection belongs to, and tells of churn. An end never makes one. */
#include "witness.bpf.h"

#include "account.bpf.h"

/*
 * Kernels before 6.2 take a key on the stack or in a map, not one behind a pointer that a function was handed: so sources are
 * copied before they are looked up.
 */

/* Not on the stack: the longest road to here, from XDP, has little left of it. */
static const struct witness fresh_record SEC(".rodata") = {0};
static const struct crowd fresh_crowd SEC(".rodata") = {0};

static __always_inline struct witness *record_of(const struct source_key *source)
{
	struct witness *found = bpf_map_lookup_elem(&witness, source);

	if (found)
		return found;
	bpf_map_update_elem(&witness, source, &fresh_record, BPF_NOEXIST);
	return bpf_map_lookup_elem(&witness, source);
}

/* Only IPv6 sources crowd: of IPv4 a source is an address, and wider prefixes are nobody's own. */
static __always_inline int crowd_key_of(struct crowd_key *ret, const struct source_key *source,
					__u8 length)
{
	if (is_ipv4_source(source))
		return 0;
	__builtin_memcpy(ret->address, source->address, sizeof(ret->address));
	if (length == 48)
		ret->address[6] = 0;
	ret->length = length;
	return 1;
}

static __always_inline struct live *crowd_of(const struct sight *sight, __u8 length, int make)
{
	struct crowd_key key __attribute__((aligned(8)));
	struct crowd *found;

	if (!crowd_key_of(&key, &sight->source, length))
		return NULL;
	found = bpf_map_lookup_elem(&crowds, &key);
	if (!found && make) {
		bpf_map_update_elem(&crowds, &key, &fresh_crowd, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&crowds, &key);
	}
	return found ? &found->live[sight->life.service % SERVICES_MAX] : NULL;
}

int note_lost(void)
{
	struct census *census_ = look_census();

	if (census_)
		__sync_fetch_and_add(&census_->lost, 1);
	return 0;
}

static __always_inline void count_admitted(const struct sight *sight)
{
	struct tally *tally = account_tally(DOOR_SOCKETS, sight->family, sight->life.service);

	if (tally)
		tally->passed.admitted++;
}

static __always_inline void open_crowd(const struct sight *sight, __u8 length)
{
	struct live *live = crowd_of(sight, length, 1);

	if (live)
		live_open(live, sight->life.counted);
}

int note_open(const struct sight *sight)
{
	struct source_key source __attribute__((aligned(8)));
	struct witness *record;

	if (!sight)
		return 0;
	source = sight->source;
	record = record_of(&source);
	if (record)
		witness_open(record, sight->life.service, sight->now_ns, sight->life.counted);
	else
		note_lost();
	open_crowd(sight, 56);
	open_crowd(sight, 48);
	if (!sight->life.late)
		count_admitted(sight);
	return 0;
}

/* The token that the start was let in on is spent now that the source has proved its address. */
int note_newcomer(const struct sight *sight)
{
	struct source_key source __attribute__((aligned(8)));
	const struct settings *settings = look_settings();
	struct start start = {0};
	struct question question = {.start = &start, .settings = settings};

	if (!sight || !settings)
		return 0;
	__builtin_memcpy(start.address, sight->address, sizeof(start.address));
	start.family = sight->family;
	start.transport = sight->transport;
	source = sight->source;
	question.source = &source;
	question.service = sight->life.service % SERVICES_MAX;
	question.leased = settings->lease > bpf_ktime_get_ns();
	question.now = sight->now_ns;
	newcomer_spend(&question);
	return 0;
}

static __always_inline void tell(const struct sight *sight, const struct witness *record)
{
	struct sighting *sighting = bpf_ringbuf_reserve(&sightings, sizeof(*sighting), 0);

	if (!sighting)
		return;
	*sighting = (struct sighting){
		.at = sight->now_ns,
		.source = sight->source,
		.short_lived = record->short_lived,
		.living = witness_living(record),
		.service = sight->life.service,
		.transport = sight->transport,
	};
	bpf_ringbuf_submit(sighting, 0);
}

static __always_inline void end_crowd(const struct sight *sight, __u8 length)
{
	struct live *live = crowd_of(sight, length, 0);

	if (live)
		live_end(live, sight->life.counted);
}

int note_end(const struct sight *sight)
{
	struct source_key source __attribute__((aligned(8)));
	const struct settings *settings = look_settings();
	struct witness *record;

	if (!sight || !settings)
		return 0;
	end_crowd(sight, 56);
	end_crowd(sight, 48);
	source = sight->source;
	record = bpf_map_lookup_elem(&witness, &source);
	if (record && witness_end(record, &sight->life, sight->now_ns, settings->short_ns) &&
	    witness_tells(record, settings->churn, sight->now_ns))
		tell(sight, record);
	return 0;
}

static __always_inline void count_crowd(const struct sight *sight, __u8 length)
{
	struct live *live = crowd_of(sight, length, 1);

	if (live)
		live_count(live);
}

int note_count(const struct sight *sight)
{
	struct source_key source __attribute__((aligned(8)));
	struct witness *record;

	if (!sight)
		return 0;
	source = sight->source;
	record = record_of(&source);
	if (record) {
		live_count(&record->live[sight->life.service % SERVICES_MAX]);
		witness_seen(record, sight->now_ns);
	}
	count_crowd(sight, 56);
	count_crowd(sight, 48);
	return 0;
}

int note_lasted(const struct sight *sight)
{
	struct source_key source __attribute__((aligned(8)));
	struct witness *record;

	if (!sight)
		return 0;
	source = sight->source;
	record = bpf_map_lookup_elem(&witness, &source);
	if (record)
		witness_lasted(record, sight->life.service, sight->now_ns, !sight->life.lasted);
	return 0;
}

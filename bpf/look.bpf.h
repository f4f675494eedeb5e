/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* look: the look-ups that judge.h asks for, in the gate's maps. */
#ifndef LOOK_BPF_H
#define LOOK_BPF_H

#include "judge.h"
#include "maps.bpf.h"

PURE const struct record *look_source(const struct source_key *key)
{
	return bpf_map_lookup_elem(&sources, key);
}

PURE const struct prefix_record *look_prefix(const struct prefix_key *key)
{
	return bpf_map_lookup_elem(&prefixes, key);
}

PURE const struct neighbours *look_neighbours(const struct source_key *prefix56)
{
	return bpf_map_lookup_elem(&neighbours, prefix56);
}

PURE struct pace *look_pace(const struct source_key *key)
{
	return bpf_map_lookup_elem(&pace, key);
}

PURE const struct interface *look_interface(__u32 ifindex)
{
	return bpf_map_lookup_elem(&interfaces, &ifindex);
}

/* Whether what leaves by this interface is seen, so that an Initial that is no answer is a start. */
PURE int look_remembers(__u32 ifindex)
{
	const struct interface *interface = look_interface(ifindex);

	return interface && interface->remembers;
}

PURE int look_closure(const struct source_key *key, __u64 now)
{
	const __u64 *until = bpf_map_lookup_elem(&closures, key);

	return until && *until > now;
}

PURE void keep_pace(const struct source_key *key, const struct pace *fresh)
{
	bpf_map_update_elem(&pace, key, fresh, BPF_NOEXIST);
}

PURE struct bucket *look_newcomers(__u32 index)
{
	return bpf_map_lookup_elem(&newcomers, &index);
}

PURE struct bucket *look_unproven(__u32 service)
{
	return bpf_map_lookup_elem(&unproven, &service);
}

PURE const struct witness *look_witness(const struct source_key *key)
{
	return bpf_map_lookup_elem(&witness, key);
}

PURE const struct crowd *look_crowd(const struct crowd_key *key)
{
	return bpf_map_lookup_elem(&crowds, key);
}

PURE const struct settings *look_settings(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&settings, &only);
}

/* A port's key in one store: hashing reads it in one load, which would wait for the stores of parts. */
PURE __u32 look_port(const struct start *start)
{
	__u32 port = start->port, transport = start->transport;

	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		return transport << 16 | port;
	return port << 16 | transport << 8;
}

/* The service that a start asks for; NULL: its port is not gated. */
PURE const struct service *look_service(const struct start *start)
{
	__u32 key = look_port(start);
	const struct service *service = bpf_map_lookup_elem(&services, &key);

	return service && service->id < SERVICES_MAX ? service : NULL;
}

#endif

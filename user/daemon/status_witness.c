/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_witness.h"

#include "engine.h"
#include "units.h"

json_t *status_witness(const struct gate *gate)
{
	struct gate_census last;

	gate_census_last(gate, &last);
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "entries", (json_int_t)last.records, "max",
			 (json_int_t)last.records_max, "prefixes", (json_int_t)last.crowds, "lost",
			 (json_int_t)last.found.lost, "evicted", (json_int_t)last.evicted);
}

static double milliseconds(uint64_t ns)
{
	return (double)ns / 1e6;
}

json_t *status_census(const struct gate *gate)
{
	struct gate_census last;

	gate_census_last(gate, &last);
	if (!last.at_ns)
		return json_null();
	return json_pack("{s:o, s:f, s:f, s:I, s:I, s:I, s:I}", "at", engine_unix(last.at_ns),
			 "took_ms", milliseconds(last.took_ns), "slice_ms",
			 milliseconds(last.slice_ns), "sockets", (json_int_t)last.found.sockets,
			 "flows", (json_int_t)last.found.flows, "missed",
			 (json_int_t)last.found.missed, "healed", (json_int_t)last.found.healed);
}

void status_witness_warn(const struct gate *gate, json_t *warnings)
{
	struct gate_census last;

	gate_census_last(gate, &last);
	if (last.found.lost)
		json_array_append_new(
			warnings,
			json_sprintf(
				"%llu connections were not recorded, since the witness was full "
				"(%u records) or the kernel had no memory: nothing is held against "
				"their sources for them",
				(unsigned long long)last.found.lost, last.records_max));
}

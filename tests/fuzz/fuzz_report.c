/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the decoding of a report: it is taken with every member in its range, or refused with a sentence. */
#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "report_decode.h"

static void check(const struct dated_report *dated)
{
	const struct report *report = &dated->report;

	assert(report->peer[0] || report->has_addr);
	assert(memchr(report->peer, '\0', sizeof(report->peer)));
	assert(report->service >= -1 && report->service < SERVICES_MAX);
	assert(report->event <= REPORT_VERDICT && report->result <= RESULT_CLEAR);
	assert(report->reason < REASONS);
	assert(report->protocol_count <= PROTOCOLS_MAX);
	assert(report->score == report->score);
	assert(dated->at_unix_s == 0 || (dated->at_unix_s >= 1e9 && dated->at_unix_s <= 1e10));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *object = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	struct dated_report report;
	struct config config;
	struct why why = {""};
	int error;

	if (!object)
		return 0;
	config_default(&config);
	assert(!config_set(&config, "service", "beacon=tcp:13000", NULL));
	error = report_decode(&report, object, &config, 1, &why);
	assert(error ? error == -EINVAL && why.sentence[0] : 1);
	if (!error)
		check(&report);
	json_decref(object);
	return 0;
}

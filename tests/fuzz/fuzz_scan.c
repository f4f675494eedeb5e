/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the quick road against the slow one: what report_scan() takes, jansson and report_decode() take as well, and mean the same. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "report_decode.h"

static bool scan(struct dated_report *ret, const uint8_t *data, size_t size,
		 const struct config *config)
{
	/* Of its own size, so that a byte read beyond is found. */
	char *copy = malloc(size ? size : 1);
	struct json_scan at = json_scan_begin(copy, size);
	bool taken;

	memcpy(copy, data, size);
	taken = report_scan(ret, &at, config, 1) && json_scan_is_over(&at);
	free(copy);
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dated_report quick, slow;
	struct config config;
	json_t *object;

	config_default(&config);
	assert(!config_set(&config, "service", "beacon=tcp:13000", NULL));
	if (!scan(&quick, data, size, &config))
		return 0;
	object = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	assert(object);
	assert(!report_decode(&slow, object, &config, 1, NULL));
	assert(!memcmp(&quick, &slow, sizeof(slow)));
	json_decref(object);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* config_limit: a number for every service, and another one for some: "16, beacon:64, execution:off". */
#ifndef CONFIG_LIMIT_H
#define CONFIG_LIMIT_H

#include <stdint.h>

#include <peergate/abi.h>
#include <peergate/why.h>

struct config_limit {
	uint32_t all;
	uint32_t own_count;
	struct {
		char service[SERVICE_NAME_MAX];
		uint32_t value;
	} own[SERVICES_MAX];
};

/*
 * Reads numbers of 1 .. @max, or "off" (0), apart by commas. Services named before are forgotten; what is not said for all stays as
 * it is. -EINVAL or -ERANGE: then nothing has changed.
 */
int config_limit_parse(struct config_limit *self, const char *text, uint32_t max, struct why *why);

uint32_t config_limit_of(const struct config_limit *self, const char *service);

#endif

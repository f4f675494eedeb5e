/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config_service: reads "NAME=tcp:13000,quic:13000-13003" into the configuration. A port may name, behind another colon, the
 * port inside the container that it leads to: "tcp:13000:9000", "quic:13000-13003:9000-9003".
 */
#ifndef CONFIG_SERVICE_H
#define CONFIG_SERVICE_H

#include "config.h"

/* -EINVAL: not of that form, a port that another service has, or one too many; then @config is as before. */
int config_service_add(struct config *config, const char *text, struct why *why);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config: everything that the operator chooses, from defaults, a file and flags, in that order. One table of keys serves
 * the file (`key = value`), the flags (`--key value`) and the help; see docs/peergate.conf.example.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>
#include <peergate/addr.h>
#include <peergate/why.h>

#include "config_limit.h"
#include "gate.h"
#include "policy_settings.h"

enum {
	CONFIG_PATH_MAX = 256,
	CONFIG_NAME_MAX = 32,
	CONFIG_PORTS_MAX = 1024, /* of all services together */
	CONFIG_PROTECT_MAX = 256,
	CONFIG_CGROUPS_MAX = GATE_CGROUPS_MAX - 1, /* one more is the hierarchy's root */
	CONFIG_NETNS_MAX = 8,
};

struct config_port {
	struct port_key key; /* as packets on the host's interfaces name it */
	uint16_t container;  /* the same port inside the container, in a namespace of `netns` */
	uint8_t service;     /* index into services */
};

/* A network namespace in which a node listens. */
struct config_netns {
	char name[CONFIG_PATH_MAX];	/* a path, pid:N or container:ID; see namespaces.h */
	char service[SERVICE_NAME_MAX]; /* whose ports are there; "": every service's */
};

/* Limits of the wire: what a client may make the daemon hold. */
struct config_wire {
	uint32_t value_max;   /* bytes of one JSON value */
	uint32_t depth_max;   /* open brackets in it */
	uint32_t clients_max; /* on each socket */
	uint32_t output_max;  /* bytes queued for one client */
};

/* What the node may not dial; as in struct settings. */
struct config_dial {
	enum reach reach;
	bool banned;
	uint16_t ports[DIAL_PORTS_MAX]; /* 0: none */
};

struct config {
	char interfaces[GATE_INTERFACES_MAX][IFNAMSIZ];
	unsigned int interface_count;
	char services[SERVICES_MAX][SERVICE_NAME_MAX];
	unsigned int service_count;
	struct config_port ports[CONFIG_PORTS_MAX];
	unsigned int port_count;
	struct prefix protect[CONFIG_PROTECT_MAX];
	unsigned int protect_count;
	bool has_mode; /* not told: as the gate was left, observe at first */
	enum mode mode;
	enum rung attach;
	bool gate_lo;
	char run_dir[CONFIG_PATH_MAX], pin_dir[CONFIG_PATH_MAX];
	char store[CONFIG_PATH_MAX];			    /* "": none */
	char user[CONFIG_NAME_MAX], group[CONFIG_NAME_MAX]; /* "": peergate when it exists */
	int log_format, log_level;
	uint32_t sources_max, prefixes_max, pace_max, witness_max;
	uint64_t pace_ns, newcomers_ns, unproven_ns, lease_ns; /* time for one; 0: no limit */
	uint32_t pace_burst, newcomers_burst, unproven_burst;
	struct config_limit living, living_56, living_48;
	struct config_limit
		living_contested; /* in place of living while a service is over half full */
	bool close_bans;	  /* bans end live connections */
	uint64_t closing_ns;	  /* how long QUIC of who is being closed is refused */
	uint32_t leak;		  /* parts of 65,536 */
	uint32_t samples_per_s;
	uint32_t resets; /* bit REASON_x */
	struct config_dial dial;
	char cgroups[CONFIG_CGROUPS_MAX]
		    [CONFIG_PATH_MAX]; /* as given; see cgroup_name.h. None: auto */
	unsigned int cgroup_count;
	struct config_netns netns[CONFIG_NETNS_MAX];
	unsigned int netns_count;
	uint64_t census_ns; /* 0: only at the start and on request */
	uint32_t churn;	    /* so many short-lived connections in a row; 0: never */
	uint64_t churn_short_ns;
	bool corroborate; /* a follower's word needs the kernel's */
	uint64_t corroborate_slack_ns;
	struct config_wire wire;
	struct policy_settings policy;
};

/* What a change of a key needs. */
enum config_change { CHANGE_LIVE, CHANGE_RESTART };

struct config_key {
	const char *name, *argument, *help;
	int (*set)(struct config *config, const struct config_key *key, const char *value,
		   struct why *why);
	uint32_t offset, size; /* of the member, where the setter is a general one */
	uint64_t min, max;
	enum config_change change;
	bool list; /* each value is one more entry; flags replace the file's list */
};

extern const struct config_key config_keys[];
extern const unsigned int config_key_count;

void config_default(struct config *ret);

/* NULL: no such key; the nearest one is named in @why. */
const struct config_key *config_find(const char *name, struct why *why);

/* Sets @name to @value; a list gets one more entry. -EINVAL: no such key or a wrong value; -ERANGE. */
int config_set(struct config *self, const char *name, const char *value, struct why *why);

/* Forgets the entries of a list. */
void config_clear(struct config *self, const struct config_key *key);

/* Reads @path on top of @self. @why names file, line and what is wrong there. */
int config_load(struct config *self, const char *path, struct why *why);

/* What only the whole can tell: an interface without a service, rates, ranges of the policy. Fills in what follows from others. */
int config_check(struct config *self, struct why *why);

/* Whether the value of @key is another in @next. */
bool config_differs(const struct config *self, const struct config *next,
		    const struct config_key *key);

/* The settings that the kernel is to hold; floors open. */
void config_settings(const struct config *self, struct settings *ret);

bool config_has_interface(const struct config *self, const char *name);

/* Whether ports of service @service are in that namespace. */
bool config_netns_serves(const struct config *self, const struct config_netns *netns,
			 unsigned int service);

/* The index of service @name, or -EINVAL with the nearest name in @why. */
int config_service(const struct config *self, const char *name, struct why *why);

#endif

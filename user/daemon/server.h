/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server: the loop and all that happens on it: two sockets, the second's tick, the kernel's events, the interfaces that come
 * and go, signals. The engine decides; the server carries.
 */
#ifndef SERVER_H
#define SERVER_H

#include <jansson.h>
#include <uv.h>

#include <peergate/why.h>

#include "engine.h"
#include "listener.h"
#include "namespaces.h"
#include "processes.h"
#include "rank_early.h"
#include "rank_question.h"
#include "report_decode.h"
#include "store.h"
#include "turn.h"
#include "witness_churn.h"
#include "witness_snapshot.h"

enum { SERVER_CHUNK = 16384, SERVER_SIGNALS = 3 };

struct options;

struct server {
	uv_loop_t loop;
	struct engine engine;
	struct namespaces *namespaces;
	struct processes processes;
	struct listener common, admin;
	struct store store; /* the book on the disk */
	struct churn churn;
	struct snapshot witness;
	struct turn turn;	      /* of serving clients */
	struct report_list reports;   /* those of the request at hand */
	struct rank_question rank;    /* the same of candidates */
	struct rank_question *ranked; /* of the two the one that is asked */
	struct rank_early early;      /* a question that is still coming */
	uv_timer_t second, census_period, census_slice;
	uv_poll_t events, links, sightings;
	uv_signal_t signals[SERVER_SIGNALS];
	uv_prepare_t before_poll;
	uv_check_t after_poll;
	const struct options *options; /* to read the configuration again */
	unsigned int ticks;
	bool stopping; /* the loop ends when what is queued is written */
	char chunk[SERVER_CHUNK];
};

/* Everything that needs privileges: interfaces attached, sockets bound. @gate and @options are borrowed. */
int server_open(struct server *self, const struct config *config, struct gate *gate,
		const struct options *options, gid_t group, struct why *why);

/* The book comes back from the store, then from what the gate holds. To be called without privileges, before serving. */
int server_restore(struct server *self, struct why *why);

/* Serves until told to stop. */
void server_run(struct server *self);

void server_close(struct server *self);

/* Ends server_run() when what is queued is written. */
void server_stop(struct server *self);

/* Tells @event to every subscriber; takes the reference. */
void server_tell(struct server *self, json_t *event);

/* Connections and subscriptions, for gate_status. */
json_t *server_clients(const struct server *self);

/* Lets go of interfaces that the gate holds and the configuration does not name. */
void server_detach_unwanted(struct server *self);

/* The first census, and one each period from then on. */
void server_census_start(struct server *self);

/* The period of the configuration in force. */
void server_census_period(struct server *self);

/* Each turn of the loop: goes on with a census that somebody has begun. */
void server_census_turn(struct server *self);

/* Reads the configuration again, puts in force what can be, and says what cannot. */
void server_reload(struct server *self);

#endif

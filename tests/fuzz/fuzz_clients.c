/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other clients' lines with a peer's words in them, by what their sources say of the forms (they are experimental: nobody has
 * tried them on a node). JSON escapes, and so does go-libp2p; of all other text the worst is taken: that nothing is escaped.
 */
#include "accused.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * In a line: %T a time with a T and %t one with a blank; %I the peer; %P its place; %j its name as JSON has it, %g as Go writes it,
 * %r raw, and %e its error text as the form has texts; the form's last line is what the node says of somebody honest who went.
 */
struct client_form {
	const char *client;
	char text; /* how %e is written: j, g, r */
	const char *const *lines;
	unsigned int count;
};

#define FORM(client, text, lines)                                     \
	{                                                             \
		client, text, lines, sizeof(lines) / sizeof(*(lines)) \
	}

static const char *const lighthouse_json[] = {
	"{\"msg\":\"Connection "
	"established\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"multiaddr\":\"%P\","
	"\"connection\":\"Listener\",\"peer_id\":\"%I\"}",
	"{\"msg\":\"Identified "
	"Peer\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer\":\"%I\",\"agent_version\":%j}",
	"{\"msg\":\"Peer sent Goodbye\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer_id\":\"%I\","
	"\"reason\":\"Too many peers\",\"client\":%j}",
	"{\"msg\":\"Failed to dial "
	"peer\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer_id\":%j,\"error\":%e}",
	"{\"msg\":\"Sending goodbye to "
	"peer\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer_id\":\"%I\",\"reason\":%e}",
	"{\"msg\":\"Peer has been "
	"banned\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer_id\":\"%I\",\"client\":%j}",
	"{\"msg\":\"Peer disconnected\",\"level\":\"DEBUG\",\"ts\":\"%T\",\"peer_id\":\"%I\"}",
};

static const char *const lighthouse_text[] = {
	"Nov 22 %u DEBUG Connection established                        multiaddr: %P, connection: "
	"Listener, peer_id: %I",
	"Nov 22 %u DEBUG Identified Peer                               peer: %I, agent_version: %r",
	"Nov 22 %u DEBUG Peer sent Goodbye                             peer_id: %I, reason: %e, "
	"client: %r",
	"Nov 22 %u DEBUG Failed to dial peer                           peer_id: %r, error: %e",
	"Nov 22 %u DEBUG Peer has been banned                          peer_id: %I, score: "
	"-100.00, client: %r",
	"Nov 22 %u DEBUG peer %I connected incoming",
	"Nov 22 %u DEBUG Peer disconnected                             peer_id: %I",
};

static const char *const teku_text[] = {
	"%t+0000 | nio-1 | DEBUG | LibP2PPeer | Connected to peer %I via %P",
	"%t+0000 | nio-1 | DEBUG | ConnectionManager | Connection to %I failed: %e",
	"%t+0000 | nio-1 | DEBUG | PeerManager | Rejecting inbound connection from %I because %r",
	"%t+0000 | nio-1 | TRACE | Eth2PeerManager | Disconnecting peer %I because initial status "
	"was not received",
	"%t+0000 | nio-1 | DEBUG | LibP2PPeer | Disconnected from peer %I",
};

static const char *const nimbus_json[] = {
	"{\"lvl\":\"DBG\",\"ts\":\"%t+00:00\",\"msg\":\"Peer connection "
	"upgraded\",\"topics\":\"networking\",\"peer\":\"%I\"}",
	"{\"lvl\":\"DBG\",\"ts\":\"%t+00:00\",\"msg\":\"Received Goodbye "
	"message\",\"topics\":\"networking\","
	"\"reason\":%e,\"remote_agent\":%j,\"peer\":\"%I\"}",
	"{\"lvl\":\"DBG\",\"ts\":\"%t+00:00\",\"msg\":\"Irrelevant "
	"peer\",\"topics\":\"networking\",\"peer\":\"%I\",\"err\":%e}",
	"{\"lvl\":\"DBG\",\"ts\":\"%t+00:00\",\"msg\":\"Status response not received in "
	"time\",\"topics\":\"networking\","
	"\"peer\":\"%I\",\"errorKind\":%e}",
	"{\"lvl\":\"DBG\",\"ts\":\"%t+00:00\",\"msg\":\"Peer "
	"disconnected\",\"topics\":\"networking\",\"peer\":\"%I\"}",
};

static const char *const nimbus_text[] = {
	"DBG %t+00:00 Peer connection upgraded                   topics=\"networking\" peer=%I "
	"connections=1",
	"DBG %t+00:00 Received Goodbye message                   topics=\"networking\" reason=%e "
	"remote_agent=%r peer=%I",
	"DBG %t+00:00 Irrelevant peer                            topics=\"networking\" peer=%I "
	"err=\"%e\"",
	"DBG %t+00:00 Status response not received in time       topics=\"networking\" peer=%I "
	"errorKind=%e",
	"DBG %t+00:00 Peer disconnected                          topics=\"networking\" peer=%I "
	"connections=0",
};

static const char *const lodestar_json[] = {
	"{\"timestamp\":\"%T\",\"level\":\"verbose\",\"module\":\"network\",\"message\":\"peer "
	"connected\","
	"\"peerId\":\"%I\",\"direction\":\"inbound\",\"status\":\"open\"}",
	"{\"timestamp\":\"%T\",\"level\":\"debug\",\"module\":\"network\",\"message\":\"Irrelevant "
	"peer\",\"peer\":\"%I\",\"reason\":%e}",
	"{\"timestamp\":\"%T\",\"level\":\"verbose\",\"module\":\"network\",\"message\":\"Received "
	"goodbye request\","
	"\"peer\":\"%I\",\"goodbye\":\"3\",\"reason\":%e,\"agentVersion\":%j}",
	"{\"timestamp\":\"%T\",\"level\":\"verbose\",\"module\":\"network\",\"message\":\"peer "
	"disconnected\",\"peerId\":\"%I\"}",
};

static const char *const lodestar_text[] = {
	"Nov-22 %u[network]      verbose: peer connected peerId=%I, direction=inbound, status=open",
	"Nov-22 %u[network]      debug: Irrelevant peer peer=%I, reason=%e",
	"Nov-22 %u[network]      verbose: Received goodbye request peer=%I, goodbye=3, reason=%e, "
	"agentVersion=%r",
	"Nov-22 %u[network]      verbose: peer disconnected peerId=%I",
};

static const char *const libp2p_slog[] = {
	"time=%T level=WARN msg=CANONICAL_MISBEHAVING_PEER peer=%I addr=%P component=swarm err=%e "
	"msg=%g",
	"time=%T level=WARN msg=CANONICAL_PEER_STATUS peer=%I addr=%P sample_rate=100 "
	"connection_status=established dir=inbound",
};

static const char *const libp2p_zap[] = {
	"%T\tWARN\tcanonical-log\tnoise/transport.go:1\tCANONICAL_MISBEHAVING_PEER: peer=%I "
	"addr=%P component=swarm err=%e msg=%g",
	"%T\tINFO\tcanonical-log\tswarm/swarm_listen.go:128\tCANONICAL_PEER_STATUS: peer=%I "
	"addr=%P sample_rate=100 dir=\"inbound\"",
};

static const struct client_form forms[] = {
	FORM("lighthouse", 'j', lighthouse_json),
	FORM("lighthouse", 'r', lighthouse_text),
	FORM("grandine", 'j', lighthouse_json),
	FORM("grandine", 'r', lighthouse_text),
	FORM("teku", 'r', teku_text),
	FORM("nimbus", 'j', nimbus_json),
	FORM("nimbus", 'r', nimbus_text),
	FORM("lodestar", 'j', lodestar_json),
	FORM("lodestar", 'r', lodestar_text),
	FORM("go-libp2p", 'g', libp2p_slog),
	FORM("go-libp2p", 'g', libp2p_zap),
};

enum { FORMS = sizeof(forms) / sizeof(*forms) };

/* As strconv.Quote does: what is no letter is named. */
static void put_go(struct paper *paper, struct words words)
{
	static const char marks[] = "\"\\\a\b\f\n\r\t\v", names[] = "\"\\abfnrtv";

	put(paper, "\"", 1);
	for (size_t i = 0; i < words.length; i++) {
		unsigned char letter = (unsigned char)words.text[i];
		const char *mark = letter ? strchr(marks, letter) : NULL;
		char escape[8];

		if (mark)
			put(paper, (const char[]){'\\', names[mark - marks]}, 2);
		else if (letter < ' ' || letter >= 0x7f)
			put(paper, escape, (size_t)sprintf(escape, "\\x%02x", letter));
		else
			put(paper, words.text + i, 1);
	}
	put(paper, "\"", 1);
}

static void put_words(struct paper *paper, struct words words, char how)
{
	if (how == 'j')
		put_json(paper, words);
	else if (how == 'g')
		put_go(paper, words);
	else
		put(paper, words.text, words.length);
}

static void put_mark(struct paper *paper, char mark, const struct presence *who, int now_s,
		     char text)
{
	const struct writer_peer *peer = &who->peer;
	char room[WRITER_PLACE_MAX];
	int second = now_s % 3600, length;

	switch (mark) {
	case 'I':
		put_text(paper, peer->id);
		return;
	case 'P':
		length = snprintf(room, sizeof(room), "/ip4/%s/tcp/%d", peer->host, peer->port);
		break;
	case 'T':
	case 't':
	case 'u':
		length = snprintf(room, sizeof(room), "%s%s22:%02d:%02d.320%s",
				  mark == 'u' ? "" : "2026-11-22",
				  mark == 'T'	? "T"
				  : mark == 't' ? " "
						: "",
				  27 + second / 60 % 30, second % 60, mark == 'T' ? "Z" : "");
		break;
	default:
		put_words(paper, mark == 'e' ? peer->error : peer->agent,
			  mark == 'e' ? text : mark);
		return;
	}
	put(paper, room, (size_t)length);
}

/* A log has forms of one client only. */
static const struct client_form *form_for(const struct forgery *self)
{
	const char *client = self->follower->dialect->name;
	const struct client_form *form = &forms[self->writer];

	for (size_t i = 0; strcmp(form->client, client); i++)
		form = &forms[i];
	return form;
}

/* The author's lines are of any kind; of the victim is written that it came, or went. */
static void write_client(struct forgery *self, struct paper *paper, const struct presence *who,
			 unsigned int kind)
{
	const struct client_form *form = form_for(self);
	const char *line = form->lines[kind % form->count];

	if (who == &self->victim)
		line = form->lines[who->is_there && form->text != 'g' ? 0 : form->count - 1];
	for (; *line; line++) {
		if (*line == '%')
			put_mark(paper, *++line, who, self->now_s, form->text);
		else
			put(paper, line, 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct follower followers[FORMS];
	static struct forgery forgery = {.pen = write_client, .pens = FORMS};
	size_t form = size ? data[0] % FORMS : 0;

	follower_once(&followers[form], forms[form].client, check_news, &forgery);
	forgery.follower = &followers[form];
	forgery_play(&forgery, data, size);
	return 0;
}

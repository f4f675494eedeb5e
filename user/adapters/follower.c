/* SPDX-License-Identifier: BSD-2-Clause */
#include "follower.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "form.h"

/* Of whom a line speaks. */
struct subject {
	char peer[NEWS_PEER_MAX];
	bool has_addr;
	struct endpoint addr;
	enum way way;
	int64_t at_ms;
};

int follower_init(struct follower *ret, const struct dialect *dialect, enum timeline_kind kind,
		  uint32_t peers_max, void (*tell)(void *context, const struct news *news),
		  void *context)
{
	int error;

	*ret = (struct follower){.dialect = dialect, .tell = tell, .context = context};
	timeline_init(&ret->timeline, kind);
	error = lines_init(&ret->lines);
	if (!error)
		error = entry_init(&ret->entry);
	if (!error)
		error = join_new(&ret->join, peers_max, (uint64_t)(uintptr_t)ret->lines.kept);
	if (error)
		follower_release(ret);
	return error;
}

void follower_release(struct follower *self)
{
	join_free(self->join);
	lines_free(&self->lines);
	entry_free(&self->entry);
	book_free(self->book);
	docket_free(&self->docket);
	self->book = NULL;
	self->join = NULL;
}

/* A peer ID is letters and digits: base58 or base32. */
static int copy_peer(char ret[NEWS_PEER_MAX], const char *text)
{
	size_t length = strlen(text);

	if (!length || length >= NEWS_PEER_MAX)
		return -EINVAL;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]))
			return -EINVAL;
	memcpy(ret, text, length + 1);
	return 0;
}

/* The peer and the address that the line itself names. */
static int read_named(struct subject *ret, const struct pattern *pattern, const struct entry *entry)
{
	const char *address = pattern->address ? entry_text(entry, pattern->address) : NULL;
	const char *peer = pattern->peer ? entry_text(entry, pattern->peer) : NULL;

	if (address && endpoint_parse(&ret->addr, address, strlen(address), NULL))
		return -EINVAL;
	ret->has_addr = address;
	if (!peer)
		peer = ret->addr.peer;
	else if (address && ret->addr.peer[0] && strcmp(peer, ret->addr.peer))
		return -EINVAL;
	return copy_peer(ret->peer, peer);
}

/* What the line says of the peer's connection is remembered; what was remembered completes the line. */
static void bind_connection(struct follower *self, struct subject *subject,
			    const struct pattern *pattern)
{
	if (pattern->bond == BOND_NEW)
		join_forget(self->join, subject->peer);
	if (subject->has_addr)
		join_holds(self->join, subject->peer, &subject->addr, subject->way, subject->at_ms);
	else if (!join_find(self->join, subject->peer, subject->at_ms, &subject->addr,
			    &subject->way))
		subject->has_addr = true;
	if (pattern->bond == BOND_ENDS)
		join_ends(self->join, subject->peer, subject->at_ms);
}

static bool touches(const struct docket_case *at)
{
	if (!at->news.has_addr || at->touch == TOUCH_PEER)
		return false;
	return at->touch == TOUCH_SOURCE || at->news.way == WAY_INBOUND;
}

static void tell(struct follower *self, struct docket_case *at)
{
	struct news news = at->news;

	news.has_addr = touches(at);
	if (!news.has_addr)
		news.addr = (struct endpoint){0};
	self->counts.news++;
	self->tell(self->context, &news);
}

/* The book's address for a line that had none; it knows only those who came in. */
static bool find_address(const struct follower *self, struct docket_case *at)
{
	struct news *news = &at->news;

	if (book_find(self->book, news->peer, news->at_ms, &news->addr))
		return false;
	news->has_addr = true;
	news->way = WAY_INBOUND;
	return true;
}

/* Somebody else must have seen what the line tells of, at that very place and time. */
static bool decide_forgeable(struct follower *self, struct docket_case *at, bool last)
{
	const struct news *news = &at->news;

	if (book_bears_out(self->book, news->peer, news->has_addr ? &news->addr : NULL, at->course,
			   news->at_ms) &&
	    (news->has_addr || find_address(self, at))) {
		at->news.way = WAY_INBOUND;
		tell(self, at);
		return true;
	}
	self->counts.unproven += last;
	return last;
}

/* The node's own words: the address may be lacking, or the API may know better. */
static bool decide_safe(struct follower *self, struct docket_case *at, bool last)
{
	struct news *news = &at->news;

	if (at->touch != TOUCH_PEER && !news->has_addr && !find_address(self, at) && !last)
		return false;
	if (news->has_addr && book_disputes(self->book, news->peer, &news->addr)) {
		if (!last)
			return false;
		self->counts.disputed++;
		news->has_addr = false;
	}
	tell(self, at);
	return true;
}

/* Whether the case is done: told, or dropped. */
static bool decide(struct follower *self, struct docket_case *at, bool last)
{
	return at->is_forgeable ? decide_forgeable(self, at, last) : decide_safe(self, at, last);
}

static bool review(void *context, struct docket_case *at)
{
	struct follower *self = context;

	return decide(self, at, self->now_ms >= at->until_ms);
}

/* Without a second source, or while it does not answer, all is decided at once; but it may yet bear out what needs it. */
static void bring(struct follower *self, const struct docket_case *brought)
{
	struct docket_case at = *brought, *kept;

	if (!self->book) {
		if (at.is_forgeable)
			self->counts.unproven++;
		else
			tell(self, &at);
		return;
	}
	at.until_ms = self->now_ms + BOOK_AFTER_MS;
	if (decide(self, &at, !at.is_forgeable && !book_is_fresh(self->book, self->now_ms)))
		return;
	kept = docket_add(&self->docket);
	if (!kept) {
		decide(self, docket_first(&self->docket), true);
		docket_drop(&self->docket);
		kept = docket_add(&self->docket);
	}
	*kept = at;
}

/* What it says of the connection; that it was cut for fullness is nobody's fault. */
static enum course course_of(const struct finding *finding)
{
	if (!strcmp(finding->event, "connected") ||
	    (finding->result && !strcmp(finding->result, "ok")))
		return COURSE_LIVES;
	if (!strcmp(finding->event, "goodbye"))
		return finding->said == WAY_OUTBOUND && finding->code != 129 ? COURSE_FAILED
									     : COURSE_ENDED;
	return finding->result ? COURSE_FAILED : COURSE_ENDED;
}

static void find(struct follower *self, const struct finding *finding,
		 const struct subject *subject, bool is_forgeable)
{
	struct docket_case at = {.news = {.event = finding->event,
					  .result = finding->result,
					  .reason = finding->reason,
					  .code = finding->code,
					  .said = finding->said,
					  .way = subject->way,
					  .at_ms = subject->at_ms,
					  .has_addr = subject->has_addr},
				 .touch = finding->touch,
				 .is_forgeable = is_forgeable,
				 .course = course_of(finding)};

	memcpy(at.news.peer, subject->peer, sizeof(at.news.peer));
	if (subject->has_addr)
		at.news.addr = subject->addr;
	bring(self, &at);
}

static void take_entry(struct follower *self, struct entry *entry, bool is_forgeable)
{
	const struct pattern *pattern;
	const struct meaning *meaning = dialect_match(self->dialect, entry, &pattern);
	struct subject subject = {.way = dialect_way(self->dialect, entry)};

	if (!meaning)
		return;
	if (timeline_take(&self->timeline, entry->time_ms, entry->zoned, self->now_ms,
			  &subject.at_ms)) {
		self->counts.future++;
		return;
	}
	if (read_named(&subject, pattern, entry)) {
		self->counts.odd++;
		return;
	}
	if (!is_forgeable) /* the join believes what it is told */
		bind_connection(self, &subject, pattern);
	for (unsigned int i = 0; i < meaning->finding_count; i++)
		find(self, &meaning->findings[i], &subject, is_forgeable);
}

/* Whether the line may be a peer's words, in an entry of a forgeable form that stands before it. */
static bool is_distrusted(struct follower *self, const struct form *form, size_t length)
{
	if (form && form->is_forgeable) {
		self->distrusted = FOREIGN_DISTRUST;
		return false;
	}
	if (!self->distrusted)
		return false;
	self->distrusted -= length < self->distrusted ? length : self->distrusted;
	return true;
}

static bool is_blank(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\r';
}

/*
 * What stands around a line and is none of the node's: a byte order mark, the hole that a power cut left in the file, blanks and carriage
 * returns of whoever carried it here.
 */
static const char *trim(const char *line, size_t *length)
{
	static const char mark[] = "\xef\xbb\xbf";

	while (*length && !*line) {
		line++;
		--*length;
	}
	if (*length >= sizeof(mark) - 1 && !memcmp(line, mark, sizeof(mark) - 1)) {
		line += sizeof(mark) - 1;
		*length -= sizeof(mark) - 1;
	}
	while (*length && is_blank(line[*length - 1]))
		--*length;
	return line;
}

static void take_line(void *context, const char *whole, size_t length)
{
	struct follower *self = context;
	const char *line = trim(whole, &length);
	const struct form *form = form_of(self->dialect, line, length);
	int error;

	self->counts.lines++;
	if (is_distrusted(self, form, length)) {
		self->counts.foreign++;
		return;
	}
	error = form ? form->read(&self->entry, self->dialect, line, length) : -EBADMSG;
	if (!error)
		take_entry(self, &self->entry, form->is_forgeable);
	else if (error != -ENOMSG)
		self->counts.malformed++;
}

void follower_line(struct follower *self, const char *line, size_t length, int64_t now_ms)
{
	self->now_ms = now_ms;
	take_line(self, line, length);
}

void follower_feed(struct follower *self, const char *bytes, size_t length, int64_t now_ms)
{
	self->now_ms = now_ms;
	lines_feed(&self->lines, bytes, length, take_line, self);
}

int follower_with_book(struct follower *self)
{
	int error = docket_init(&self->docket);

	return error ? error
		     : book_new(&self->book, BOOK_PEERS_MAX, (uint64_t)(uintptr_t)self->lines.kept);
}

void follower_tick(struct follower *self, int64_t now_ms)
{
	self->now_ms = now_ms;
	docket_review(&self->docket, review, self);
}

void follower_hears(struct follower *self, const char *peer, const struct endpoint *addr,
		    enum way way, bool connected, int64_t now_ms)
{
	book_says(self->book, peer, addr, way, connected, now_ms);
}

void follower_heard_all(struct follower *self, int64_t now_ms)
{
	book_said_all(self->book, now_ms);
	follower_tick(self, now_ms);
}

bool follower_waits(const struct follower *self)
{
	return self->docket.count;
}

static bool review_last(void *context, struct docket_case *at)
{
	return decide(context, at, true);
}

void follower_finish(struct follower *self)
{
	docket_review(&self->docket, review_last, self);
}

static void skip_line(void *context, const char *whole, size_t length)
{
	struct follower *self = context;
	const char *line = trim(whole, &length);

	is_distrusted(self, form_of(self->dialect, line, length), length);
}

void follower_skip(struct follower *self, const char *bytes, size_t length)
{
	lines_feed(&self->lines, bytes, length, skip_line, self);
	lines_skip(&self->lines);
}

void follower_restart(struct follower *self)
{
	lines_restart(&self->lines);
}

uint64_t follower_skipped(const struct follower *self)
{
	return self->counts.malformed + self->counts.foreign + self->counts.unproven +
	       self->counts.future + self->counts.odd + self->lines.too_long + self->lines.cut;
}

int follower_moment(struct follower *self, const char *whole, size_t length, int64_t *ret_ms)
{
	const char *line = trim(whole, &length);
	const struct form *form = form_of(self->dialect, line, length);

	if (!form || form->read(&self->entry, NULL, line, length))
		return -ENOENT;
	*ret_ms = self->entry.time_ms;
	return 0;
}

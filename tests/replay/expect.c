/* SPDX-License-Identifier: BSD-2-Clause */
/* expect: what must be so of an address, a peer, the book, the breaker. */
#include <errno.h>
#include <peergate/words.h>
#include <stdio.h>

#include "act.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A verdict's terms: reason=WORD, left<=SPAN, left>=SPAN, retry<=SPAN … @left_ns FOREVER_NS: no end. */
static int check_terms(const struct words *words, unsigned int from, const char *span,
		       enum reason reason, uint64_t left_ns, struct why *why)
{
	for (; from < words->count; from++) {
		enum reason wanted;
		struct term term;
		uint64_t bound_ns;
		int error;

		if (term_parse(&term, words->at[from]) && !strcmp(term.name, "reason")) {
			error = parse_reason(&wanted, term.value, why);
			if (error)
				return error;
			if (wanted != reason)
				return differs(why, "the reason is %s", reason_word(reason));
			continue;
		}
		if (!term_parse(&term, words->at[from]) || strcmp(term.name, span))
			return why_fill(why, -EINVAL, "\"%.40s\" is nothing that is known of this",
					words->at[from]);
		error = span_parse(&bound_ns, term.value, why);
		if (error)
			return error;
		if (left_ns == FOREVER_NS ||
		    !compare_holds(term.compare, (int64_t)(left_ns / 1000000),
				   (int64_t)(bound_ns / 1000000)))
			return differs(why, "%s is %.3f s", span,
				       left_ns == FOREVER_NS ? -1 : (double)left_ns / 1e9);
	}
	return 0;
}

/* The kernel and the account must say the same; then what they say. */
static int see_verdict(struct theatre *self, const struct addr *addr, struct decision *ret,
		       struct why *why)
{
	const struct stage *stage = &self->stage;
	const struct decision *verdict = stage_verdict(stage, addr);
	bool refuses = stage_refuses(stage, addr);
	struct account account;

	*ret = verdict ? *verdict : (struct decision){.until_ns = 0};
	policy_explain_addr(stage->policy, addr, stage->now_ns, &account);
	if (account.refused != refuses)
		return differs(why, "the kernel %s, the account %s", refuses ? "refuses" : "admits",
			       account.refused ? "refuses" : "admits");
	return 0;
}

/* refused, banned, backed_off, trusted, admitted, brief ADDR [reason=WORD] [left<=SPAN]; brief: a refusal, or none. */
static int expect_verdict(struct theatre *self, const struct words *words, const char *text,
			  struct why *why)
{
	const char *wanted = words->at[1];
	struct decision verdict = {.until_ns = 0};
	uint64_t left_ns = 0;
	struct addr addr;
	bool refuses;
	int error;

	(void)text;
	if (words->count < 3)
		return why_fill(why, -EINVAL, "%s: which address?", wanted);
	error = parse_addr(&addr, NULL, words->at[2], why);
	if (!error && self)
		error = see_verdict(self, &addr, &verdict, why);
	if (error)
		return error;
	refuses = verdict.until_ns && verdict.standing != STANDING_TRUSTED;
	if (!strcmp(wanted, "brief"))
		wanted = refuses ? "refused" : "admitted";
	if (self && ((refuses != (wanted[0] == 'r' || wanted[0] == 'b')) ||
		     (!strcmp(wanted, "banned") && verdict.standing != STANDING_BANNED) ||
		     (!strcmp(wanted, "backed_off") && verdict.standing == STANDING_BANNED) ||
		     (!strcmp(wanted, "trusted") && verdict.standing != STANDING_TRUSTED)))
		return differs(why, "it is %s%s%s",
			       !verdict.until_ns ? "admitted"
			       : refuses	 ? "refused"
						 : "trusted",
			       verdict.standing == STANDING_BANNED ? ", banned for " : " for ",
			       reason_word(verdict.reason));
	if (verdict.until_ns)
		left_ns = verdict.until_ns == FOREVER_NS ? FOREVER_NS
							 : verdict.until_ns - self->stage.now_ns;
	return self ? check_terms(words, 3, "left", verdict.reason, left_ns, why) : 0;
}

static bool was_refused(const struct stage *stage, const struct prefix *prefix, bool banned)
{
	for (uint32_t i = 0; i < stage->count; i++) {
		const struct stage_record *at = &stage->records[i];

		if ((banned ? at->was_banned : at->was_refused) &&
		    prefix_overlaps(&at->held.prefix, prefix))
			return true;
	}
	return false;
}

/* never|ever refused|banned PREFIX…: not for a moment since the beginning, or at some. */
static int expect_never(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	bool banned = words->count > 2 && !strcmp(words->at[2], "banned");
	bool ever = !strcmp(words->at[1], "ever");

	(void)text;
	if (words->count < 4 || (!banned && strcmp(words->at[2], "refused")))
		return why_fill(why, -EINVAL, "%s refused or banned, and who", words->at[1]);
	for (unsigned int i = 3; i < words->count; i++) {
		struct prefix prefix;
		int error = parse_prefix(&prefix, words->at[i], why);

		if (error)
			return error;
		if (self && was_refused(&self->stage, &prefix, banned) != ever)
			return differs(why, "%s was %s", words->at[i], ever ? "not" : "so");
	}
	return 0;
}

/* The account of an address or, when it is none, of a peer. */
static int see_account(struct theatre *self, const char *word, struct account *ret, struct why *why)
{
	struct addr addr;

	if (!parse_addr(&addr, NULL, word, NULL)) {
		policy_explain_addr(self->stage.policy, &addr, self->stage.now_ns, ret);
		return 0;
	}
	if (policy_explain_peer(self->stage.policy, word, self->stage.now_ns, ret))
		return differs(why, "the book does not know %s", word);
	return 0;
}

int find_words(const struct account *account, const char *words, bool wanted, struct why *why)
{
	size_t length = 0;

	for (unsigned int i = 0; i < account->whys; i++) {
		if (strstr(account->why[i], words))
			return wanted ? 0 : differs(why, "it says: %s", account->why[i]);
	}
	if (!wanted)
		return 0;
	why->sentence[0] = '\0';
	for (unsigned int i = 0; i < account->whys && length + ACCOUNT_WHY_MAX < WHY_MAX; i++)
		length += (size_t)snprintf(why->sentence + length, WHY_MAX - length, "%s%s",
					   i ? "; " : "it says: ", account->why[i]);
	return 1;
}

/* explain ADDR|PEER has|lacks "words" */
static int expect_explain(struct theatre *self, const struct words *words, const char *text,
			  struct why *why)
{
	bool wanted = words->count == 5 && !strcmp(words->at[3], "has");
	struct account account;
	int error;

	(void)text;
	if (words->count != 5 || (!wanted && strcmp(words->at[3], "lacks")))
		return why_fill(why, -EINVAL, "explain ADDR|PEER has|lacks \"words\"");
	if (!self)
		return 0;
	error = see_account(self, words->at[2], &account, why);
	return error ? error : find_words(&account, words->at[4], wanted, why);
}

/* standing ADDR|PEER WORD; score ADDR|PEER value<=N */
static int expect_standing(struct theatre *self, const struct words *words, const char *text,
			   struct why *why)
{
	struct account account;
	int standing, error;

	(void)text;
	standing = words->count == 4 ? standing_of(words->at[3]) : -EINVAL;
	if (standing < 0)
		return why_fill(why, -EINVAL, "standing ADDR|PEER and a standing's word");
	error = self ? see_account(self, words->at[2], &account, why) : 0;
	if (error || !self || account.standing == (enum standing)standing)
		return error;
	return differs(why, "it is %s", standing_word(account.standing));
}

int expect_value(const struct words *words, unsigned int at, const char *name, int64_t value,
		 bool is_real, struct why *why)
{
	struct term term;
	int64_t bound;
	int error;

	if (words->count != at + 1 || !term_parse(&term, words->at[at]) || strcmp(term.name, name))
		return why_fill(why, -EINVAL, "%s and a bound: %s>=N", words->at[1], name);
	error = number_parse(&bound, term.value, name, INT32_MIN, UINT32_MAX, why);
	if (error || !is_real || compare_holds(term.compare, value, bound))
		return error;
	return differs(why, "%s is %lld", name, (long long)value);
}

static int expect_score(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	struct account account = {.score = 0};
	int error;

	(void)text;
	if (words->count != 4)
		return why_fill(why, -EINVAL, "score ADDR|PEER value>=N");
	error = self ? see_account(self, words->at[2], &account, why) : 0;
	return error ? error : expect_value(words, 3, "value", account.score, self, why);
}

static int expect_count(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	struct policy_counts counts = {.peers = 0};
	struct term term;

	(void)text;
	if (words->count != 3 || !term_parse(&term, words->at[2]))
		return why_fill(why, -EINVAL, "count and a bound: bans<=N");
	if (self)
		policy_count(self->stage.policy, &counts);
	const struct {
		const char *name;
		uint64_t value;
	} known[] = {
		{"bans", counts.bans},
		{"backoffs", counts.backoffs},
		{"trusted", counts.trusted},
		{"peers", counts.peers},
		{"sources", counts.sources},
		{"prefixes", counts.prefixes},
		{"ignored", counts.reports_ignored},
		{"uncorroborated", counts.uncorroborated},
		{"churns", counts.churns},
		{"told", self ? self->stage.told : 0},
	};
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!strcmp(known[i].name, term.name))
			return expect_value(words, 2, term.name, (int64_t)known[i].value, self,
					    why);
	}
	return why_fill(why, -EINVAL, "count: \"%s\" is not counted", term.name);
}

/* closable, unclosable PREFIX: whether live connections may be closed. */
static int expect_close(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	struct why said = {""};
	struct prefix prefix;
	int error;
	bool may;

	(void)text;
	if (words->count != 3)
		return why_fill(why, -EINVAL, "%s: which prefix?", words->at[1]);
	error = parse_prefix(&prefix, words->at[2], why);
	if (error || !self)
		return error;
	may = policy_may_close(self->stage.policy, &prefix, self->stage.now_ns, &said);
	if (may == !strcmp(words->at[1], "closable"))
		return 0;
	return differs(why, "%s", may ? "they may be closed" : said.sentence);
}

/* admit PEER|- ADDR|- [inbound|outbound] allow|refuse [reason=WORD] [retry<=SPAN] */
static int expect_admit(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	struct admission question = {.service = -1};
	struct admittance answer;
	unsigned int at = 4;
	uint64_t retry_ns;
	bool allow;
	int error;

	(void)text;
	if (words->count < 5)
		return why_fill(why, -EINVAL, "admit PEER|- ADDR|- inbound|outbound allow|refuse");
	error = parse_peer(question.peer, words->at[2], why);
	question.has_addr = strcmp(words->at[3], "-");
	if (!error && question.has_addr)
		error = parse_addr(&question.addr, NULL, words->at[3], why);
	if (!error && strstr(words->at[at], "bound"))
		error = parse_direction(&question.direction, words->at[at++], why);
	if (error)
		return error;
	allow = at < words->count && !strcmp(words->at[at], "allow");
	if (!allow && (at == words->count || strcmp(words->at[at], "refuse")))
		return why_fill(why, -EINVAL, "admit: allow or refuse?");
	if (!self)
		return 0;
	policy_admit(self->stage.policy, &question, self->stage.now_ns, &answer);
	if (answer.allow != allow)
		return differs(why, "%s: %s", answer.allow ? "allowed" : "refused", answer.why);
	retry_ns = answer.retry_ns > self->stage.now_ns && answer.retry_ns != FOREVER_NS
			   ? answer.retry_ns - self->stage.now_ns
			   : answer.retry_ns;
	return check_terms(words, at + 1, "retry", answer.reason, retry_ns, why);
}

/* error "words" ACTION: it is refused with these words. */
static int expect_error(struct theatre *self, const struct words *words, const char *text,
			struct why *why)
{
	const char *behind = strchr(text, '"');
	struct why said = {""};
	int error;

	behind = behind ? strchr(behind + 1, '"') : NULL;
	if (words->count < 4 || !behind || act_is_expectation(behind + 1 + strspn(behind + 1, " ")))
		return why_fill(why, -EINVAL, "error \"words\" and an action");
	if (!self)
		return act(NULL, behind + 1, why);
	error = act(self, behind + 1, &said);
	if (!error || !strstr(said.sentence, words->at[2]))
		return differs(why, "%s", error ? said.sentence : "it was taken");
	return 0;
}

int expect(struct theatre *self, const struct words *words, const char *text, struct why *why)
{
	static const struct {
		const char *word;
		int (*expect)(struct theatre *, const struct words *, const char *, struct why *);
	} known[] = {
		{"refused", expect_verdict},	{"banned", expect_verdict},
		{"backed_off", expect_verdict}, {"trusted", expect_verdict},
		{"admitted", expect_verdict},	{"brief", expect_verdict},
		{"never", expect_never},	{"ever", expect_never},
		{"explain", expect_explain},	{"doubts", expect_doubts},
		{"standing", expect_standing},	{"score", expect_score},
		{"floor", expect_floor},	{"count", expect_count},
		{"breaker", expect_breaker},	{"closable", expect_close},
		{"unclosable", expect_close},	{"admit", expect_admit},
		{"error", expect_error},	{"rank", expect_rank},
		{"mesh", expect_mates},		{"prune", expect_mates},
	};

	for (size_t i = 0; words->count > 1 && i < COUNT(known); i++) {
		if (!strcmp(known[i].word, words->at[1]))
			return known[i].expect(self, words, text, why);
	}
	return why_fill(why, -EINVAL, "expect: \"%.40s\" is no question",
			words->count > 1 ? words->at[1] : "");
}

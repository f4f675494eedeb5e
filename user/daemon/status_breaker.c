/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_breaker.h"

#include "engine.h"

json_t *status_breaker(const struct policy *policy)
{
	struct breaker_view view;
	json_t *by;

	policy_breaker_see(policy, gate_now_ns(), &view);
	by = view.open ? json_string(view.by_operator ? "operator" : "policy") : json_null();
	return json_pack("{s:b, s:o, s:o, s:o, s:I, s:I, s:s}", "open", view.open, "by", by,
			 "since", engine_unix(view.since_ns), "until", engine_unix(view.until_ns),
			 "opened", (json_int_t)view.opened, "voided", (json_int_t)view.voided,
			 "why", view.why);
}

void status_breaker_warn(const struct policy *policy, json_t *sentences)
{
	struct breaker_view view;

	policy_breaker_see(policy, gate_now_ns(), &view);
	if (view.open)
		json_array_append_new(sentences, json_sprintf("the breaker is open: %s", view.why));
}

json_t *status_doubts(const struct policy *policy)
{
	json_t *list = json_array();
	struct account account;

	policy_doubts(policy, gate_now_ns(), &account);
	for (unsigned int i = 0; i < account.whys; i++)
		json_array_append_new(list, json_string(account.why[i]));
	return list;
}

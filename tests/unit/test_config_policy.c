/* SPDX-License-Identifier: BSD-2-Clause */
/* Every setting of the policy is a key with the same range, and has a line with its default in the example. */
#include "tap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

/* These follow from keys of the gate: what the book has the kernel hold is what the kernel has room for. */
static const char *const the_gates[] = {"held_max", "prefixes_max"};

static bool is_the_gates(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(the_gates); i++)
		if (!strcmp(name, the_gates[i]))
			return true;
	return false;
}

static const struct config_key *key_of(const struct policy_setting *setting)
{
	for (unsigned int i = 0; i < config_key_count; i++)
		if (config_keys[i].offset == offsetof(struct config, policy) + setting->offset)
			return &config_keys[i];
	return NULL;
}

static void each_setting_has_a_key(void **state)
{
	const struct policy_setting *setting;

	(void)state;
	for (size_t i = 0; (setting = policy_setting_at(i)); i++) {
		const struct config_key *key = key_of(setting);

		if (is_the_gates(setting->name))
			continue;
		expect_true(setting->name, key);
		expect_true(setting->name, key->min == setting->least && key->max == setting->most);
		expect_true(setting->name, key->help[0] && key->change == CHANGE_RESTART);
	}
}

/* Out of range: refused as a key's value, and by the policy itself. */
static void what_is_out_of_range_is_refused(void **state)
{
	const struct policy_setting *setting;
	struct policy_settings settings;

	(void)state;
	for (size_t i = 0; (setting = policy_setting_at(i)); i++) {
		uint32_t *value = (uint32_t *)((char *)&settings + setting->offset);
		const struct config_key *key = key_of(setting);
		struct config config;
		struct why why = {""};
		char text[32], range[64];

		policy_settings_default(&settings);
		expect_true(setting->name, !policy_settings_check(&settings, NULL));
		*value = setting->most + 1;
		expect_true(setting->name, policy_settings_check(&settings, &why) == -ERANGE);
		snprintf(range, sizeof(range), "%" PRIu32 " .. %" PRIu32, setting->least,
			 setting->most);
		expect_true(setting->name,
			    strstr(why.sentence, setting->name) && strstr(why.sentence, range));
		if (!key)
			continue;
		config_default(&config);
		snprintf(text, sizeof(text), "%" PRIu32, setting->most + 1);
		expect_true(key->name, config_set(&config, key->name, text, NULL) == -ERANGE);
		snprintf(text, sizeof(text), "%" PRIu32, setting->most);
		expect_true(key->name, !config_set(&config, key->name, text, NULL));
	}
}

/* "# KEY = VALUE" of the example, with VALUE set on top of the defaults, changes nothing. */
static void the_example_tells_the_defaults(void **state)
{
	FILE *file = fopen("docs/peergate.conf.example", "r");
	unsigned int told = 0, settings = 0;
	char line[512], name[64], value[128];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const struct config_key *key;
		struct config usual, config;

		if (sscanf(line, "# %63[a-z0-9-] = %127[^\n]", name, value) != 2)
			continue;
		key = config_find(name, NULL);
		expect_true(name, key);
		if (key->offset < offsetof(struct config, policy))
			continue;
		config_default(&usual);
		config_default(&config);
		expect_true(name, !config_set(&config, name, value, NULL));
		expect_true(name, !config_differs(&usual, &config, key));
		told++;
	}
	fclose(file);
	for (unsigned int i = 0; i < config_key_count; i++)
		settings += config_keys[i].offset >= offsetof(struct config, policy);
	assert_int_equal(told, settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_setting_has_a_key),
		cmocka_unit_test(what_is_out_of_range_is_refused),
		cmocka_unit_test(the_example_tells_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

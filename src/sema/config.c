/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - settings: defaults, then the script's config block, then the environment.
 *
 * A key may be written in any case, with or without BPFTRACE_ or SONDE_ in front.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/log.h"
#include "sema/fold.h"
#include "sema/ktypes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum setting_kind { SETTING_INT, SETTING_BOOL, SETTING_STRING, SETTING_ENUM };

static const struct setting {
	const char *key;
	enum setting_kind kind;
	size_t offset;
	const char *values; /* enums: words, one space apart */
} settings[] = {
#define CONFIG_INT(name, init, text) { #name, SETTING_INT, offsetof(struct config, name), NULL },
#define CONFIG_BOOL(name, init, text) { #name, SETTING_BOOL, offsetof(struct config, name), NULL },
#define CONFIG_STRING(name, init, text)                                                            \
	{ #name, SETTING_STRING, offsetof(struct config, name), NULL },
#define CONFIG_ENUM(name, init, values, text)                                                      \
	{ #name, SETTING_ENUM, offsetof(struct config, name), values },
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
};

static const struct config defaults = {
#define CONFIG_INT(name, init, text) .name = (init),
#define CONFIG_BOOL(name, init, text) .name = (init),
#define CONFIG_STRING(name, init, text) .name = (init),
#define CONFIG_ENUM(name, init, values, text) .name = (init),
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
};

/* Names of earlier releases. */
static const struct {
	const char *old, *now; /* NULL: gone without effect */
} renamed[] = {
	{ "strlen", "max_strlen" },           { "map_keys_max", "max_map_keys" },
	{ "cat_bytes_max", "max_cat_bytes" }, { "symbol_source", NULL },
	{ "max_type_res_iterations", NULL },  { "unstable_addr", NULL },
	{ "unstable_import", NULL },          { "unstable_macro", NULL },
	{ "unstable_map_decl", NULL },
};

static const struct setting *find_setting(const char *key)
{
	for (size_t i = 0; i < countof(settings); i++)
		if (!strcmp(settings[i].key, key))
			return &settings[i];
	return NULL;
}

static bool parse_bool(const char *text, bool *value)
{
	static const char *const words[][2] = {
		{ "false", "true" }, { "no", "yes" }, { "off", "on" }, { "0", "1" }
	};

	for (size_t i = 0; i < countof(words); i++) {
		for (size_t v = 0; v < 2; v++) {
			if (strcasecmp(text, words[i][v]))
				continue;
			*value = v;
			return true;
		}
	}
	return false;
}

static bool parse_enum(const char *values, const char *text, uint32_t *value)
{
	size_t len = strlen(text);

	*value = 0;
	for (const char *at = values; at; at = strchr(at, ' '), (*value)++) {
		at += *at == ' ';
		if (strcspn(at, " ") == len && !strncasecmp(at, text, len))
			return true;
	}
	return false;
}

/* Sets a value from text. Returns NULL, or what was expected. */
static const char *set(struct unit *u, const struct setting *s, const char *text)
{
	char *at = (char *)&u->config + s->offset;
	bool negative;

	switch (s->kind) {
	case SETTING_INT:
		return number_parse(text, (uint64_t *)at, &negative) && !negative ? NULL
		                                                                  : "a number";
	case SETTING_BOOL: return parse_bool(text, (bool *)at) ? NULL : "true or false";
	case SETTING_STRING: *(const char **)at = arena_strdup(u->arena, text); return NULL;
	case SETTING_ENUM:
		return parse_enum(s->values, text, (uint32_t *)at) ? NULL : s->values;
	}
	return NULL;
}

static const char *value_text(struct unit *u, const struct expr *e)
{
	if (e->kind == EXPR_STRING)
		return e->string.text;
	if (e->kind == EXPR_BOOL)
		return e->boolean.value ? "true" : "false";
	if (e->kind == EXPR_NAME)
		return e->call.name;
	if (e->kind == EXPR_INT)
		return arena_printf(u->arena, "%llu", (unsigned long long)e->integer.value);
	return "";
}

/* "BPFTRACE_MAX_STRLEN" -> "max_strlen" */
static const char *canonical(struct unit *u, const char *key)
{
	static const char *const prefixes[] = { "bpftrace_", "sonde_" };
	char *name = arena_strdup(u->arena, key);

	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	for (size_t i = 0; i < countof(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			name += strlen(prefixes[i]);
	return name;
}

/* The setting a key stands for; NULL after a message. */
static const struct setting *setting_for(struct unit *u, const struct config_item *item)
{
	const char *key = canonical(u, item->key);
	const struct setting *s = find_setting(key);
	struct near near;
	struct diag *d;

	for (size_t i = 0; i < countof(renamed) && !s; i++) {
		if (strcmp(renamed[i].old, key))
			continue;
		if (renamed[i].now)
			diag_warning(u->diags, item->key_span, "'%s' is called '%s' now", key,
			             renamed[i].now);
		else
			diag_warning(u->diags, item->key_span, "'%s' has no effect any more", key);
		return renamed[i].now ? find_setting(renamed[i].now) : NULL;
	}
	if (s)
		return s;
	d = diag_error(u->diags, item->key_span, "unknown setting '%s'", item->key);
	near_init(&near, key);
	for (size_t i = 0; i < countof(settings); i++)
		near_offer(&near, settings[i].key);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	return NULL;
}

static void from_script(struct unit *u)
{
	vec_each (i, &u->script.config) {
		const struct config_item *item = &u->script.config.v[i];
		const struct setting *s = setting_for(u, item);
		const char *expected = s ? set(u, s, value_text(u, item->value)) : NULL;

		if (expected)
			diag_error(u->diags, item->value->span, "'%s' takes %s, not '%s'", s->key,
			           expected, value_text(u, item->value));
	}
}

static void from_environment(struct unit *u)
{
	static const char *const prefixes[] = { "BPFTRACE_", "SONDE_" };

	for (size_t i = 0; i < countof(settings); i++) {
		for (size_t p = 0; p < countof(prefixes); p++) {
			char *name = arena_printf(u->arena, "%s%s", prefixes[p], settings[i].key);
			const char *value, *expected;

			for (char *c = name; *c; c++)
				*c = (char)toupper((unsigned char)*c);
			value = getenv(name);
			expected = value ? set(u, &settings[i], value) : NULL;
			if (expected)
				diag_error(u->diags, SPAN_NONE, "environment: %s takes %s, not '%s'", name,
				           expected, value);
		}
	}
}

static void check_ranges(struct unit *u)
{
	static const char *const licenses[] = { "GPL", "GPL v2", "GPL and additional rights",
		                                "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL" };
	enum { MOST_STRLEN = 1024 * 1024 - 1 };
	struct config *c = &u->config;
	bool known = false;

	for (size_t i = 0; i < countof(licenses); i++)
		known |= !strcmp(c->license, licenses[i]);
	if (!known)
		diag_error(u->diags, SPAN_NONE,
		           "license '%s' is unknown to the kernel or not compatible with the GPL",
		           c->license);
	if (c->max_strlen < 1 || c->max_strlen > MOST_STRLEN)
		diag_error(u->diags, SPAN_NONE, "max_strlen is 1 to %d, not %llu", MOST_STRLEN,
		           (unsigned long long)c->max_strlen);
	if (c->max_map_keys < 1 || c->max_map_keys > UINT32_MAX)
		diag_error(u->diags, SPAN_NONE, "max_map_keys is 1 to %u, not %llu", UINT32_MAX,
		           (unsigned long long)c->max_map_keys);
}

void config_run(struct unit *u)
{
	u->config = defaults;
	from_script(u);
	from_environment(u);
	check_ranges(u);
	ktypes_init(u);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - settings: defaults, then the script's config block, then the environment.
 *
 * A key may be written in any case, with or without BPFTRACE_ or SONDE_ in front.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/log.h"
#include "base/near.h"
#include "base/strbuf.h"
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
	uint64_t least, most; /* of numbers */
	const char *values;   /* enums: words, one space apart */
} settings[] = {
#define CONFIG_INT(name, init, least, most, text)                                                  \
	{ #name, SETTING_INT, offsetof(struct config, name), least, most, NULL },
#define CONFIG_BOOL(name, init, text)                                                              \
	{ #name, SETTING_BOOL, offsetof(struct config, name), 0, 0, NULL },
#define CONFIG_STRING(name, init, text)                                                            \
	{ #name, SETTING_STRING, offsetof(struct config, name), 0, 0, NULL },
#define CONFIG_ENUM(name, init, values, text)                                                      \
	{ #name, SETTING_ENUM, offsetof(struct config, name), 0, 0, values },
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
};

static const struct config defaults = {
#define CONFIG_INT(name, init, least, most, text) .name = (init),
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
static const struct renaming {
	const char *old, *now; /* NULL: gone without effect */
	bool negated;
} renamed[] = {
	{ "strlen", "max_strlen", false },           { "map_keys_max", "max_map_keys", false },
	{ "cat_bytes_max", "max_cat_bytes", false }, { "no_cpp_demangle", "cpp_demangle", true },
	{ "no_user_symbols", NULL, false },          { "symbol_source", NULL, false },
	{ "max_type_res_iterations", NULL, false },  { "unstable_addr", NULL, false },
	{ "unstable_import", NULL, false },          { "unstable_macro", NULL, false },
	{ "unstable_map_decl", NULL, false },
};

/* What is not of the script but of the machine it runs on. */
static const char *const environment_only[] = { "btf", "kernel_build", "kernel_source", "vmlinux" };

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

/* -- values: each returns NULL, or what is wrong with the text -- */

static const char *set_int(struct unit *u, const struct setting *s, const char *text)
{
	uint64_t value;
	bool negative;

	if (!number_parse(text, &value, &negative) || negative)
		return arena_printf(u->arena, "%s: expecting a number, got %s", s->key, text);
	if (value < s->least || value > s->most)
		return arena_printf(u->arena, "%s: expecting a number from %llu to %llu, got %s",
		                    s->key, (unsigned long long)s->least,
		                    (unsigned long long)s->most, text);
	memcpy((char *)&u->config + s->offset, &value, sizeof(value));
	return NULL;
}

static const char *set_bool(struct unit *u, const struct setting *s, const char *text)
{
	if (parse_bool(text, (bool *)((char *)&u->config + s->offset)))
		return NULL;
	return arena_printf(
		u->arena, "%s: Invalid bool value: valid values are true, false, 1 or 0. Found: %s",
		s->key, text);
}

static const char *set_enum(struct unit *u, const struct setting *s, const char *text)
{
	struct strbuf sb = STRBUF_INIT;
	const char *message, *rest = s->values;

	if (parse_enum(s->values, text, (uint32_t *)((char *)&u->config + s->offset)))
		return NULL;
	strbuf_addf(&sb, "Invalid value for %s: valid values are ", s->key);
	while (*rest) {
		size_t n = strcspn(rest, " ");

		strbuf_addf(&sb, "%.*s%s", (int)n, rest,
		            !rest[n]                    ? ""
		            : strchr(rest + n + 1, ' ') ? ", "
		                                        : " and ");
		rest += n + (rest[n] == ' ');
	}
	strbuf_addf(&sb, ". Found: %s", text);
	message = arena_memdup(u->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return message;
}

static const char *set_string(struct unit *u, const struct setting *s, const char *text)
{
	*(const char **)((char *)&u->config + s->offset) = arena_strdup(u->arena, text);
	return NULL;
}

/* Helpers for GPL programs only are the rule: the kernel must take the license for compatible. */
static const char *set_license(struct unit *u, const struct setting *s, const char *text)
{
	static const char *const known[] = { "Dual MIT/GPL", "Dual BSD/GPL",
		                             "Dual MPL/GPL", "GPL and additional rights",
		                             "GPL v2",       "GPL" };
	struct strbuf sb = STRBUF_INIT;
	const char *message;

	for (size_t i = 0; i < countof(known); i++)
		if (!strcmp(text, known[i]))
			return set_string(u, s, text);
	strbuf_addf(&sb, "Invalid value for license. Found: %s. Valid values: ", text);
	for (size_t i = 0; i < countof(known); i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", known[i]);
	message = arena_memdup(u->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return message;
}

/* Sets a value from text. Returns NULL, or what is wrong. */
static const char *set(struct unit *u, const struct setting *s, const char *text)
{
	switch (s->kind) {
	case SETTING_INT: return set_int(u, s, text);
	case SETTING_BOOL: return set_bool(u, s, text);
	case SETTING_STRING:
		return !strcmp(s->key, "license") ? set_license(u, s, text)
		                                  : set_string(u, s, text);
	case SETTING_ENUM: return set_enum(u, s, text);
	}
	return NULL;
}

static const char *negate(const char *text)
{
	bool value;

	return parse_bool(text, &value) ? value ? "false" : "true" : text;
}

/* -- the script -- */

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

static const struct renaming *find_renaming(const char *key)
{
	for (size_t i = 0; i < countof(renamed); i++)
		if (!strcmp(renamed[i].old, key))
			return &renamed[i];
	return NULL;
}

static void suggest_setting(struct diag *d, const char *key)
{
	struct near near;

	near_init(&near, key);
	for (size_t i = 0; i < countof(settings); i++)
		near_offer(&near, settings[i].key);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
}

/* The setting an old key stands for, after a warning; NULL: none. */
static const struct setting *renamed_setting(struct unit *u, const struct renaming *r,
                                             struct span at)
{
	if (r->now)
		diag_warning(u->diags, at, "%s has been renamed, please use %s", r->old, r->now);
	else
		diag_warning(u->diags, at, "%s is deprecated and has no effect", r->old);
	return r->now ? find_setting(r->now) : NULL;
}

static void unknown_key(struct unit *u, const struct config_item *item, const char *key)
{
	for (size_t i = 0; i < countof(environment_only); i++) {
		if (strcmp(environment_only[i], key))
			continue;
		diag_error(u->diags, item->key_span,
		           "%s can only be set as an environment variable", item->key);
		return;
	}
	suggest_setting(diag_error(u->diags, span_join(item->key_span, item->value->span),
	                           "%s: not a known configuration option", item->key),
	                key);
}

static void from_script(struct unit *u)
{
	vec_each (i, &u->script.config) {
		const struct config_item *item = &u->script.config.v[i];
		const char *key = canonical(u, item->key), *text = value_text(u, item->value),
			   *wrong;
		const struct setting *s = find_setting(key);
		const struct renaming *r = s ? NULL : find_renaming(key);

		if (r)
			s = renamed_setting(u, r, item->key_span);
		else if (!s)
			unknown_key(u, item, key);
		wrong = s ? set(u, s, r && r->negated ? negate(text) : text) : NULL;
		if (wrong)
			diag_error(u->diags, item->value->span, "%s", wrong);
	}
}

/* -- the environment -- */

/* The value of a key: SONDE_KEY wins over BPFTRACE_KEY. */
static const char *from_variable(struct unit *u, const char *key, const char **name)
{
	static const char *const prefixes[] = { "SONDE_", "BPFTRACE_" };

	for (size_t i = 0; i < countof(prefixes); i++) {
		char *variable = arena_printf(u->arena, "%s%s", prefixes[i], key);

		for (char *c = variable; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		*name = variable;
		if (getenv(variable))
			return getenv(variable);
	}
	return NULL;
}

static void from_environment(struct unit *u)
{
	const char *name;

	for (size_t i = 0; i < countof(renamed); i++) {
		const char *value = from_variable(u, renamed[i].old, &name), *wrong;
		const struct setting *s = value ? renamed_setting(u, &renamed[i], SPAN_NONE) : NULL;

		wrong = s ? set(u, s, renamed[i].negated ? negate(value) : value) : NULL;
		if (wrong)
			diag_error(u->diags, SPAN_NONE, "%s in the environment: %s", name, wrong);
	}
	for (size_t i = 0; i < countof(settings); i++) {
		const char *value = from_variable(u, settings[i].key, &name);
		const char *wrong = value ? set(u, &settings[i], value) : NULL;

		if (wrong)
			diag_error(u->diags, SPAN_NONE, "%s in the environment: %s", name, wrong);
	}
}

void config_run(struct unit *u)
{
	u->config = defaults;
	from_script(u);
	from_environment(u);
	ktypes_init(u);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the script's configuration as a value. */

#include "ast/unit.h"
#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

/* One setting: what it is, and where struct config has it. */
struct setting {
	const char *name;
	enum { INT, BOOL, STRING, ENUM } kind;
	size_t at;
	const char *values; /* ENUM: "error warn ignore" */
};

static const struct setting settings[] = {
#define CONFIG_INT(name, init, text) { #name, INT, offsetof(struct config, name), NULL },
#define CONFIG_BOOL(name, init, text) { #name, BOOL, offsetof(struct config, name), NULL },
#define CONFIG_STRING(name, init, text) { #name, STRING, offsetof(struct config, name), NULL },
#define CONFIG_ENUM(name, init, values, text) { #name, ENUM, offsetof(struct config, name), values },
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
};

/* Its text, and how long that is. */
static const char *text_of(const struct config *c, const struct setting *s, size_t *len)
{
	const char *text;
	uint32_t n;

	if (s->kind == STRING) {
		memcpy(&text, (const char *)c + s->at, sizeof(text));
		*len = strlen(text);
		return text;
	}
	memcpy(&n, (const char *)c + s->at, sizeof(n));
	for (text = s->values; n--; text += strspn(text, " "))
		text += strcspn(text, " ");
	*len = strcspn(text, " ");
	return text;
}

static const struct type *type_of(struct sema *s, const struct setting *set)
{
	size_t len;

	switch (set->kind) {
	case INT: return type_int(s->ty, 8, false);
	case BOOL: return &type_bool;
	case STRING:
	case ENUM: text_of(&s->u->config, set, &len); return type_string(s->ty, (uint32_t)len + 1);
	}
	BUG("setting");
}

static const struct type *check_config(struct sema *s, struct expr *call)
{
	const struct type *type[countof(settings)];
	const char *name[countof(settings)];

	for (size_t i = 0; i < countof(settings); i++) {
		name[i] = intern(&s->u->names, settings[i].name);
		type[i] = type_of(s, &settings[i]);
	}
	return type_record(s->ty, name, type, countof(settings));
}

/* It does not change: bytes among the constants. */
static struct value emit_config(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct config *c = &cg_unit(cg)->config;
	char bytes[1024] = { 0 };

	BUG_ON(call->type->size > sizeof(bytes));
	for (size_t i = 0; i < countof(settings); i++) {
		const struct setting *s = &settings[i];
		char *to = bytes + call->type->field[i].offset;
		const char *text;
		size_t len;

		if (s->kind == INT) {
			memcpy(to, (const char *)c + s->at, sizeof(uint64_t));
		} else if (s->kind == BOOL) {
			memcpy(to, (const char *)c + s->at, sizeof(bool));
		} else {
			text = text_of(c, s, &len);
			memcpy(to, text, len);
		}
	}
	return cg_value(cg_bytes(cg, bytes, call->type->size), call->type);
}

/* clang-format off */
const struct lang_def lang_settings[] = {
	{
		.name = "config",
		.sig = "config -> T",
		.check = check_config,
		.emit = emit_config,
		.brief = "The settings that the script runs with, as a record.",
		.example = "BEGIN { print(config.max_strlen); }",
	},
	{ 0 },
};
/* clang-format on */

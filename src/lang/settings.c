/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the script's settings as a value. */

#include "base/arena.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

/* The record under construction. */
struct settings {
	struct unit *u;
	struct expr *record;
	VEC(struct expr *) elems;
	VEC(const char *) names;
};

static struct expr *add(struct settings *s, const char *name, enum expr_kind kind)
{
	struct expr *e = expr_new(s->u->arena, kind, s->record->span);

	vec_push_in(s->u->arena, &s->elems, e);
	vec_push_in(s->u->arena, &s->names, intern(&s->u->names, name));
	return e;
}

static void add_text(struct settings *s, const char *name, const char *text, size_t len)
{
	struct expr *e = add(s, name, EXPR_STRING);

	e->string.text = arena_memdup(s->u->arena, text, len);
	e->string.len = len;
}

/* Word n of a list of them, one space apart. */
static void add_word(struct settings *s, const char *name, const char *words, uint32_t n)
{
	while (n--)
		words += strcspn(words, " ") + 1;
	add_text(s, name, words, strcspn(words, " "));
}

static void fold_config(struct unit *u, const struct program *p, struct expr *call)
{
	struct settings s = { .u = u, .record = expr_new(u->arena, EXPR_RECORD, call->span) };

#define CONFIG_INT(name, init, least, most, text)                                                  \
	add(&s, #name, EXPR_INT)->integer.value = u->config.name;
#define CONFIG_BOOL(name, init, text) add(&s, #name, EXPR_BOOL)->boolean.value = u->config.name;
#define CONFIG_STRING(name, init, text) add_text(&s, #name, u->config.name, strlen(u->config.name));
#define CONFIG_ENUM(name, init, values, text) add_word(&s, #name, values, u->config.name);
#include "ast/config.def"
#undef CONFIG_INT
#undef CONFIG_BOOL
#undef CONFIG_STRING
#undef CONFIG_ENUM
	s.record->tuple.elem = s.elems.v;
	s.record->tuple.name = s.names.v;
	s.record->tuple.elems = s.elems.n;
	*call = *s.record;
}

/* clang-format off */
const struct lang_def lang_settings[] = {
	{
		.name = "config",
		.sig = "config",
		.fold = fold_config,
		.brief = "The settings in force, as a record: config.max_strlen.",
		.example = "begin { print(config.max_strlen); }",
	},
	{ 0 },
};
/* clang-format on */

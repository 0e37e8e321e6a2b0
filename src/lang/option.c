/* SPDX-License-Identifier: Apache-2.0 */
/* option.c - options that a script has on the command line. */

#include "base/arena.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

static const struct type *option_type(struct sema *s, const struct expr *call)
{
	const struct expr *init = arg_given(call, 1) ? call->call.arg[1] : NULL;

	if (!init || (init->literal && init->kind == EXPR_BOOL))
		return &type_bool;
	if (init->literal && init->kind == EXPR_INT)
		return type_int(s->ty, 8, init->integer.negative);
	if (init->literal && init->kind == EXPR_STRING)
		return type_string(s->ty, (uint32_t)s->u->config.max_strlen);
	return arg_mismatch(s, call, 1,
	                    "a string literal, an integer literal, or a boolean literal");
}

static bool same_init(const struct expr *a, const struct expr *b)
{
	if (!a || !b)
		return !(a ? literal_value(a) : b ? literal_value(b) : 0);
	if (a->kind == EXPR_STRING)
		return !strcmp(a->string.text, b->string.text);
	return literal_value(a) == literal_value(b);
}

/* All uses of an option say the same of it. */
static bool agrees(struct sema *s, const struct expr *call, const struct script_option *o,
                   const struct script_option *first)
{
	struct diag *d;

	if (o->type == first->type && same_init(o->init, first->init) &&
	    !strcmp(o->description, first->description))
		return true;
	if (strcmp(o->description, first->description))
		d = diag_error(
			s->diags, call->span,
			"Command line option '%s' must have the same description in all places "
			"it's used",
			o->name);
	else
		d = diag_error(
			s->diags, call->span,
			"Command line option '%s' needs to have the same default value in all "
			"places it is used",
			o->name);
	diag_note(d, first->span, "used here before");
	diag_hint(d, "a macro or a function can hold the one call");
	return false;
}

static void add_option(struct sema *s, struct expr *call, struct script_option *o)
{
	o->offset = s->u->options_size;
	s->u->options_size += (o->type->size + 7) / 8 * 8;
	vec_push_in(s->u->arena, &s->u->options, o);
	call->call.note = o;
}

static bool is_option_name(const char *name)
{
	return *name && *name != '-' && !name[strcspn(name, "= \t\n")];
}

static const struct type *check_getopt(struct sema *s, struct expr *call)
{
	struct script_option *o;

	/* Only then is it known that this call is part of the script. */
	if (!s->final)
		return option_type(s, call);
	o = arena_new(s->u->arena, struct script_option);
	o->name = call->call.arg[0]->string.text;
	o->description = arg_given(call, 2) ? call->call.arg[2]->string.text : "";
	o->span = call->span;
	o->init = arg_given(call, 1) ? call->call.arg[1] : NULL;
	o->type = option_type(s, call);
	if (o->type == &type_error)
		return o->type;
	if (!is_option_name(o->name)) {
		diag_error(s->diags, call->call.arg[0]->span,
		           "'%s' cannot be the name of an option", o->name);
		return &type_error;
	}
	vec_each (i, &s->u->options) {
		struct script_option *first = s->u->options.v[i];

		if (strcmp(first->name, o->name))
			continue;
		call->call.note = first;
		return agrees(s, call, o, first) ? o->type : &type_error;
	}
	add_option(s, call, o);
	return o->type;
}

static struct value emit_getopt(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct script_option *o = call->call.note;
	cgv at = cg_option(cg, o->offset);

	if (!type_is_scalar(o->type))
		return cg_value(at, o->type);
	return cg_value(cg_load(cg, at, o->type->size, o->type->is_signed), o->type);
}

/* clang-format off */
const struct lang_def lang_option[] = {
	{
		.name = "getopt",
		.sig = "getopt(name: strlit, default: any = false, description: strlit = \"\") -> T",
		.check = check_getopt,
		.emit = emit_getopt,
		.brief = "The value of --name=value behind the script on the command line. Its type is that of the default: bool (which is true when given without a value), integer or string.",
		.example = "begin { printf(\"%d %s\\n\", getopt(\"count\", 5, \"how many\"), getopt(\"path\", \"/tmp\")); }",
	},
	{ 0 },
};
/* clang-format on */

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sig_check.c - calls against signatures: how many arguments, of which kinds, with which result; and
 * what check hooks ask of arguments.
 */

#include "sema/sig.h"

#include "base/bug.h"
#include "lang/lang.h"
#include "probes/probe.h"
#include "sema/types.h"

#include <stdlib.h>
#include <string.h>

static bool check_arity(struct sema *s, const struct expr *call)
{
	size_t least, most, n = call->call.args;
	struct strbuf usage = STRBUF_INIT;
	struct diag *d;

	sig_arity(call->call.def->sig, &least, &most);
	if (n >= least && n <= most)
		return true;
	if (!most)
		d = diag_error(s->diags, call->span, "%s() requires no arguments (%zu provided)",
		               call->call.name, n);
	else if (n > most && least < most)
		d = diag_error(s->diags, call->span,
		               "%s() takes up to %zu argument%s (%zu provided)", call->call.name,
		               most, most == 1 ? "" : "s", n);
	else if (least == 1)
		d = diag_error(s->diags, call->span, "%s() requires %sone argument (%zu provided)",
		               call->call.name, least < most ? "at least " : "", n);
	else
		d = diag_error(s->diags, call->span, "%s() requires %s%zu arguments (%zu provided)",
		               call->call.name, least < most ? "at least " : "", least, n);
	sig_text(call->call.def->sig, &usage);
	diag_hint(d, "it is called as %s", usage.buf);
	strbuf_release(&usage);
	return false;
}

/* -- kinds of parameters -- */

static bool is_any(const struct expr *e)
{
	return e->type->kind != KIND_NONE;
}

static bool is_number(const struct expr *e)
{
	return type_is_int(e->type) || e->type->kind == KIND_BOOL || type_is_castable(e->type);
}

static bool is_address(const struct expr *e)
{
	return type_is_int(e->type) || e->type->kind == KIND_POINTER;
}

static bool is_memory(const struct expr *e)
{
	return is_address(e) || e->type->kind == KIND_STRING || e->type->kind == KIND_ARRAY ||
	       e->type->kind == KIND_BUFFER;
}

static bool is_string(const struct expr *e)
{
	return e->type->kind == KIND_STRING;
}

static bool is_byte(const struct type *t)
{
	return t->kind == KIND_INT && t->size == 1;
}

/* A string, or bytes that end with a NUL, or the address of either. */
static bool is_text(const struct expr *e)
{
	const struct type *t = e->type;

	if (t->kind == KIND_POINTER && t->elem && t->elem->kind == KIND_STRING)
		return true;
	if (t->kind == KIND_ARRAY || t->kind == KIND_POINTER)
		return t->elem && is_byte(t->elem);
	return t->kind == KIND_STRING;
}

static bool is_bool(const struct expr *e)
{
	return e->type->kind == KIND_BOOL || type_is_int(e->type) || e->type->kind == KIND_POINTER;
}

static bool is_buffer(const struct expr *e)
{
	return e->type->kind == KIND_BUFFER;
}

static bool is_stack(const struct expr *e)
{
	return e->type->kind == KIND_KSTACK || e->type->kind == KIND_USTACK;
}

static bool is_int_literal(const struct expr *e)
{
	return e->literal && e->kind == EXPR_INT;
}

static bool is_text_literal(const struct expr *e)
{
	return e->literal && e->kind == EXPR_STRING;
}

static bool is_map(const struct expr *e)
{
	return e->kind == EXPR_MAP && !e->map.keys;
}

static bool is_place(const struct expr *e)
{
	return e->kind == EXPR_MAP;
}

static bool is_var(const struct expr *e)
{
	return e->kind == EXPR_VAR;
}

static bool is_word(const struct expr *e)
{
	return e->kind == EXPR_NAME;
}

static const struct {
	const char *kind, *wanted;
	bool (*fits)(const struct expr *e);
	bool untyped; /* looks at the expression, not at its type */
} kinds[] = {
	{ "any", "a value", is_any, false },
	{ "int", "an integer", is_number, false },
	{ "bool", "a condition", is_bool, false },
	{ "string", "a string", is_string, false },
	{ "text", "text: a string, bytes or their address", is_text, false },
	{ "buffer", "a buffer", is_buffer, false },
	{ "ptr", "a pointer or an integer", is_address, false },
	{ "mem", "a string, an array, a pointer or an integer", is_memory, false },
	{ "stack", "a stack", is_stack, false },
	{ "intlit", "an integer literal", is_int_literal, true },
	{ "strlit", "a string literal", is_text_literal, true },
	{ "map", "a map argument", is_map, true },
	{ "place", "a map argument", is_place, true },
	{ "var", "a variable", is_var, true },
	{ "word", "a name", is_word, true },
};

static bool check_kind(struct sema *s, const struct expr *call, size_t i, const struct sig_param *p)
{
	const struct expr *e = call->call.arg[i];

	for (size_t k = 0; p->kind && k < countof(kinds); k++) {
		if (strlen(kinds[k].kind) != p->kind_len ||
		    strncmp(kinds[k].kind, p->kind, p->kind_len))
			continue;
		if (!kinds[k].untyped && (!e->type || e->type == &type_unknown))
			return true;
		if (kinds[k].fits(e))
			return true;
		arg_mismatch(s, call, i, kinds[k].wanted);
		return false;
	}
	return true;
}

static bool check_args(struct sema *s, struct expr *call)
{
	const char *at = sig_params(call->call.def->sig);
	struct sig_param p;
	bool ok = true;

	for (size_t i = 0; i < call->call.args && sig_next(&at, &p) && !p.rest; i++)
		ok &= check_kind(s, call, i, &p);
	return ok;
}

/* -- results -- */

static const struct type *result_type(struct sema *s, const char *sig)
{
	static const struct {
		const char *name;
		enum kind kind;
	} simple[] = {
		{ "ksym", KIND_KSYM }, { "usym", KIND_USYM }, { "username", KIND_USERNAME },
		{ "mac", KIND_MAC },   { "inet", KIND_INET },
	};
	const char *name = sig_result_name(sig);
	bool is_signed;
	uint32_t size;

	if (sig_int(name, &size, &is_signed))
		return type_int(s->ty, size, is_signed);
	for (size_t i = 0; i < countof(simple); i++)
		if (!strcmp(simple[i].name, name))
			return type_simple(s->ty, simple[i].kind);
	if (!strcmp(name, "bool"))
		return &type_bool;
	if (!strcmp(name, "string"))
		return type_string(s->ty, (uint32_t)s->u->config.max_strlen);
	if (!strncmp(name, "string[", 7))
		return type_string(s->ty, (uint32_t)strtoul(name + 7, NULL, 10));
	return &type_none;
}

const struct type *sig_check(struct sema *s, struct expr *call)
{
	const struct lang_def *def = call->call.def;

	if (!check_arity(s, call) || !check_args(s, call))
		return &type_error;
	return def->check ? def->check(s, call) : result_type(s, def->sig);
}

/* -- for check hooks -- */

bool arg_given(const struct expr *call, size_t i)
{
	return i < call->call.args;
}

static const char *found_text(struct sema *s, const struct expr *e)
{
	if (e->kind == EXPR_NAME)
		return e->call.name;
	if (e->kind == EXPR_MAP && (!e->type || type_is_aggregation(e->type) || e->map.keys))
		return e->map.keys ? "an element of a map" : "a whole map";
	return e->type ? type_name(s->ty, e->type) : expr_kind_name(e->kind);
}

const struct type *arg_mismatch(struct sema *s, const struct expr *call, size_t i,
                                const char *wanted)
{
	const struct expr *e = call->call.arg[i];
	struct diag *d;

	if (e->kind == EXPR_BAD)
		return &type_error;
	d = diag_error(s->diags, e->span, "%s() expects %s (%s provided)", call->call.name, wanted,
	               found_text(s, e));
	if (e->param_text && e->kind == EXPR_INT)
		diag_hint(d, "str($N) takes a parameter as text");
	return &type_error;
}

bool arg_literal(struct sema *s, const struct expr *call, size_t i, const char *what,
                 uint64_t *value)
{
	const struct expr *e = call->call.arg[i];

	if (!is_int_literal(e) || e->integer.negative) {
		diag_error(s->diags, e->span, "%s: invalid %s value (must be non-negative literal)",
		           call->call.name, what);
		return false;
	}
	*value = e->integer.value;
	return true;
}

const char *arg_text(struct sema *s, const struct expr *call, size_t i)
{
	const struct expr *e = call->call.arg[i];

	if (is_text_literal(e))
		return e->string.text;
	arg_mismatch(s, call, i, "a string literal");
	return NULL;
}

struct map_var *arg_map(struct sema *s, struct expr *call, size_t i)
{
	struct expr *e = call->call.arg[i];

	if (!is_map(e)) {
		arg_mismatch(s, call, i, "a map argument");
		return NULL;
	}
	call->call.map = e->map.map;
	return e->map.map;
}

const struct type *not_in_probe(struct sema *s, const struct expr *e, const char *what)
{
	if (s->program->fn)
		diag_error(s->diags, e->span, "The %s builtin is not supported outside probe",
		           what);
	else
		diag_error(s->diags, e->span, "The %s builtin can not be used with '%s' probes",
		           what, s->program->kind->name);
	return &type_error;
}

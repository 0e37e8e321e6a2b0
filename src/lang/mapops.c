/* SPDX-License-Identifier: Apache-2.0 */
/* mapops.c - operations on maps. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"
#include "sema/types.h"

/* Operations take "f(@m, key)" or, as older scripts write it, "f(@m[key])". */
struct map_place {
	struct map_var *map;
	struct expr *const *key;
	size_t keys;
};

static struct map_place place_of(const struct expr *call)
{
	const struct expr *e = call->call.arg[0];

	if (call->call.args > 1)
		return (struct map_place){ e->map.map, call->call.arg + 1, 1 };
	return (struct map_place){ e->map.map, e->map.key, e->map.keys };
}

static const struct type *needs_keys(struct sema *s, const struct expr *call, struct span at,
                                     const struct map_var *m)
{
	struct diag *d = diag_error(
		s->diags, at, "call to %s() expects a map with explicit keys (non-scalar map)",
		call->call.name);

	if (m->scalar)
		diag_note(d, m->scalar_span, "%s is used without a key", m->name);
	return &type_error;
}

static const struct type *check_place(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];
	struct map_place p = place_of(call);

	if (e->map.keys && call->call.args > 1 && call->call.args < 3)
		return arg_mismatch(s, call, 0, "a map argument");
	call->call.map = p.map;
	e->type = p.map->value;
	if (!p.keys && p.map->keyed && !p.map->scalar) {
		diag_hint(diag_error(s->diags, call->span,
		                     "call to %s() with a single argument expects a map without "
		                     "explicit keys (scalar map)",
		                     call->call.name),
		          "%s(%s, key) removes one key, clear(%s) all", call->call.name,
		          p.map->name, p.map->name);
		return &type_error;
	}
	if (p.keys && p.map->scalar && !p.map->keyed)
		return needs_keys(s, call, e->span, p.map);
	/* Alone, it does not tell whether the map has keys. */
	if (p.keys)
		sema_map_key(s, p.map, p.key, p.keys,
		             call->call.args > 1 ? call->call.arg[1]->span : e->span);
	return &type_bool;
}

static cgv key_of(struct cg *cg, const struct expr *call)
{
	struct map_place p = place_of(call);

	return cg_map_key(cg, p.map, p.key, p.keys);
}

static struct value emit_delete(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_map_delete(cg, place_of(call).map, key_of(cg, call)), call->type);
}

static struct value emit_has_key(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_map_has(cg, place_of(call).map, key_of(cg, call)), call->type);
}

static const struct type *missing_key(struct sema *s, const struct expr *call)
{
	diag_hint(diag_error(s->diags, call->span, "%s() requires a key (only a map provided)",
	                     call->call.name),
	          "it is called as %s(%s, key)", call->call.name, call->call.arg[0]->map.map->name);
	return &type_error;
}

static const struct type *check_has_key(struct sema *s, struct expr *call)
{
	struct map_place p = place_of(call);

	if (!p.keys)
		return missing_key(s, call);
	return check_place(s, call);
}

static const struct type *check_find(struct sema *s, struct expr *call)
{
	struct expr *var = call->call.arg[2];

	if (!var->var.var)
		return &type_error;
	check_place(s, call);
	var_assign(s, var->var.var, int_of(s, call->call.map->value), NULL, var->span);
	var->type = var->var.var->type;
	return &type_bool;
}

static struct value emit_find(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	const struct expr *var = call->call.arg[2];
	struct map_var *m = call->call.arg[0]->map.map;
	cgv key = cg_map_key(cg, m, call->call.arg + 1, 1), has = cg_map_has(cg, m, key);
	struct cg_if found = cg_if(cg, has);

	cg_store_value(cg, cg_variable(cg, var), cg_map_read(cg, m, key), var->type);
	cg_endif(cg, &found);
	return cg_value(has, call->type);
}

/* -- whole maps -- */

static const struct type *check_whole(struct sema *s, struct expr *call)
{
	return arg_map(s, call, 0) ? &type_none : &type_error;
}

static struct value send_map(struct cg *cg, const struct expr *call, enum meta_event_kind kind)
{
	const struct cg_event ev = {
		.kind = kind,
		.map = call->call.arg[0]->map.map,
		.span = call->span,
	};

	cg_send(cg, &ev, NULL, 0);
	return cg_value(NULL, &type_none);
}

static struct value emit_clear(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_map(cg, call, EVENT_CLEAR);
}

static struct value emit_zero(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return send_map(cg, call, EVENT_ZERO);
}

static bool is_stack(const struct type *t)
{
	return t->kind == KIND_KSTACK || t->kind == KIND_USTACK;
}

static const struct type *check_len(struct sema *s, struct expr *call)
{
	struct expr *e = call->call.arg[0];
	const struct type *t;

	if (e->kind == EXPR_MAP && !e->map.keys && !is_stack(e->map.map->value)) {
		call->call.map = e->map.map;
		e->type = e->map.map->value;
		if (s->final && !e->map.map->keyed && e->type != &type_unknown) {
			return needs_keys(s, call, e->span, e->map.map);
		}
		return type_int(s->ty, 8, true);
	}
	t = sema_expr(s, e);
	if (t == &type_unknown || is_stack(t))
		return type_int(s->ty, 8, true);
	if (t == &type_error)
		return t;
	diag_error(s->diags, e->span,
	           "call to len() expects a map, ustack, or kstack (%s provided)",
	           type_name(s->ty, t));
	return &type_error;
}

static struct value emit_len(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	struct value v;

	if (!is_stack(call->call.arg[0]->type))
		return cg_value(cg_map_len(cg, call->call.map), call->type);
	v = cg_arg(cg, call, 0);
	if (v.type->kind == KIND_USTACK)
		v.v = cg_load(cg, v.v, 8, false);
	return cg_value(cg_stack_len(cg, v.v, v.type), call->type);
}

static const struct type *check_is_scalar(struct sema *s, struct expr *call)
{
	return arg_map(s, call, 0) ? &type_bool : &type_error;
}

static struct value emit_is_scalar(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_u64(cg, !call->call.map->keyed), call->type);
}

/* clang-format off */
const struct lang_def lang_mapops[] = {
	{
		.name = "delete",
		.sig = "delete(map: place, key = ) -> bool",
		.flags = LANG_NO_EVAL | LANG_DISCARD,
		.check = check_place,
		.emit = emit_delete,
		.brief = "Removes a key, or the value of a map without keys. True when there was one.",
		.example = "tracepoint:sched:sched_switch { @start[tid] = nsecs; delete(@start, tid); }",
	},
	{
		.name = "has_key",
		.sig = "has_key(map: place, key = ) -> bool",
		.flags = LANG_NO_EVAL,
		.check = check_has_key,
		.emit = emit_has_key,
		.brief = "Whether a map holds a key.",
		.example = "begin { @x[1] = 1; if (has_key(@x, 1)) { print(@x[1]); } }",
	},
	{
		.name = "find",
		.sig = "find(map: map, key, variable: var) -> bool",
		.flags = LANG_NO_EVAL,
		.check = check_find,
		.emit = emit_find,
		.brief = "Copies the value of a key into a variable; false when the map does not hold it.",
		.example = "begin { @x[1] = 2; let $v = (int64)0; if (find(@x, 1, $v)) { print($v); } }",
	},
	{
		.name = "len",
		.sig = "len(map_or_stack) -> i64",
		.flags = LANG_NO_EVAL,
		.check = check_len,
		.emit = emit_len,
		.brief = "How many keys a map holds, or frames a stack has.",
		.example = "begin { @x[1] = 1; print(len(@x)); }",
	},
	{
		.name = "clear",
		.sig = "clear(map: map)",
		.flags = LANG_NO_EVAL,
		.check = check_whole,
		.emit = emit_clear,
		.brief = "Removes all keys of a map; done after what was printed before.",
		.example = "tracepoint:sched:sched_switch { @ = count(); } interval:s:1 { print(@); clear(@); }",
	},
	{
		.name = "zero",
		.sig = "zero(map: map)",
		.flags = LANG_NO_EVAL,
		.check = check_whole,
		.emit = emit_zero,
		.brief = "Sets all values of a map to zero and keeps its keys.",
		.example = "tracepoint:sched:sched_switch { @[cpu] = count(); } interval:s:1 { print(@); zero(@); }",
	},
	{
		.name = "is_scalar",
		.sig = "is_scalar(map: map) -> bool",
		.flags = LANG_NO_EVAL,
		.check = check_is_scalar,
		.emit = emit_is_scalar,
		.brief = "Whether a map is used without keys.",
		.example = "begin { @x = 1; print(is_scalar(@x)); }",
	},
	{ 0 },
};
/* clang-format on */

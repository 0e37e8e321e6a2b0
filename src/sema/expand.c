/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand.c - from probe blocks with patterns to programs with targets.
 *
 * Targets of one block share a program wherever one program can tell or need not tell them apart:
 * a wildcard over hundreds of functions costs one compilation and one load. Each program has its
 * own copy of the block, since types may differ between targets.
 *
 * Requires: a tree. Afterwards: u->programs.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "probes/probe.h"
#include "sema/dispatch.h"
#include "sema/sema.h"

#include <ctype.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

/* What a block mentions; decides what its targets must have in common. */
struct mentions {
	bool typed;   /* functions that want pointers with types */
	bool process; /* comm(pid), which raw tracepoints may not ask for */
	bool args, numbered, ctx, probe, retval, kstack;
};

static bool wants_types(const char *name)
{
	return !strcmp(name, "path") || !strcmp(name, "socket_cookie") ||
	       !strcmp(name, "skboutput");
}

static void note_mention(void *arg, struct expr *e)
{
	struct mentions *m = arg;

	const char *name;

	if (e->kind != EXPR_NAME && e->kind != EXPR_CALL)
		return;
	name = e->call.name + (strncmp(e->call.name, "__builtin_", 10) ? 0 : 10);
	m->args |= !strcmp(name, "args");
	m->numbered |= !strncmp(name, "arg", 3) && isdigit((unsigned char)name[3]);
	m->typed |= wants_types(name);
	m->process |= !strcmp(name, "comm") && e->kind == EXPR_CALL && e->call.args;
	m->ctx |= !strcmp(name, "ctx");
	m->probe |= !strcmp(name, "probe");
	m->retval |= !strcmp(name, "retval");
	m->kstack |= !strcmp(name, "kstack");
}

static struct mentions mentions_of(const struct probe_def *def)
{
	struct mentions m = { 0 };

	if (def->predicate)
		expr_visit(def->predicate, note_mention, &m);
	block_visit(def->body, note_mention, &m);
	return m;
}

/* $1 in an attach point is replaced by its text, which is read again. NULL after a message. */
static const char *substitute(struct unit *u, const struct attach_text *at)
{
	struct strbuf sb = STRBUF_INIT;
	bool quoted = false;
	const char *result;

	for (const char *c = at->text; *c; c++) {
		struct span place;
		unsigned long n;
		char *end;

		quoted ^= *c == '"';
		if (*c != '$' || quoted) {
			strbuf_addc(&sb, *c);
			continue;
		}
		n = strtoul(c + 1, &end, 10);
		place.off = at->span.off + (uint32_t)(c - at->text);
		place.len = (uint32_t)(end - c) + (end == c + 1);
		if (end == c + 1) {
			diag_hint(
				diag_error(u->diags, place,
			                   "Invalid trailing character for positional param: %.1s",
			                   c + 1),
				"quote this part when the '$' is meant: \"$...\"");
			strbuf_release(&sb);
			return NULL;
		}
		if (n && n <= u->params)
			strbuf_adds(&sb, u->param[n - 1]);
		else
			diag_warning(u->diags, place,
			             "Positional parameter $%lu is empty or not provided", n);
		c = end - 1;
	}
	result = arena_memdup(u->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return result;
}

struct collector {
	struct unit *u;
	const struct probe_def *def;
	struct mentions m;
	struct span span;
	size_t first; /* programs of this block start here */
	size_t targets;
	uint32_t left_out; /* caps of targets that were not chosen */
};

static bool same_args(struct unit *u, const struct probe_target *a, const struct probe_target *b)
{
	struct probe_args x = { 0 }, y = { 0 };

	if (a->kind->args(u->probes, a, &x) || b->kind->args(u->probes, b, &y) ||
	    x.count != y.count)
		return false;
	for (size_t i = 0; i < x.count; i++) {
		const struct probe_arg *p = &x.arg[i], *q = &y.arg[i];

		if (strcmp(p->name, q->name) || p->where != q->where || p->offset != q->offset ||
		    p->size != q->size || p->is_signed != q->is_signed || p->btf_id != q->btf_id ||
		    p->value != q->value || p->index != q->index || p->scale != q->scale ||
		    strcmp(p->ctype ? p->ctype : "", q->ctype ? q->ctype : ""))
			return false;
	}
	return true;
}

static bool one_program(const struct collector *c, const struct program *p,
                        const struct probe_target *t)
{
	const struct probe_target *first = &p->targets.v[0];
	bool raw_syscall = t->flags & TARGET_RAW_SYSCALL;

	if (p->kind != t->kind || (first->flags ^ t->flags) & (TARGET_RAW_SYSCALL | TARGET_RAW))
		return false;
	/* Tracing programs are bound to their target when they are loaded. */
	if (t->kind->prog_type == BPF_PROG_TYPE_TRACING || t->flags & TARGET_TYPED)
		return false;
	if (t->kind->caps & (PROBE_TEST | PROBE_BENCH))
		return false;
	if (c->m.probe && !(t->kind->caps & PROBE_COOKIE) && !raw_syscall)
		return false;
	if (raw_syscall &&
	    !strncmp(first->symbol, "sys_enter", 9) != !strncmp(t->symbol, "sys_enter", 9))
		return false;
	if ((c->m.args || (c->m.numbered && t->kind->caps & PROBE_NOTED_ARGS)) && t->kind->args)
		return same_args(c->u, first, t);
	return true;
}

void program_body(struct arena *arena, struct program *p)
{
	p->body = block_clone(arena, p->def->body);
	if (p->def->predicate)
		p->predicate = expr_clone(arena, p->def->predicate);
}

static struct program *add_program(struct unit *u, const struct probe_def *def,
                                   const struct probe_kind *kind)
{
	struct program *p = arena_new(u->arena, struct program);

	p->def = def;
	p->span = def->span;
	p->kind = kind;
	program_body(u->arena, p);
	vec_push_in(u->arena, &u->programs, p);
	return p;
}

static struct program *program_for(struct collector *c, const struct probe_target *t)
{
	struct unit *u = c->u;
	struct program *p;

	for (size_t i = c->first; i < u->programs.n; i++)
		if (one_program(c, u->programs.v[i], t))
			return u->programs.v[i];
	p = add_program(u, c->def, t->kind);
	p->uses_kstack = c->m.kstack;
	return p;
}

/* --test, --bench and --probe-filter choose among the probes; begin, end and self are always there.
 */
static bool chosen(const struct unit *u, const struct probe_target *t)
{
	uint32_t caps = t->kind->caps, on_demand = caps & (PROBE_TEST | PROBE_BENCH);

	if (on_demand && !(on_demand & u->on_demand))
		return false;
	if (!u->filter || (caps & PROBE_SPECIAL && !on_demand))
		return true;
	return !regexec(u->filter, t->name, 0, NULL, 0);
}

/* Results are told apart by name. */
static void check_unique(struct collector *c, const struct probe_target *t)
{
	vec_each (i, &c->u->programs) {
		const struct probe_target *other = &c->u->programs.v[i]->targets.v[0];

		if (other->kind != t->kind || strcmp(other->symbol, t->symbol))
			continue;
		diag_note(diag_error(c->u->diags, c->span, "There are two %s probes '%s'",
		                     t->kind->name, t->symbol),
		          other->span, "the other one");
		return;
	}
}

static void add_target(void *arg, const struct probe_target *found)
{
	struct collector *c = arg;
	struct probe_target t = *found;
	struct program *p;

	if (!chosen(c->u, &t)) {
		c->left_out |= t.kind->caps & (PROBE_TEST | PROBE_BENCH);
		return;
	}
	if (t.kind->caps & (PROBE_TEST | PROBE_BENCH))
		check_unique(c, &t);
	t.span = c->span;
	/* A raw tracepoint costs a tenth to attach; but cookies tell targets apart only on the
	 * other, and kernel stacks begin there without the frames of the tracing itself. Patterns,
	 * which may mean hundreds of events, would take seconds to attach otherwise. */
	if (c->m.process || (c->m.kstack && !(t.flags & TARGET_WILDCARD)))
		t.flags &= ~(uint32_t)TARGET_RAW_SYSCALL;
	if (t.kind->caps & PROBE_RAWABLE && !(t.flags & TARGET_RAW_SYSCALL) && !c->m.args &&
	    !c->m.ctx && !c->m.probe && !c->m.kstack && !c->m.process)
		t.flags |= TARGET_RAW;
	if (c->m.typed && t.kind->prog_type == BPF_PROG_TYPE_RAW_TRACEPOINT &&
	    t.kind->caps & PROBE_WORDS)
		t.flags |= TARGET_TYPED;
	p = program_for(c, &t);
	vec_push_in(c->u->arena, &p->targets, t);
	c->targets++;
}

static void expand_point(struct collector *c, const struct attach_text *at)
{
	struct unit *u = c->u;
	struct attach_point ap;
	const char *text = substitute(u, at);
	size_t found = 0;

	c->span = at->span;
	if (!text || attach_point_split(u->probes, text, at->span, &ap))
		return;
	u->probes->missing = (uint32_t)u->config.missing_probes;
	u->probes->alternatives = c->def->points.n > 1;
	probe_expand(u->probes, &ap, add_target, c, &found);
}

/* A block whose attach points were refused is not compiled, but checked: the next mistake need not
 * wait until this one is mended. What only its probe would tell is not known (resolve_name.c). */
static void keep_lost(struct unit *u, const struct probe_def *def)
{
	static const struct probe_kind unknown = { .name = "unknown" };
	struct probe_target t = { .kind = &unknown, .name = unknown.name, .span = def->span };
	struct program *p = add_program(u, def, &unknown);

	p->lost = true;
	vec_push_in(u->arena, &p->targets, t);
}

static void warn_removed(struct unit *u, const struct probe_def *def)
{
	struct span points =
		span_join(def->points.v[0].span, def->points.v[def->points.n - 1].span);

	diag_warning(u->diags, points,
	             "Probe has no valid attach points. It is being removed which may cause issues "
	             "with program behavior.");
}

/* Returns the caps of what waits for another mode. */
static uint32_t expand_probe(struct unit *u, const struct probe_def *def)
{
	struct collector c = { .u = u, .def = def, .m = mentions_of(def), .first = u->programs.n };
	size_t errors = diags_count(u->diags, DIAG_ERROR);
	size_t warnings = diags_count(u->diags, DIAG_WARNING);

	vec_each (i, &def->points)
		expand_point(&c, &def->points.v[i]);
	if (c.targets)
		return c.left_out;
	if (diags_count(u->diags, DIAG_ERROR) > errors)
		keep_lost(u, def);
	else if (diags_count(u->diags, DIAG_WARNING) > warnings)
		warn_removed(u, def);
	return c.left_out;
}

static void check_limits(struct unit *u)
{
	size_t targets = 0;
	struct diag *d;

	vec_each (i, &u->programs)
		targets += u->programs.v[i]->targets.n;
	if (u->programs.n > u->config.max_bpf_progs) {
		d = diag_error(
			u->diags, SPAN_NONE,
			"Your program is trying to generate %zu BPF programs, which exceeds the "
			"current limit of %llu",
			u->programs.n, (unsigned long long)u->config.max_bpf_progs);
		diag_hint(
			d,
			"narrow the wildcards, or raise the limit: config = { max_bpf_progs=%zu }, "
			"or SONDE_MAX_BPF_PROGS in the environment",
			u->programs.n);
	}
	if (targets > u->config.max_probes) {
		d = diag_error(
			u->diags, SPAN_NONE,
			"Can't attach to %zu probes because it exceeds the current limit of %llu "
			"probes",
			targets, (unsigned long long)u->config.max_probes);
		diag_hint(
			d,
			"narrow the wildcards, or raise the limit: config = { max_probes=%zu }, or "
			"SONDE_MAX_PROBES in the environment",
			targets);
	}
}

/* That something is there to run; 'left_out': caps of probes that wait for --test or --bench. */
static void check_some(struct unit *u, uint32_t left_out)
{
	struct diag *d;

	vec_each (i, &u->programs)
		if (!u->on_demand || u->programs.v[i]->kind->caps & u->on_demand)
			return;
	d = diag_error(u->diags, SPAN_NONE, "No probes to attach: %s",
	               u->filter                   ? "--probe-filter leaves none"
	               : u->on_demand & PROBE_TEST ? "the script has no test probes"
	               : u->on_demand              ? "the script has no bench probes"
	                                           : "none of the script's probes exists here");
	if (left_out & PROBE_TEST)
		diag_hint(d, "--test runs test probes");
	if (left_out & PROBE_BENCH)
		diag_hint(d, "--bench runs bench probes");
}

void expand_run(struct unit *u)
{
	size_t errors = diags_count(u->diags, DIAG_ERROR);
	uint32_t left_out = 0;

	if (!u->script.probes.n && u->script.gaps.n)
		return;
	if (!u->script.probes.n) {
		struct diag *d = diag_error(u->diags, SPAN_NONE, "No probes to attach: %s has none",
		                            u->source.name);

		diag_hint(d, "the smallest script: BEGIN { printf(\"hello\\n\"); }");
		return;
	}
	vec_each (i, &u->script.probes)
		left_out |= expand_probe(u, u->script.probes.v[i]);
	if (diags_count(u->diags, DIAG_ERROR) == errors)
		check_some(u, left_out);
	check_limits(u);
	dispatches_gather(u);
}

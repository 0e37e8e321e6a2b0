/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - the list of kinds, and the way from an attach point's text to concrete targets.
 */

#include "probes/probe.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "probes/finder.h"
#include "probes/kinds.h"

#include <errno.h>
#include <string.h>

/* In the order in which they are attached: what measures a thing stands behind what prepares it. */
const struct probe_kind *const probe_kinds[] = {
	&probe_begin,     &probe_end,           &probe_self,
	&probe_kretprobe, &probe_tracepoint,    &probe_profile,
	&probe_interval,  &probe_watchpoint,    &probe_hardware,
	&probe_software,  &probe_rawtracepoint, &probe_kprobe,
	&probe_uprobe,    &probe_uretprobe,     &probe_usdt,
	&probe_fentry,    &probe_fexit,         &probe_iter,
	&probe_test,      &probe_bench,         NULL,
};

const struct probe_kind *probe_kind_find(const char *name)
{
	for (const struct probe_kind *const *k = probe_kinds; *k; k++) {
		if (!strcasecmp((*k)->name, name))
			return *k;
		for (size_t i = 0; i < countof((*k)->alias); i++)
			if ((*k)->alias[i] && !strcasecmp((*k)->alias[i], name))
				return *k;
	}
	return NULL;
}

/* -- wildcards -- */

bool wildcard_match(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			/* The last '*' takes one byte more; earlier ones stay as they are. */
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool has_wildcard(const char *text)
{
	return text && strchr(text, '*');
}

/* -- splitting -- */

struct splitter {
	struct arena *arena;
	struct attach_point *ap;
	const char *text, *start; /* the whole; the part at hand */
	VEC(const char *) parts;
	VEC(struct span) places;
	struct strbuf part;
};

/* A part that ends before 'end'. Parameters that were filled in move what stands behind them:
 * messages point at the whole then. */
static void end_part(struct splitter *s, const char *end)
{
	struct span place = s->ap->span;

	if (place.len == strlen(s->text) && end > s->start)
		place = (struct span){ place.off + (uint32_t)(s->start - s->text),
			               (uint32_t)(end - s->start) };
	vec_push_in(s->arena, &s->places, place);
	vec_push_in(s->arena, &s->parts, arena_memdup(s->arena, s->part.buf, s->part.len));
	strbuf_reset(&s->part);
	s->start = end + 1;
}

/* Copies a quoted piece; returns its closing quote, or NULL. */
static const char *read_quoted(struct splitter *s, const char *c)
{
	for (c++; *c && *c != '"'; c++) {
		if (*c == '\\' && c[1])
			c++;
		strbuf_addc(&s->part, *c);
	}
	return *c ? c : NULL;
}

static bool split(struct splitter *s)
{
	const char *c;

	for (c = s->start; *c; c++) {
		bool first = !s->parts.n;

		if (*c == '"') {
			c = read_quoted(s, c);
			if (!c)
				return false;
		} else if (*c == ':') {
			end_part(s, c);
		} else if (*c == '@' && s->parts.n == 1 && !s->ap->at) {
			s->ap->at = true;
			end_part(s, c);
		} else if (*c == '=' && first && !s->ap->name) {
			s->ap->name = arena_memdup(s->arena, s->part.buf, s->part.len);
			strbuf_reset(&s->part);
			s->start = c + 1;
		} else {
			strbuf_addc(&s->part, *c);
		}
	}
	end_part(s, c);
	return true;
}

int attach_point_split(struct probe_env *env, const char *text, struct span span,
                       struct attach_point *ap)
{
	struct splitter s = {
		.arena = env->arena, .ap = ap, .text = text, .start = text, .part = STRBUF_INIT
	};
	bool ok;

	*ap = (struct attach_point){ .text = arena_strdup(env->arena, text), .span = span };
	ok = split(&s);
	strbuf_release(&s.part);
	ap->part = s.parts.v;
	ap->place = s.places.v;
	ap->parts = s.parts.n;
	if (!ok) {
		diag_error(env->diags, span, "A quote in '%s' is not closed", text);
		return -EINVAL;
	}
	if (!*text) {
		diag_error(env->diags, span, "Expected attach point");
		return -EINVAL;
	}
	if (ap->name && !*ap->name) {
		diag_error(env->diags, span, "A name stands before '=' in '%s'", text);
		return -EINVAL;
	}
	return 0;
}

/* -- expansion -- */

struct expansion {
	probe_match_fn *fn;
	void *arg;
	size_t found;
};

static void unknown_kind(struct probe_env *env, const struct attach_point *ap)
{
	struct diag *d =
		diag_error(env->diags, ap->place[0], "Invalid probe type: %s", ap->part[0]);
	struct near near;

	near_init(&near, ap->part[0]);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++) {
		near_offer(&near, (*k)->name);
		for (size_t i = 0; i < countof((*k)->alias); i++)
			if ((*k)->alias[i] && strlen((*k)->alias[i]) > 2)
				near_offer(&near, (*k)->alias[i]);
	}
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	else if (ap->parts == 1)
		diag_hint(d, "a probe reads provider:target, like kprobe:vfs_read");
}

static const char *behind_provider(const struct attach_point *ap)
{
	const char *text = ap->name ? strchr(ap->text, '=') + 1 : ap->text;
	const char *colon = strchr(text, ':');

	return colon ? colon + 1 : "";
}

static void nothing_found(struct probe_env *env, const struct attach_point *ap,
                          const struct probe_target *t)
{
	const char *rest = behind_provider(ap);
	struct diag *d = probe_missing(env, t->span, "No matches for %s %s.", t->kind->name, rest);
	struct near near;

	if (!t->kind->suggest || t->flags & TARGET_WILDCARD)
		return;
	near_init(&near, rest);
	t->kind->suggest(env, t, &near);
	if (near.best && strcmp(near.best, rest))
		diag_hint(d, "did you mean '%s:%s'?", t->kind->name, near.best);
	else if (t->kind->caps & PROBE_USER && t->module && !env->listing)
		diag_hint(d, "what it has: sonde -l '%s:%s:*'", t->kind->name, t->module);
}

static bool has_pattern(const struct attach_point *ap)
{
	for (size_t i = 1; i < ap->parts; i++)
		if (has_wildcard(ap->part[i]))
			return true;
	return false;
}

/* Parses for one kind and matches. Returns 0 or -errno with a diagnostic. */
static int expand_kind(struct probe_env *env, const struct attach_point *ap,
                       const struct probe_kind *kind, bool must_exist, struct probe_target *t,
                       struct expansion *x)
{
	struct probe_env matching = *env;
	struct finder f = { .env = &matching, .pattern = t, .fn = x->fn, .arg = x->arg };
	int err;

	*t = (struct probe_target){ .kind = kind, .name = ap->name, .span = ap->span };
	if (ap->parts > 1)
		t->span = span_join(ap->place[1], ap->place[ap->parts - 1]);
	if (ap->name)
		t->flags |= TARGET_NAMED;
	if (has_pattern(ap))
		t->flags |= TARGET_WILDCARD;
	err = kind->parse(env, ap, t);
	if (err)
		return err;
	matching.listing |= must_exist;
	if (kind->match)
		err = kind->match(&f);
	else
		finder_emit(&f, t);
	x->found += f.found;
	return err;
}

static bool in_wildcard(const struct probe_env *env, const struct attach_point *ap,
                        const struct probe_kind *kind)
{
	bool user = kind->caps & PROBE_USER &&
	            (env->pid || (ap->parts > 1 && strchr(ap->part[1], '/')));

	return kind->listed || user;
}

/* '*:vfs_read': kinds that this does not fit are passed over in silence. */
static int expand_kinds(struct probe_env *env, const struct attach_point *ap, struct expansion *x)
{
	struct probe_target t;
	bool matched = false;
	int err = 0;

	for (const struct probe_kind *const *k = probe_kinds; *k; k++) {
		if (!wildcard_match(ap->part[0], (*k)->name) || !in_wildcard(env, ap, *k))
			continue;
		matched = true;
		diags_mute(env->diags);
		/* What one kind lacks another may have: nothing is taken on trust. */
		err = expand_kind(env, ap, *k, true, &t, x);
		diags_unmute(env->diags);
	}
	if (!matched)
		diag_error(env->diags, ap->place[0], "No probe type matched for %s", ap->part[0]);
	else if (!x->found)
		probe_missing(env, ap->span, "No matches for %s.", ap->text);
	else
		return 0;
	return err ? err : -ENOENT;
}

int probe_expand(struct probe_env *env, const struct attach_point *ap, probe_match_fn *fn,
                 void *arg, size_t *found)
{
	struct expansion x = { .fn = fn, .arg = arg };
	const struct probe_kind *kind;
	struct probe_target t;
	int err;

	if (has_wildcard(ap->part[0])) {
		err = expand_kinds(env, ap, &x);
		*found = x.found;
		return err;
	}
	kind = probe_kind_find(ap->part[0]);
	if (!kind) {
		unknown_kind(env, ap);
		*found = 0;
		return -EINVAL;
	}
	err = expand_kind(env, ap, kind, false, &t, &x);
	*found = x.found;
	if (err || x.found)
		return err;
	nothing_found(env, ap, &t);
	return -ENOENT;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the list of all kinds, and how attach points find theirs. */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/private.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the order of attaching: what is entered last is attached last. */
const struct probe_kind *const probe_kinds[] = {
	&probe_begin,      &probe_end,      &probe_self,     &probe_kretprobe, &probe_tracepoint,
	&probe_profile,    &probe_interval, &probe_watchpoint, &probe_hardware,  &probe_software,
	&probe_rawtracepoint, &probe_kprobe,   &probe_uprobe,   &probe_uretprobe, &probe_fentry,
	&probe_fexit,      NULL,
};

bool has_wildcard(const char *text)
{
	return text && strchr(text, '*');
}

bool wildcard_match(const char *pattern, const char *text)
{
	const char *star = NULL, *from = text;

	/* Behind the last '*' tried, one more byte is swallowed at each failure. */
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool is_called(const struct probe_kind *k, const char *name)
{
	if (!strcasecmp(k->name, name))
		return true;
	for (size_t i = 0; i < countof(k->alias) && k->alias[i]; i++)
		if (!strcasecmp(k->alias[i], name))
			return true;
	return false;
}

const struct probe_kind *probe_kind_find(const char *name)
{
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		if (is_called(*k, name))
			return *k;
	return NULL;
}

/* -- splitting -- */

int attach_point_split(struct probe_env *env, const char *text, struct span span,
                       struct attach_point *ap)
{
	struct strbuf sb = STRBUF_INIT;
	VEC(const char *) parts = { 0 };
	bool quoted = false;
	const char *c;

	*ap = (struct attach_point){ .text = text, .span = span };
	for (c = text; *c; c++) {
		if (*c == '"') {
			quoted = !quoted;
		} else if (quoted && *c == '\\' && c[1]) {
			strbuf_addc(&sb, *++c);
		} else if (!quoted && *c == '=' && !parts.n && !ap->name) {
			ap->name = arena_memdup(env->arena, sb.buf, sb.len);
			strbuf_reset(&sb);
		} else if (!quoted && (*c == ':' || (*c == '@' && parts.n == 1))) {
			ap->at |= *c == '@';
			vec_push_in(env->arena, &parts, arena_memdup(env->arena, sb.buf, sb.len));
			strbuf_reset(&sb);
		} else {
			strbuf_addc(&sb, *c);
		}
	}
	vec_push_in(env->arena, &parts, arena_memdup(env->arena, sb.buf, sb.len));
	strbuf_release(&sb);
	ap->part = parts.v;
	ap->parts = parts.n;
	if (quoted) {
		diag_error(env->diags, span, "unterminated quote in attach point");
		return -EINVAL;
	}
	return 0;
}

int bad_form(struct probe_env *env, const struct attach_point *ap, const struct probe_kind *kind)
{
	struct diag *d = diag_error(env->diags, ap->span, "'%s' is not how a %s probe is written",
	                            ap->text, kind->name);

	diag_hint(d, "it is %s", kind->synopsis);
	return -EINVAL;
}

bool parse_u64(const char *text, uint64_t *value)
{
	char clean[32];
	size_t n = 0;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	for (; *text && n < sizeof(clean) - 1; text++)
		if (*text != '_')
			clean[n++] = *text;
	clean[n] = '\0';
	errno = 0;
	*value = strtoull(clean, &end, 0);
	if (*end == 'e' && *value >= 1 && *value <= 9) {
		for (unsigned long e = strtoul(end + 1, &end, 10); e && e < 20; e--)
			*value *= 10;
	}
	return !errno && !*end && !*text;
}

bool split_offset(struct probe_env *env, const char *text, const char **symbol, uint64_t *offset)
{
	const char *plus = strrchr(text, '+');

	*offset = 0;
	*symbol = text;
	if (!plus || !isdigit((unsigned char)plus[1]))
		return true;
	*symbol = arena_memdup(env->arena, text, (size_t)(plus - text));
	return parse_u64(plus + 1, offset);
}

/* -- expanding -- */

struct named_sink {
	probe_match_fn *fn;
	void *arg;
	const char *name; /* given by the user, or NULL */
	size_t found;
};

static void count_match(void *arg, const struct probe_target *t)
{
	struct named_sink *s = arg;
	struct probe_target named = *t;

	s->found++;
	if (s->name) {
		named.name = s->name;
		named.flags |= TARGET_NAMED;
	}
	s->fn(s->arg, &named);
}

static void not_found(struct probe_env *env, const struct probe_kind *k,
                      const struct probe_target *t, const struct attach_point *ap)
{
	struct diag *d = diag_error(env->diags, ap->span, "there is no %s '%s'", k->name,
	                            strchr(ap->text, ':') ? strchr(ap->text, ':') + 1 : ap->text);
	struct near near;

	if (!k->suggest || !t->symbol || has_wildcard(t->symbol))
		return;
	near_init(&near, t->symbol);
	k->suggest(env, t, &near);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
}

static int expand_kind(struct probe_env *env, const struct probe_kind *k,
                       const struct attach_point *ap, struct named_sink *sink)
{
	struct probe_target t = { .kind = k, .span = ap->span };
	size_t before = sink->found;
	int err = k->parse(env, ap, &t);

	if (err)
		return err;
	t.span = ap->span;
	if (!t.name)
		t.name = ap->text;
	if (k->match)
		err = k->match(env, &t, count_match, sink);
	else
		count_match(sink, &t);
	if (!err && sink->found == before) {
		not_found(env, k, &t, ap);
		err = -ENOENT;
	}
	return err;
}

static int unknown_kind(struct probe_env *env, const struct attach_point *ap)
{
	struct diag *d = diag_error(env->diags, ap->span, "there is no probe type '%s'", ap->part[0]);
	struct near near;

	near_init(&near, ap->part[0]);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		near_offer(&near, (*k)->name);
	if (near.best)
		diag_hint(d, "did you mean '%s'?", near.best);
	return -EINVAL;
}

/* "*:foo" asks every kind that lists its targets, and takes those that understand it. */
static int expand_wild_kind(struct probe_env *env, const struct attach_point *ap,
                            struct named_sink *sink)
{
	diags_mute(env->diags);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		if ((*k)->listed && (*k)->match && wildcard_match(ap->part[0], (*k)->name))
			expand_kind(env, *k, ap, sink);
	diags_unmute(env->diags);
	if (sink->found)
		return 0;
	diag_error(env->diags, ap->span, "no probe matches '%s'", ap->text);
	return -ENOENT;
}

int probe_expand(struct probe_env *env, const struct attach_point *ap, probe_match_fn *fn, void *arg,
                 size_t *found)
{
	struct named_sink sink = { .fn = fn, .arg = arg, .name = ap->name };
	const struct probe_kind *k = probe_kind_find(ap->part[0]);
	int err;

	if (k)
		err = expand_kind(env, k, ap, &sink);
	else if (has_wildcard(ap->part[0]))
		err = expand_wild_kind(env, ap, &sink);
	else
		err = unknown_kind(env, ap);
	*found = sink.found;
	return err;
}

/* -- listing -- */

struct name_list {
	struct arena *arena;
	VEC(struct probe_target) targets;
};

static void collect(void *arg, const struct probe_target *t)
{
	struct name_list *l = arg;

	vec_push_in(l->arena, &l->targets, *t);
}

static int by_name(const void *a, const void *b)
{
	const struct probe_target *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int probe_list(struct probe_env *env, const char *pattern, probe_match_fn *fn, void *arg)
{
	struct name_list l = { .arena = env->arena };
	struct attach_point ap;
	int err;

	/* Without a type the pattern is looked for in all of them. */
	if (!strchr(pattern, ':')) {
		const struct probe_kind *k = probe_kind_find(pattern);

		pattern = arena_printf(env->arena, k ? "%s:*" : "*:*%s*", pattern);
	}
	err = attach_point_split(env, pattern, SPAN_NONE, &ap);
	if (err)
		return err;
	diags_mute(env->diags);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++) {
		struct named_sink sink = { .fn = collect, .arg = &l };
		bool wanted = is_called(*k, ap.part[0]) ||
		              ((*k)->listed && has_wildcard(ap.part[0]) &&
		               wildcard_match(ap.part[0], (*k)->name));

		if (wanted && (*k)->match)
			expand_kind(env, *k, &ap, &sink);
	}
	diags_unmute(env->diags);
	qsort(l.targets.v, l.targets.n, sizeof(*l.targets.v), by_name);
	for (size_t i = 0; i < l.targets.n; i++)
		if (!i || strcmp(l.targets.v[i].name, l.targets.v[i - 1].name))
			fn(arg, &l.targets.v[i]);
	return 0;
}

/* -- the cache -- */

struct probe_cache *probe_cache_new(void)
{
	return mem_calloc(1, sizeof(struct probe_cache));
}

const char *cache_text(struct probe_cache *c, const char *text, size_t len)
{
	const char *known = map_get_bytes(&c->names, text, len);
	struct map_entry *e;

	if (known)
		return known;
	e = map_put_bytes(&c->names, text, len, NULL);
	e->value = (void *)e->key;
	return e->key;
}

void probe_cache_free(struct probe_cache *c)
{
	if (!c)
		return;
	btf_cache_free(c);
	symbols_cache_free(c);
	elf_cache_free(c);
	map_release(&c->names);
	free(c);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.c - what 'sonde -l' shows: probes by pattern, and types of the kernel.
 *
 * A pattern without ':' is sought behind the provider of every kind. Lines come sorted.
 */

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/vec.h"
#include "image/meta.h"
#include "probes/btf.h"
#include "probes/probe.h"
#include "probes/target.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct listing {
	struct probe_env *env;
	VEC(struct probe_target) lines;
	bool told; /* why there are none */
};

static void collect(void *arg, const struct probe_target *t)
{
	struct listing *l = arg;

	vec_push(&l->lines, *t);
}

static int by_name(const void *a, const void *b)
{
	const struct probe_target *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	/* Of types that several files define, vmlinux's comes first. */
	if (!order && !x->kind && !y->kind)
		order = (strcmp(x->module, "vmlinux") != 0) - (strcmp(y->module, "vmlinux") != 0);
	return order;
}

/* -- types -- */

static const struct {
	const char *word;
	uint32_t kind[2];
} type_words[] = {
	{ "struct ", { BTF_KIND_STRUCT } },
	{ "union ", { BTF_KIND_UNION } },
	{ "enum ", { BTF_KIND_ENUM, BTF_KIND_ENUM64 } },
};

struct type_listing {
	struct listing *l;
	const char *word, *pattern, *module;
	const uint32_t *kind; /* two of BTF */
};

static bool add_type(void *arg, uint32_t id, const char *name)
{
	struct type_listing *tl = arg;
	struct probe_target t = { .span = SPAN_NONE, .module = tl->module, .address = id };

	if (*name && wildcard_match(tl->pattern, name)) {
		target_name(tl->l->env, &t, "%s%s", tl->word, name);
		collect(tl->l, &t);
	}
	return true;
}

static bool types_of_file(void *arg, const char *module, const struct btf_file *b)
{
	struct type_listing *tl = arg;

	tl->module = arena_strdup(tl->l->env->arena, module);
	for (size_t k = 0; k < countof(type_words[0].kind); k++)
		if (tl->kind[k])
			btf_each(b, tl->kind[k], add_type, tl);
	return true;
}

/* Returns false when the pattern is not about types. */
static bool list_types(struct listing *l, const char *pattern)
{
	for (size_t i = 0; i < countof(type_words); i++) {
		const char *word = type_words[i].word;
		struct type_listing tl = { l, word, pattern + strlen(word), NULL,
			                   type_words[i].kind };

		if (strncmp(pattern, word, strlen(word)))
			continue;
		btf_each_file(l->env->cache, NULL, types_of_file, &tl);
		return true;
	}
	return false;
}

/* -- probes -- */

static void list_kind(struct listing *l, const struct probe_kind *kind, const char *rest)
{
	struct probe_env *env = l->env;
	struct attach_point ap;
	size_t found;
	const char *text;

	if (kind->list) {
		kind->list(env, kind, rest, collect, l);
		return;
	}
	/* What exists by being written, such as tests. */
	if (!kind->match && has_wildcard(rest))
		return;
	text = arena_printf(env->arena, "%s:%s", kind->name, rest);
	if (!attach_point_split(env, text, SPAN_NONE, &ap))
		l->told |= probe_expand(env, &ap, collect, l, &found) != 0;
}

/* A word alone may stand anywhere behind a provider; what it means depends on the kind. */
static void list_kinds(struct listing *l, const char *provider, const char *rest)
{
	diags_mute(l->env->diags);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		if (wildcard_match(provider, (*k)->name) &&
		    ((*k)->listed || (l->env->pid && (*k)->caps & PROBE_USER)))
			list_kind(l, *k, rest);
	diags_unmute(l->env->diags);
	l->told = false;
}

static void list_file(struct listing *l, const char *path)
{
	const char *rest = arena_printf(l->env->arena, "%s:*", path);

	diags_mute(l->env->diags);
	list_kind(l, probe_kind_find("uprobe"), rest);
	list_kind(l, probe_kind_find("usdt"), rest);
	diags_unmute(l->env->diags);
	l->told = false;
}

static bool is_file(const char *path)
{
	return strchr(path, '/') && !access(path, F_OK);
}

static int list_pattern(struct listing *l, const char *pattern)
{
	const char *colon = strchr(pattern, ':');
	const char *provider =
		colon ? arena_memdup(l->env->arena, pattern, (size_t)(colon - pattern)) : "*";
	const char *rest = colon ? colon + 1 : pattern;

	if (!colon && list_types(l, pattern))
		return 0;
	if (!has_wildcard(provider)) {
		const struct probe_kind *kind = probe_kind_find(provider);
		const struct span nowhere = SPAN_NONE;
		size_t found;
		struct attach_point ap = { .text = pattern,
			                   .part = &provider,
			                   .parts = 1,
			                   .span = nowhere,
			                   .place = &nowhere };

		if (!kind)
			return probe_expand(l->env, &ap, collect, l, &found); /* says so */
		list_kind(l, kind, *rest ? rest : "*");
		return 0;
	}
	if (!colon && is_file(rest))
		list_file(l, rest);
	else
		list_kinds(l, provider, rest);
	return 0;
}

static void nothing_found(struct listing *l, const char *pattern)
{
	struct diag *d = diag_warning(l->env->diags, SPAN_NONE, "No matches for %s.", pattern);
	const struct probe_kind *kind = probe_kind_find(pattern);

	if (kind)
		diag_hint(d, "all of this type: sonde -l '%s:*'", kind->name);
}

int probe_list(struct probe_env *env, const char *pattern, probe_match_fn *fn, void *arg)
{
	struct probe_env listing_env = *env;
	struct listing l = { .env = &listing_env };
	char *text = arena_strdup(env->arena, pattern), *save, *one;
	size_t n;
	int err = 0;

	listing_env.listing = true;
	listing_env.missing = MISSING_WARN;
	for (one = strtok_r(text, ",", &save); one && !err; one = strtok_r(NULL, ",", &save)) {
		char *end = one + strlen(one);

		while (isspace((unsigned char)*one))
			one++;
		while (end > one && isspace((unsigned char)end[-1]))
			*--end = '\0';
		n = l.lines.n;
		l.told = false;
		err = list_pattern(&l, *one ? one : "*");
		if (!err && !l.told && l.lines.n == n)
			nothing_found(&l, one);
	}
	if (l.lines.n)
		qsort(l.lines.v, l.lines.n, sizeof(*l.lines.v), by_name);
	vec_each (i, &l.lines)
		if (!i || strcmp(l.lines.v[i].name, l.lines.v[i - 1].name))
			fn(arg, &l.lines.v[i]);
	vec_release(&l.lines);
	return err;
}

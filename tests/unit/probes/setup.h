/* SPDX-License-Identifier: Apache-2.0 */
/* setup - what every test of probes needs: an environment, and a place for what is found. */
#ifndef TESTS_PROBES_SETUP_H
#define TESTS_PROBES_SETUP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "probes/probe.h"

#include <stdlib.h>
#include <string.h>

struct setup {
	struct arena arena;
	struct source source;
	struct probe_env env;
	struct probe_target found[64]; /* the first of them */
	size_t count;
};

static inline int setup_new(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));

	s->source = (struct source){ .name = "test", .text = "" };
	s->env = (struct probe_env){ .arena = &s->arena, .cache = probe_cache_new() };
	s->env.diags = diags_new(&s->arena, &s->source);
	*state = s;
	return 0;
}

static inline int setup_free(void **state)
{
	struct setup *s = *state;

	probe_cache_free(s->env.cache);
	arena_release(&s->arena);
	free(s);
	return 0;
}

static inline void setup_collect(void *arg, const struct probe_target *t)
{
	struct setup *s = arg;

	if (s->count < 64)
		s->found[s->count] = *t;
	s->count++;
}

/* Splits and parses one attach point. Returns parse's result. */
static inline int setup_parse(struct setup *s, const char *text, struct probe_target *t)
{
	struct attach_point ap;
	const struct probe_kind *kind;

	assert_int_equal(attach_point_split(&s->env, text, SPAN_NONE, &ap), 0);
	kind = probe_kind_find(ap.part[0]);
	assert_non_null(kind);
	*t = (struct probe_target){ .kind = kind, .name = ap.name, .span = SPAN_NONE };
	if (ap.name)
		t->flags |= TARGET_NAMED;
	return kind->parse(&s->env, &ap, t);
}

static inline int setup_expand(struct setup *s, const char *text)
{
	struct attach_point ap;
	size_t n;
	int err = attach_point_split(&s->env, text, SPAN_NONE, &ap);

	s->count = 0;
	return err ? err : probe_expand(&s->env, &ap, setup_collect, s, &n);
}

static inline int setup_list(struct setup *s, const char *pattern)
{
	s->count = 0;
	return probe_list(&s->env, pattern, setup_collect, s);
}

#define probe_test(fn) cmocka_unit_test_setup_teardown(fn, setup_new, setup_free)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target - helpers with which the kinds of probes read attach points and report on them.
 */
#ifndef PROBES_TARGET_H
#define PROBES_TARGET_H

#include "probes/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets t->name, unless the user gave a name. */
void target_name(struct probe_env *env, struct probe_target *t, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Reports an attach point that has not min to max parts behind its provider. */
bool target_parts(struct probe_env *env, const struct attach_point *ap, size_t min, size_t max);
/* "TYPE:symbol" or "TYPE:module:symbol"; without a symbol the error is 'missing'. */
bool target_symbol(struct probe_env *env, const struct attach_point *ap, struct probe_target *t,
                   const char *missing);
/* diag_error at the target; returns -EINVAL. */
int target_error(struct probe_env *env, const struct probe_target *t, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A number as attach points have it: decimal with '_', 0x, 0, 0b, 1e6; with a unit behind it
 * (10ms) it is a duration in ns. The whole text must be one. */
struct number {
	uint64_t value;
	bool duration;
};
bool parse_number(const char *text, struct number *n);

/* "name+offset" into symbol and offset; a number alone is an address, which needs --unsafe. */
int target_function(struct probe_env *env, const char *text, struct probe_target *t);

/* Texts for -l: what fits a pattern is handed on as "kind:text". */
void list_line(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
               const char *text, probe_match_fn *fn, void *arg);

#endif

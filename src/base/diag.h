/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diag - messages about the script: a place, what is wrong, what would fit.
 *
 *	struct diag *d = diag_error(diags, span, "Unknown function '%s'", name);
 *	diag_note(d, other, "first written here");
 *	diag_hint(d, "did you mean '%s'?", near);
 *	...
 *	diags_print(diags, stderr, colour);	(once, in the order of the source)
 *
 * Messages start in lower case (a first word gets its capital when they are
 * printed), quote with '', say what was found and what fits, and use the
 * user's words; where bpftrace has the same message, they keep the phrase that
 * users know. Recording never fails; of the errors at one
 * place the first is kept, of warnings each text once.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/source.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct arena;
struct diag;
struct diags;

enum diag_level { DIAG_ERROR, DIAG_WARNING };

/* src is borrowed and may be filled in later; messages live in the arena. */
struct diags *diags_new(struct arena *arena, const struct source *src);

/* While muted (calls nest), nothing is recorded; the functions below return a message that is
 * dropped. For passes that run to a fixed point and report once. */
void diags_mute(struct diags *ds);
void diags_unmute(struct diags *ds);
/* For what is costly to say. */
bool diags_muted(const struct diags *ds);

/* Between the first two (they nest) what is recorded is held back: it counts, and is printed, once
 * it is told. For code of which it is not known yet whether it will be compiled. */
struct held;
struct held *diags_hold(struct diags *ds);
void diags_hold_end(struct diags *ds, struct held *h);
void diags_tell(struct diags *ds, const struct held *h);

struct diag *diag_error(struct diags *ds, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
struct diag *diag_warning(struct diags *ds, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For callers with a variable list of their own. */
struct diag *diag_verror(struct diags *ds, struct span at, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
struct diag *diag_vwarning(struct diags *ds, struct span at, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
/* A second place that belongs to the message. */
void diag_note(struct diag *d, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What the user may type instead. */
void diag_hint(struct diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether anybody will read it: looking for what the user may have meant can take a while. */
bool diag_is_kept(const struct diag *d);

bool diags_failed(const struct diags *ds); /* an error was recorded */
size_t diags_count(const struct diags *ds, enum diag_level level);
void diags_drop_warnings(struct diags *ds);
/* Prints all messages recorded since the last print. */
void diags_print(struct diags *ds, FILE *out, bool colour);

#endif

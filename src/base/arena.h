/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena - memory that is released all at once.
 *
 * One compilation owns one arena: syntax tree, types, names and messages
 * live in it, and nothing in the compiler calls free().
 *
 *	struct arena a = ARENA_INIT;
 *	struct expr *e = arena_new(&a, struct expr);	(zeroed)
 *	const char *s = arena_printf(&a, "%s_%u", name, n);
 *	arena_release(&a);
 *
 * Running out of memory ends the process, so no caller checks for NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <string.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next, *end;           /* free part of the newest block */
};

#define ARENA_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of len bytes, with a NUL behind them. */
char *arena_memdup(struct arena *a, const void *data, size_t len);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *a);

#define arena_new(a, type) ((type *)arena_alloc(a, sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc(a, (n) * sizeof(type)))

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vec - a growing array.
 *
 *	VEC(struct probe *) probes = { 0 };
 *	vec_push(&probes, p);
 *	vec_each (i, &probes)
 *		use(probes.v[i]);
 *	vec_release(&probes);
 *
 * Two owners of memory: vec_push uses the heap and wants vec_release;
 * vec_push_in uses an arena, which frees it. One vector keeps to one of them.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

struct arena;

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n, room;                                                                    \
	}

void *vec_grow(void *items, size_t *room, size_t item_size, struct arena *arena);

#define vec_push_in(arena, vec, item)                                                              \
	((vec)->n == (vec)->room                                                                   \
	         ? (void)((vec)->v = vec_grow((vec)->v, &(vec)->room, sizeof(*(vec)->v), (arena))) \
	         : (void)0,                                                                        \
	 (vec)->v[(vec)->n++] = (item))
#define vec_push(vec, item) vec_push_in(NULL, vec, item)
#define vec_each(i, vec) for (size_t i = 0; i < (vec)->n; i++)
#define vec_release(vec) (vec_free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->room = 0)

void vec_free(void *items);

#endif

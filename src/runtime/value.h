/* SPDX-License-Identifier: Apache-2.0 */
/* value - what text and JSON of values share. */
#ifndef RUNTIME_VALUE_H
#define RUNTIME_VALUE_H

#include "runtime/rt.h"

typedef void value_fn(struct rt *rt, const struct meta_type *t, const void *data,
                      struct strbuf *sb);

/* The elements of an array, each by fn. */
void value_elements(struct rt *rt, const struct meta_type *t, const void *data, value_fn *fn,
                    struct strbuf *sb);
/* A member of what lies at data, which may be some of its bits. */
void value_member(struct rt *rt, const struct meta_field *f, const void *data, value_fn *fn,
                  struct strbuf *sb);
/* Calls fn for each member with a name, the nth; those of anonymous members are the whole's own.
 * Returns how many there were, n included. */
typedef void member_fn(struct rt *rt, const struct meta_field *f, const void *data, uint32_t n,
                       struct strbuf *sb);
uint32_t value_members(struct rt *rt, const struct meta_type *t, const void *data, uint32_t n,
                       member_fn *fn, struct strbuf *sb);
/* How many bytes a buffer holds. */
uint32_t value_buffer_len(const struct meta_type *t, const void *data);

#endif

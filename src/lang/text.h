/* SPDX-License-Identifier: Apache-2.0 */
/* text - what the files of string functions share. */
#ifndef LANG_TEXT_H
#define LANG_TEXT_H

#include "codegen/cg.h"

/* An expression as text in our memory: arrays as they are, pointers read, of which the first 'most'
 * bytes count. The result's type is a string. */
struct value text_in_memory(struct cg *cg, const struct expr *e, uint32_t most);

/* What a type in memory holds: of a buffer the bytes behind its length. */
uint32_t content_size(struct types *ty, const struct type *t);
/* A value that gives its bytes when its address is taken: a buffer is then an array. */
struct value content_of(struct cg *cg, struct value v);

#endif

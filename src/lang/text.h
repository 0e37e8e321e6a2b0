/* SPDX-License-Identifier: Apache-2.0 */
/* text - what the files of string functions share. */
#ifndef LANG_TEXT_H
#define LANG_TEXT_H

#include "codegen/cg.h"

/* An expression as text in our memory: arrays as they are, pointers read, of which the first 'most'
 * bytes count. The result's type is a string. */
struct value text_in_memory(struct cg *cg, const struct expr *e, uint32_t most);

#endif

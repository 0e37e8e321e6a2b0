/* SPDX-License-Identifier: Apache-2.0 */
/* ktypes - types of the kernel, from BTF; see also the ktype_ functions of sema.h. */
#ifndef SEMA_KTYPES_H
#define SEMA_KTYPES_H

#include "sema/sema.h"

struct near;

/* Lets the unit's types find their members in BTF when first asked for. */
void ktypes_init(struct unit *u);
/* The number of a struct, union or enum in its BTF; 0: it has none. */
uint32_t ktype_btf_id(struct unit *u, const struct type *t);
/* Whether BTF defines a struct, union or enum of this name. */
bool ktype_exists(struct unit *u, enum kind kind, const char *name);
/* Offers those that the script or the kernel defines to a 'did you mean'. */
void ktype_suggest(struct unit *u, enum kind kind, struct near *near);
/* A typedef, or a struct or union named without its keyword; NULL: unknown. */
const struct type *ktype_typedef(struct unit *u, const char *name, enum addr_space as);
/* A typedef alone. */
const struct type *ktype_typedef_only(struct unit *u, const char *name);
/* C's integers by their usual names ("unsigned int", "u32", "size_t"), bool; NULL: none of them. */
const struct type *ktype_c_int(struct unit *u, const char *name, enum addr_space as);
/* The enum that has an enumerator of this name; NULL: none has. */
const struct type *ktype_enumerator(struct unit *u, const char *name, int64_t *value);

#endif

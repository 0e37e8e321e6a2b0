/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinned - printf() of an iterator that is pinned: the kernel formats, for nobody else is there.
 */
#ifndef LANG_PINNED_H
#define LANG_PINNED_H

#include "codegen/cg.h"
#include "sema/sema.h"

/* Whether the probe being checked is a pinned iterator. */
bool in_pinned(const struct sema *s);
/* Reports what bpf_seq_printf cannot print. Returns &type_none or &type_error. */
const struct type *pinned_check(struct sema *s, const struct expr *call);
void pinned_printf(struct cg *cg, const struct expr *call);

#endif

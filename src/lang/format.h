/* SPDX-License-Identifier: Apache-2.0 */
/* format - formats of printf and its relatives, checked at compile time. */
#ifndef LANG_FORMAT_H
#define LANG_FORMAT_H

#include "sema/sema.h"

/* Checks arguments 1.. of a call against the format that is its argument 0. Returns &type_none or
 * &type_error. */
const struct type *format_check(struct sema *s, struct expr *call);

#endif

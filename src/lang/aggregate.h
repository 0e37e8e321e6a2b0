/* SPDX-License-Identifier: Apache-2.0 */
/* aggregate - what the files of aggregations share. */
#ifndef LANG_AGGREGATE_H
#define LANG_AGGREGATE_H

#include "sema/sema.h"

/* Whether the call stands where it may: "@map = f()". sema has set the call's map then. */
bool aggregation_assigned(struct sema *s, const struct expr *call);

#endif

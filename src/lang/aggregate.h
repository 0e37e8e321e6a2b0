/* SPDX-License-Identifier: Apache-2.0 */
/* aggregate - what the files of aggregations share. */
#ifndef LANG_AGGREGATE_H
#define LANG_AGGREGATE_H

#include "sema/sema.h"

/* Whether the call stands where it may: "@map = f()". sema has set the call's map then. */
bool aggregation_assigned(struct sema *s, const struct expr *call);

/* Of a scale from 0 on that has 2^k buckets for each power of two (one for each number below 2^k):
 * ((log - k) << k) + (n >> (log - k)), where log is log2(n), at least k. */
struct llvm_value *log_bucket(struct cg *cg, struct llvm_value *n, unsigned int k);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* kinds - enum kind, from kinds.def, which says how each kind lies in memory. */
#ifndef IMAGE_KINDS_H
#define IMAGE_KINDS_H

#include <stdbool.h>

enum kind {
#define KIND(NAME, text) KIND_##NAME,
#include "image/kinds.def"
#undef KIND
	KIND_COUNT_OF,
};

/* Numbers that belong to a type: the parameters of a histogram and the like. */
enum { KIND_ARGS = 4 };

const char *kind_name(enum kind kind);

/* Kinds that are printed as a graph. */
static inline bool kind_is_graph(enum kind kind)
{
	return kind == KIND_HIST || kind == KIND_LHIST || kind == KIND_LLHIST ||
	       kind == KIND_TSERIES;
}

/* Kinds of which a value is more than fits an entry of a map. */
static inline bool kind_has_buckets(enum kind kind)
{
	return kind_is_graph(kind) || kind == KIND_PERCENTILES;
}

/* Aggregations whose slot tells by itself that it was written, by a word that is 0 before: where
 * that is, in bytes. Others: -1. */
static inline int kind_witness(enum kind kind)
{
	if (kind == KIND_COUNT)
		return 0;
	return kind == KIND_MIN || kind == KIND_MAX || kind == KIND_AVG || kind == KIND_STATS ? 8
	                                                                                      : -1;
}

#endif

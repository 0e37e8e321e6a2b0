/* SPDX-License-Identifier: Apache-2.0 */
/* ksym - what else is known about kernel symbols, for kprobe and fentry. */
#ifndef PROBES_KSYM_H
#define PROBES_KSYM_H

#include "probes/symbols.h"

/* Every function in kallsyms, traceable or not, with its address. */
int ksym_each_function(struct probe_cache *c, symbol_fn *fn, void *arg);
/* Whether the kernel says which functions can be traced; else ksym_each_traceable guesses. */
bool ksym_traceable_known(struct probe_cache *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* families - the lists of rows, one per file; table.c puts them together. */
#ifndef LANG_FAMILIES_H
#define LANG_FAMILIES_H

#include "lang/lang.h"

extern const struct lang_def lang_task[], lang_time[], lang_cpu[], lang_probe[], lang_stack[],
	lang_string[], lang_symbol[], lang_net[], lang_print[], lang_control[], lang_mapops[],
	lang_agg[], lang_hist[], lang_percentiles[], lang_series[], lang_names[], lang_search[],
	lang_introspect[], lang_object[], lang_elf[], lang_settings[], lang_option[];

#endif

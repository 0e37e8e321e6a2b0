/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intern - one copy of each name, so that names compare with ==.
 *
 *	struct intern names = INTERN_INIT;
 *	const char *pid = intern(&names, "pid");
 *	assert(intern_n(&names, "pids", 3) == pid);
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/map.h"

struct intern {
	struct map names;
};

#define INTERN_INIT                                                                                \
	{                                                                                          \
		MAP_INIT                                                                           \
	}

const char *intern(struct intern *in, const char *name);
const char *intern_n(struct intern *in, const char *name, size_t len);
void intern_release(struct intern *in);

#endif

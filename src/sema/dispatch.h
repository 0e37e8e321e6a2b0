/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEMA_DISPATCH_H
#define SEMA_DISPATCH_H

#include "ast/unit.h"

/* Fills u->dispatches, and puts programs of one side by side. */
void dispatches_gather(struct unit *u);

#endif

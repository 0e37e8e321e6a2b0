/* SPDX-License-Identifier: Apache-2.0 */
/* meta_dump - the rows of an image as text: "sonde -d image", and golden files. */
#ifndef IMAGE_META_DUMP_H
#define IMAGE_META_DUMP_H

#include "image/meta.h"

#include <stdio.h>

void meta_dump(const struct meta *m, FILE *out);

#endif

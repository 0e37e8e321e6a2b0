/* SPDX-License-Identifier: Apache-2.0 */
/* meta_fuzz.c - any bytes as the description of an image: checked once, and what passes is shown. */

#include "image/meta.h"
#include "image/meta_dump.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	void *aligned = malloc(size + 1);
	struct meta m;

	memcpy(aligned, data, size);
	if (!null)
		null = fopen("/dev/null", "w");
	if (!meta_open(&m, aligned, size))
		meta_dump(&m, null);
	free(aligned);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* compile_fuzz.c - any bytes as a script, from text to image. */

#include "base/arena.h"
#include "driver.h"
#include "probes/probe.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct probe_cache *cache;
	struct arena arena = ARENA_INIT;
	struct probe_env env = { .arena = &arena };
	char *text = malloc(size + 1);
	struct unit u;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!cache) {
		cache = probe_cache_new();
		setenv("SONDE_LIBCLANG", "none", 1); /* not ours to test */
	}
	unit_init(&u, &arena, "fuzz.bt", text, size);
	u.probes = &env;
	u.unsafe = true;
	env.diags = u.diags;
	env.cache = cache;
	compile(&u, NULL, NULL);
	unit_release(&u);
	arena_release(&arena);
	free(text);
	return 0;
}

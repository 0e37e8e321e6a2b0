/* SPDX-License-Identifier: Apache-2.0 */
/* cache.c - the life of what was read. */

#include "probes/cache.h"

#include "base/mem.h"
#include "probes/probe.h"
#include "probes/tracing.h"

#include <stdlib.h>
#include <unistd.h>

struct probe_cache *probe_cache_new(void)
{
	struct probe_cache *c = mem_calloc(1, sizeof(*c));

	c->tracefs_fd = -1;
	tracing_register();
	return c;
}

void probe_cache_free(struct probe_cache *c)
{
	if (!c)
		return;
	if (c->tracefs_fd >= 0)
		close(c->tracefs_fd);
	ksyms_free(c->ksyms);
	elf_files_free(c);
	btf_files_free(&c->btf);
	map_release(&c->binaries);
	arena_release(&c->arena);
	free(c);
}

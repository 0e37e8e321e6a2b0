/* SPDX-License-Identifier: Apache-2.0 */
/* symbolize.c - addresses to names: kallsyms for the kernel, mappings and ELF files for processes.
 */

#include "probes/symbols.h"

#include "probes/cpp_names.h"
#include "runtime/rt.h"
#include "runtime/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void symbol_kernel(struct rt *rt, uint64_t address, bool offset, struct strbuf *sb)
{
	uint64_t off;
	const struct symbol *s = ksym_lookup(rt->env.cache, address, &off);

	if (!s)
		strbuf_addf(sb, "0x%" PRIx64, address);
	else if (offset)
		strbuf_addf(sb, "%s+%" PRIu64, s->name, off);
	else
		strbuf_adds(sb, s->name);
}

/* A process that has ended left its file behind, maybe under the same name. */
static struct elf_file *open_mapping(struct rt *rt, const struct mapping *m)
{
	struct elf_file *f = m->path ? elf_open(rt->env.cache, m->path) : NULL;

	return f || !m->path ? f : elf_open(rt->env.cache, m->name);
}

/* The address in its file at which a probe of user space fires; false: not known. */
static bool probe_site(struct rt *rt, uint32_t row, struct elf_file **f, uint64_t *address)
{
	const struct meta_probe *p;
	const struct probe_kind *kind;
	struct symbol s;

	if (row >= meta_count(&rt->m, META_PROBES))
		return false;
	p = meta_probe(&rt->m, row);
	kind = probe_kind_find(meta_text(&rt->m, p->kind));
	if (!kind || !(kind->caps & PROBE_USER))
		return false;
	*f = elf_open(rt->env.cache, meta_text(&rt->m, p->module));
	*address = p->address;
	if (!*f || !*meta_text(&rt->m, p->symbol) || kind->caps & PROBE_NOTED_ARGS)
		return *f;
	if (elf_symbol(*f, meta_text(&rt->m, p->symbol), &s))
		return false;
	*address = s.address + p->offset;
	return true;
}

/* Of a process that nobody has seen alive one thing is known: the probe fired at 'leaf'. */
static bool locate_by_probe(struct rt *rt, const struct user_place *at, uint64_t address,
                            struct user_spot *spot)
{
	enum { PAGE_MASK = 4095 };
	uint64_t site, offset;

	if (!probe_site(rt, at->probe, &spot->file, &site) || (at->leaf - site) & PAGE_MASK)
		return false;
	spot->address = address - (at->leaf - site);
	spot->module = meta_text(&rt->m, meta_probe(&rt->m, at->probe)->module);
	return !elf_vaddr_to_offset(spot->file, spot->address, &offset);
}

bool user_locate(struct rt *rt, const struct user_place *at, uint64_t address,
                 struct user_spot *spot)
{
	const struct mapping *m = process_mapping(rt, at->pid, address);

	*spot = (struct user_spot){ 0 };
	if (!m && locate_by_probe(rt, at, address, spot))
		return true;
	*spot = (struct user_spot){ .module = m && *m->name ? m->name : NULL };
	if (m)
		spot->file = open_mapping(rt, m);
	return spot->file &&
	       !elf_offset_to_vaddr(spot->file, address - m->start + m->offset, &spot->address);
}

static void add_name(struct rt *rt, const char *name, struct strbuf *sb)
{
	char *plain = meta_script(&rt->m)->cpp_demangle ? cpp_demangle(name) : NULL;

	/* "memcpy@@GLIBC_2.14" */
	if (plain)
		text_safe(sb, plain, strlen(plain));
	else
		text_safe(sb, name, strcspn(name, "@"));
	free(plain);
}

void symbol_user(struct rt *rt, const struct user_place *at, uint64_t address, bool offset,
                 bool module, struct strbuf *sb)
{
	const struct symbol *s = NULL;
	struct user_spot spot;
	const char *name;
	uint64_t off = 0;

	if (user_locate(rt, at, address, &spot))
		s = elf_lookup(spot.file, spot.address, &off);
	name = s ? s->name : perf_map_name(rt, at->pid, address, &off);
	if (name)
		add_name(rt, name, sb);
	else
		strbuf_addf(sb, "0x%" PRIx64, address);
	if (name && offset)
		strbuf_addf(sb, "+%" PRIu64, off);
	if (module) {
		const char *in = spot.module ? spot.module : "[unknown]";

		strbuf_adds(sb, " (");
		text_safe(sb, in, strlen(in));
		strbuf_addc(sb, ')');
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf.c - symbols of programs and libraries, through libelf.
 *
 * One name is sought in the symbol tables as they are; the index by address is made when the first
 * address is looked up.
 */

#include "probes/symbols.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "probes/cache.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf_file {
	int fd;
	Elf *elf;
	VEC(struct symbol) sorted; /* functions by address, one name each */
	bool indexed;
};

/* -- opening -- */

/* What a file is, whatever path led to it: each process has its own to the libraries of all. */
struct file_id {
	uint64_t dev, ino, size, sec, nsec;
};

static struct file_id id_of(int fd)
{
	struct stat st = { 0 };

	fstat(fd, &st);
	return (struct file_id){ st.st_dev, st.st_ino, (uint64_t)st.st_size,
		                 (uint64_t)st.st_mtim.tv_sec, (uint64_t)st.st_mtim.tv_nsec };
}

static void elf_close(struct elf_file *f)
{
	vec_release(&f->sorted);
	elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

struct elf_file *elf_open(struct probe_cache *c, const char *path)
{
	struct elf_file *f = map_get(&c->elf, path), *same;
	struct file_id id;
	int err = 0;

	if (f)
		return f;
	f = mem_calloc(1, sizeof(*f));
	elf_version(EV_CURRENT);
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		err = errno;
	/* Read, not mapped: a file that is cut short meanwhile would end the process (SIGBUS). */
	else if (!(f->elf = elf_begin(f->fd, ELF_C_READ, NULL)) || elf_kind(f->elf) != ELF_K_ELF)
		err = ENOEXEC;
	if (err) {
		elf_close(f);
		errno = err;
		return NULL;
	}
	id = id_of(f->fd);
	same = map_get_bytes(&c->elf_ids, &id, sizeof(id));
	if (same) {
		elf_close(f);
		f = same;
	} else {
		map_put_bytes(&c->elf_ids, &id, sizeof(id), f);
	}
	map_put(&c->elf, path, f);
	return f;
}

struct Elf *elf_libelf(struct elf_file *f)
{
	return f->elf;
}

void elf_files_free(struct probe_cache *c)
{
	map_each (e, &c->elf_ids)
		elf_close(e->value);
	map_release(&c->elf_ids);
	map_release(&c->elf);
}

/* -- symbol tables -- */

typedef bool entry_fn(void *arg, const GElf_Sym *sym, const char *name);

static bool each_entry_of(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *sh, entry_fn *fn,
                          void *arg)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data && sh->sh_entsize ? data->d_size / sh->sh_entsize : 0;

	for (size_t i = 0; i < n; i++) {
		GElf_Sym sym;
		const char *name;

		if (!gelf_getsym(data, (int)i, &sym) || sym.st_shndx == SHN_UNDEF)
			continue;
		name = elf_strptr(f->elf, sh->sh_link, sym.st_name);
		if (name && *name && !fn(arg, &sym, name))
			return false;
	}
	return true;
}

/* Entries of .symtab and .dynsym: a stripped program has the second only. */
static void each_entry(struct elf_file *f, entry_fn *fn, void *arg)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(f->elf, scn))) {
		GElf_Shdr sh;

		if (gelf_getshdr(scn, &sh) &&
		    (sh.sh_type == SHT_SYMTAB || sh.sh_type == SHT_DYNSYM) &&
		    !each_entry_of(f, scn, &sh, fn, arg))
			return;
	}
}

static bool is_function(const GElf_Sym *sym)
{
	return GELF_ST_TYPE(sym->st_info) == STT_FUNC ||
	       GELF_ST_TYPE(sym->st_info) == STT_GNU_IFUNC;
}

static struct symbol to_symbol(const GElf_Sym *sym, const char *name)
{
	return (struct symbol){ .name = name, .address = sym->st_value, .size = sym->st_size };
}

struct lister {
	symbol_fn *fn;
	void *arg;
	struct map seen;
};

static bool list_entry(void *arg, const GElf_Sym *sym, const char *name)
{
	struct lister *l = arg;
	struct symbol s = to_symbol(sym, name);
	void *at;

	if (!is_function(sym) || !sym->st_value)
		return true;
	at = map_get(&l->seen, name);
	if (at == (void *)(uintptr_t)s.address)
		return true;
	map_put(&l->seen, name, (void *)(uintptr_t)s.address);
	return l->fn(l->arg, &s);
}

int elf_each_function(struct elf_file *f, symbol_fn *fn, void *arg)
{
	struct lister l = { fn, arg, MAP_INIT };

	each_entry(f, list_entry, &l);
	map_release(&l.seen);
	return 0;
}

struct wanted {
	const char *name;
	struct symbol *out;
	bool found;
};

static bool compare_entry(void *arg, const GElf_Sym *sym, const char *name)
{
	struct wanted *w = arg;

	if (strcmp(name, w->name) || !sym->st_value)
		return true;
	*w->out = to_symbol(sym, name);
	w->found = true;
	/* A name may stand for data in one object and a function in another. */
	return !is_function(sym);
}

int elf_symbol(struct elf_file *f, const char *name, struct symbol *out)
{
	struct wanted w = { .name = name, .out = out };

	each_entry(f, compare_entry, &w);
	return w.found ? 0 : -ENOENT;
}

/* -- addresses -- */

static bool add_function(void *arg, const GElf_Sym *sym, const char *name)
{
	struct elf_file *f = arg;

	if (is_function(sym) && sym->st_value)
		vec_push(&f->sorted, to_symbol(sym, name));
	return true;
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

/* Of names for one address, the one that people write comes first. */
static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	size_t ux = underscores(x->name), uy = underscores(y->name);

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (ux != uy)
		return ux < uy ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void make_index(struct elf_file *f)
{
	size_t n = 0;

	f->indexed = true;
	each_entry(f, add_function, f);
	if (!f->sorted.n)
		return;
	qsort(f->sorted.v, f->sorted.n, sizeof(*f->sorted.v), by_address);
	for (size_t i = 1; i < f->sorted.n; i++)
		if (f->sorted.v[i].address != f->sorted.v[n].address)
			f->sorted.v[++n] = f->sorted.v[i];
	f->sorted.n = n + 1;
}

const struct symbol *elf_lookup(struct elf_file *f, uint64_t vaddr, uint64_t *offset)
{
	size_t low = 0, high;
	const struct symbol *s;

	if (!f->indexed)
		make_index(f);
	for (high = f->sorted.n; low < high;) {
		size_t mid = (low + high) / 2;

		if (f->sorted.v[mid].address <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	s = &f->sorted.v[low - 1];
	*offset = vaddr - s->address;
	/* Hand-written assembly has no sizes: it reaches up to the next symbol. */
	return !s->size || *offset < s->size ? s : NULL;
}

static bool find_segment(struct elf_file *f, bool by_offset, uint64_t at, GElf_Phdr *ph)
{
	size_t n = 0;

	if (elf_getphdrnum(f->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t start;

		if (!gelf_getphdr(f->elf, (int)i, ph) || ph->p_type != PT_LOAD)
			continue;
		start = by_offset ? ph->p_offset : ph->p_vaddr;
		if (at >= start && at - start < ph->p_filesz)
			return true;
	}
	return false;
}

int elf_vaddr_to_offset(struct elf_file *f, uint64_t vaddr, uint64_t *offset)
{
	GElf_Phdr ph;

	if (!find_segment(f, false, vaddr, &ph))
		return -ENOENT;
	*offset = vaddr - ph.p_vaddr + ph.p_offset;
	return 0;
}

int elf_offset_to_vaddr(struct elf_file *f, uint64_t offset, uint64_t *vaddr)
{
	GElf_Phdr ph;

	if (!find_segment(f, true, offset, &ph))
		return -ENOENT;
	*vaddr = offset - ph.p_offset + ph.p_vaddr;
	return 0;
}

bool elf_is_program(struct elf_file *f)
{
	GElf_Ehdr eh;
	GElf_Phdr ph;
	size_t n = 0;

	if (!gelf_getehdr(f->elf, &eh) || elf_getphdrnum(f->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(f->elf, (int)i, &ph) && ph.p_type == PT_INTERP)
			return true;
	return eh.e_type == ET_EXEC;
}

/* -- build id -- */

static size_t build_id_in(Elf_Data *data, unsigned char id[20])
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &desc))) {
		size_t len = note.n_descsz > 20 ? 20 : note.n_descsz;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp((const char *)data->d_buf + name, "GNU", 4))
			continue;
		memcpy(id, (const char *)data->d_buf + desc, len);
		return len;
	}
	return 0;
}

size_t elf_build_id(struct elf_file *f, unsigned char id[20])
{
	size_t n = 0, len = 0;

	if (elf_getphdrnum(f->elf, &n))
		return 0;
	for (size_t i = 0; i < n && !len; i++) {
		Elf_Data *data;
		GElf_Phdr ph;

		if (!gelf_getphdr(f->elf, (int)i, &ph) || ph.p_type != PT_NOTE)
			continue;
		data = elf_getdata_rawchunk(f->elf, (int64_t)ph.p_offset, ph.p_filesz, ELF_T_NHDR);
		if (data)
			len = build_id_in(data, id);
	}
	return len;
}

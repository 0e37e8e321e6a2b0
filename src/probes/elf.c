/* SPDX-License-Identifier: Apache-2.0 */
/* elf.c - functions of ELF files, and finding the files. */

#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/private.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct elf_file {
	int fd;
	Elf *elf;
	bool symbols_read;
	VEC(struct symbol) symbols; /* functions and objects, by address */
	struct probe_cache *cache;
};

struct elf_file *elf_open(struct probe_cache *c, const char *path)
{
	struct elf_file *f = map_get(&c->elf_files, path);

	if (f)
		return f;
	elf_version(EV_CURRENT);
	f = mem_calloc(1, sizeof(*f));
	f->cache = c;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd >= 0)
		f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF) {
		int err = f->fd < 0 ? errno : ENOEXEC;

		elf_end(f->elf);
		if (f->fd >= 0)
			close(f->fd);
		free(f);
		errno = err;
		return NULL;
	}
	map_put(&c->elf_files, path, f);
	return f;
}

void elf_cache_free(struct probe_cache *c)
{
	map_each (e, &c->elf_files) {
		struct elf_file *f = e->value;

		vec_release(&f->symbols);
		elf_end(f->elf);
		close(f->fd);
		free(f);
	}
	map_release(&c->elf_files);
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void read_table(struct elf_file *f, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = data && sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;

	for (size_t i = 0; i < n; i++) {
		GElf_Sym sym;
		const char *name;
		int type;

		if (!gelf_getsym(data, (int)i, &sym) || sym.st_shndx == SHN_UNDEF)
			continue;
		type = GELF_ST_TYPE(sym.st_info);
		name = elf_strptr(f->elf, sh->sh_link, sym.st_name);
		if (!name || !*name ||
		    (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_OBJECT))
			continue;
		/* Objects are told apart by a module that no ELF symbol has. */
		vec_push(&f->symbols,
		         ((struct symbol){ .name = name,
		                           .module = type == STT_OBJECT ? "" : NULL,
		                           .address = sym.st_value,
		                           .size = sym.st_size }));
	}
}

static void read_symbols(struct elf_file *f)
{
	Elf_Scn *scn = NULL;
	size_t n = 0;

	if (f->symbols_read)
		return;
	f->symbols_read = true;
	while ((scn = elf_nextscn(f->elf, scn))) {
		GElf_Shdr sh;

		if (gelf_getshdr(scn, &sh) && (sh.sh_type == SHT_SYMTAB || sh.sh_type == SHT_DYNSYM))
			read_table(f, scn, &sh);
	}
	if (f->symbols.n)
		qsort(f->symbols.v, f->symbols.n, sizeof(*f->symbols.v), by_address);
	for (size_t i = 0; i < f->symbols.n; i++)
		if (!n || by_address(&f->symbols.v[i], &f->symbols.v[n - 1]))
			f->symbols.v[n++] = f->symbols.v[i];
	f->symbols.n = n;
}

int elf_each_function(struct elf_file *f, symbol_fn *fn, void *arg)
{
	read_symbols(f);
	vec_each (i, &f->symbols)
		if (!f->symbols.v[i].module && !fn(arg, &f->symbols.v[i]))
			break;
	return 0;
}

int elf_symbol(struct elf_file *f, const char *name, struct symbol *out)
{
	read_symbols(f);
	vec_each (i, &f->symbols) {
		/* Versions ("read@@GLIBC_2.2.5") do not count. */
		size_t n = strcspn(f->symbols.v[i].name, "@");

		if (strlen(name) == n && !strncmp(f->symbols.v[i].name, name, n)) {
			*out = f->symbols.v[i];
			return 0;
		}
	}
	return -ENOENT;
}

const struct symbol *elf_lookup(struct elf_file *f, uint64_t vaddr, uint64_t *offset)
{
	size_t low = 0, high;

	read_symbols(f);
	high = f->symbols.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->symbols.v[mid].address <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	while (low-- > 0) {
		const struct symbol *s = &f->symbols.v[low];

		if (s->module)
			continue;
		*offset = vaddr - s->address;
		return *offset < s->size || !s->size ? s : NULL;
	}
	return NULL;
}

static int each_segment(struct elf_file *f, uint64_t key, bool from_vaddr, uint64_t *out)
{
	size_t n;

	if (elf_getphdrnum(f->elf, &n))
		return -ENOEXEC;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;
		uint64_t start;

		if (!gelf_getphdr(f->elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		start = from_vaddr ? ph.p_vaddr : ph.p_offset;
		if (key < start || key - start >= (from_vaddr ? ph.p_memsz : ph.p_filesz))
			continue;
		*out = key - start + (from_vaddr ? ph.p_offset : ph.p_vaddr);
		return 0;
	}
	return -ENOENT;
}

int elf_vaddr_to_offset(struct elf_file *f, uint64_t vaddr, uint64_t *offset)
{
	return each_segment(f, vaddr, true, offset);
}

int elf_offset_to_vaddr(struct elf_file *f, uint64_t offset, uint64_t *vaddr)
{
	return each_segment(f, offset, false, vaddr);
}

size_t elf_build_id(struct elf_file *f, unsigned char id[20])
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(f->elf, scn))) {
		size_t at = 0, name, desc;
		GElf_Shdr sh;
		GElf_Nhdr nh;
		Elf_Data *data;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(scn, NULL);
		while (data && (at = gelf_getnote(data, at, &nh, &name, &desc)) > 0) {
			size_t n = nh.n_descsz < 20 ? nh.n_descsz : 20;

			if (nh.n_type != NT_GNU_BUILD_ID || nh.n_namesz != 4)
				continue;
			memcpy(id, (char *)data->d_buf + desc, n);
			return n;
		}
	}
	return 0;
}

/* -- finding binaries -- */

/* A path as seen by a process, as seen from here. */
static const char *in_namespace(struct probe_cache *c, uint32_t pid, const char *path)
{
	struct strbuf sb = STRBUF_INIT;
	const char *result;

	if (!pid)
		return cache_text(c, path, strlen(path));
	strbuf_addf(&sb, "/proc/%u/root%s", pid, path);
	result = cache_text(c, sb.buf, sb.len);
	strbuf_release(&sb);
	return result;
}

static int in_path(struct probe_cache *c, uint32_t pid, const char *name, const char **path)
{
	const char *dirs = getenv("PATH");

	for (const char *at = dirs ? dirs : "/usr/bin:/bin"; *at;) {
		size_t n = strcspn(at, ":");
		char full[4096];

		snprintf(full, sizeof(full), "%.*s/%s", (int)n, at, name);
		*path = in_namespace(c, pid, full);
		if (n && !access(*path, X_OK))
			return 0;
		at += n + (at[n] == ':');
	}
	return -ENOENT;
}

/* The linker's cache holds names and paths as text behind one another: "libc.so.6\0/lib/.../libc.so.6".
 * Its strings are searched, whatever the format around them. */
static int in_linker_cache(struct probe_cache *c, uint32_t pid, const char *name, const char **path)
{
	struct strbuf sb = STRBUF_INIT, want = STRBUF_INIT;
	int err = strbuf_read_file(&sb, in_namespace(c, pid, "/etc/ld.so.cache"));
	const char *end = sb.buf + sb.len;

	strbuf_addf(&want, "/%s%s", strncmp(name, "lib", 3) ? "lib" : "", name);
	if (!strstr(name, ".so"))
		strbuf_adds(&want, ".so");
	for (const char *at = sb.buf; !err && at < end; at++) {
		const char *hit = memmem(at, (size_t)(end - at), want.buf, want.len), *start = hit;
		char after;

		if (!hit) {
			err = -ENOENT;
			break;
		}
		after = hit[want.len];
		while (start > sb.buf && start[-1])
			start--;
		at = hit;
		if (*start == '/' && (!after || after == '.') && !memchr(hit + 1, '/', strlen(hit + 1))) {
			*path = in_namespace(c, pid, start);
			if (!access(*path, R_OK))
				break;
		}
	}
	if (!err && !sb.len)
		err = -ENOENT;
	strbuf_release(&sb);
	strbuf_release(&want);
	return err;
}

int binary_find(struct probe_cache *c, uint32_t pid, const char *name, const char **path)
{
	if (strchr(name, '/')) {
		*path = *name == '/' ? in_namespace(c, pid, name) : cache_text(c, name, strlen(name));
		return access(*path, R_OK) ? -errno : 0;
	}
	if (!in_path(c, pid, name, path))
		return 0;
	return in_linker_cache(c, pid, name, path);
}

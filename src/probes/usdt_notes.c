/* SPDX-License-Identifier: Apache-2.0 */
/* usdt_notes.c - reads .note.stapsdt. */

#include "probes/usdt_notes.h"

#include "probes/symbols.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

enum { NOTE_TYPE = 3 };

static bool find_section(Elf *elf, const char *name, Elf_Scn **found, GElf_Shdr *sh)
{
	size_t names;

	*found = NULL;
	if (elf_getshdrstrndx(elf, &names))
		return false;
	while ((*found = elf_nextscn(elf, *found))) {
		const char *is =
			gelf_getshdr(*found, sh) ? elf_strptr(elf, names, sh->sh_name) : NULL;

		if (is && !strcmp(is, name))
			return true;
	}
	return false;
}

static uint64_t word(const char *at, size_t size)
{
	uint64_t v = 0;

	memcpy(&v, at, size);
	return v;
}

/* Steps over a text; NULL: it does not end. */
static const char *next_text(const char *at, const char *end)
{
	const char *nul = at ? memchr(at, '\0', (size_t)(end - at)) : NULL;

	return nul ? nul + 1 : NULL;
}

/* Three addresses: of the mark, of .stapsdt.base when the file was linked, of the semaphore. Then
 * three texts. */
static bool read_note(const char *desc, size_t len, size_t size, struct usdt_note *n,
                      uint64_t *base)
{
	const char *end = desc + len;

	if (len < 3 * size)
		return false;
	n->address = word(desc, size);
	*base = word(desc + size, size);
	n->semaphore = word(desc + 2 * size, size);
	n->provider = desc + 3 * size;
	n->name = next_text(n->provider, end);
	n->args = next_text(n->name, end);
	return next_text(n->args, end);
}

void usdt_each(struct elf_file *f, bool (*fn)(void *arg, const struct usdt_note *n), void *arg)
{
	Elf *elf = elf_libelf(f);
	size_t at = 0, name, desc, size = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
	Elf_Scn *scn, *base_scn;
	GElf_Shdr sh, base_sh;
	bool moved = find_section(elf, ".stapsdt.base", &base_scn, &base_sh);
	Elf_Data *data =
		find_section(elf, ".note.stapsdt", &scn, &sh) ? elf_getdata(scn, NULL) : NULL;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc))) {
		const char *buf = data->d_buf;
		struct usdt_note n;
		uint64_t base, shift;

		if (note.n_type != NOTE_TYPE || note.n_namesz != 8 ||
		    memcmp(buf + name, "stapsdt", 8) ||
		    !read_note(buf + desc, note.n_descsz, size, &n, &base))
			continue;
		/* Tools like prelink move a file's addresses, but not what is in notes. */
		shift = moved ? base_sh.sh_addr - base : 0;
		n.address += shift;
		n.semaphore += n.semaphore ? shift : 0;
		if (!fn(arg, &n))
			return;
	}
}

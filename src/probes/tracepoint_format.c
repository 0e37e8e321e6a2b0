/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracepoint_format.c - reads lines like
 *
 *	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
 *	field:char prev_comm[16];	offset:8;	size:16;	signed:0;
 *	field:__data_loc char[] name;	offset:8;	size:4;	signed:0;
 *
 * (Documentation/trace/events.rst, "Event formats"). Common fields end at the first empty line
 * behind them; BPF programs cannot read them.
 */

#include "probes/tracepoint_format.h"

#include "base/arena.h"
#include "base/vec.h"
#include "probes/probe.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool take_number(const char *line, const char *key, uint32_t *value)
{
	const char *at = strstr(line, key);

	if (!at)
		return false;
	*value = (uint32_t)strtoul(at + strlen(key), NULL, 10);
	return true;
}

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static char *trim(struct arena *a, const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	return arena_memdup(a, from, (size_t)(to - from));
}

static const char *skip_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strncmp(text, word, n) ? NULL : text + n;
}

/* Bytes of one element, for counts that stand as a macro's name: "comm[TASK_COMM_LEN]". */
static uint32_t element_size(const char *ctype)
{
	static const struct {
		const char *end;
		uint32_t size;
	} sizes[] = {
		{ "char", 1 }, { "u8", 1 },  { "u16", 2 },  { "short", 2 }, { "u32", 4 },
		{ "int", 4 },  { "u64", 8 }, { "long", 8 }, { "*", 8 },
	};
	size_t n = strlen(ctype);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t k = strlen(sizes[i].end);

		if (n >= k && !strcmp(ctype + n - k, sizes[i].end))
			return sizes[i].size;
	}
	return 1;
}

static void set_count(struct probe_arg *f, const char *bracket)
{
	f->count = (uint32_t)strtoul(bracket + 1, NULL, 0);
	if (!f->count)
		f->count = f->size / element_size(f->ctype);
}

/* "char prev_comm[16]", "__data_loc char[] name", "const char * name", "struct list_head *next" */
static bool read_declaration(struct arena *a, const char *from, const char *to, struct probe_arg *f)
{
	const char *bracket =
		to > from && to[-1] == ']' ? memrchr(from, '[', (size_t)(to - from)) : NULL;
	const char *end = bracket ? bracket : to, *name, *type;

	while (end > from && isspace((unsigned char)end[-1]))
		end--;
	for (name = end; name > from && is_name_byte(name[-1]);)
		name--;
	if (name == end || name == from)
		return false;
	f->name = trim(a, name, end);
	f->ctype = trim(a, from, name);
	if ((type = skip_word(f->ctype, "__data_loc "))) {
		f->where = ARG_DATA_LOC;
		f->ctype = type;
	} else if ((type = skip_word(f->ctype, "__rel_loc "))) {
		f->where = ARG_REL_LOC;
		f->ctype = type;
	} else if (bracket) {
		set_count(f, bracket);
	}
	return true;
}

static bool read_field(struct arena *a, const char *line, struct probe_arg *f)
{
	const char *semicolon = strchr(line, ';');
	uint32_t is_signed = 0;

	*f = (struct probe_arg){ .where = ARG_CTX };
	if (!semicolon || !take_number(semicolon, "offset:", &f->offset) ||
	    !take_number(semicolon, "size:", &f->size))
		return false;
	take_number(semicolon, "signed:", &is_signed);
	f->is_signed = is_signed;
	return read_declaration(a, line, semicolon, f);
}

void tracepoint_format(struct arena *a, const char *text, struct probe_args *out)
{
	VEC(struct probe_arg) fields = { 0 };

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		struct probe_arg f;
		const char *field;

		line += *line == '\n';
		field = skip_word(line + strspn(line, " \t"), "field:");
		if (field && read_field(a, arena_memdup(a, field, strcspn(field, "\n")), &f) &&
		    strncmp(f.name, "common_", 7))
			vec_push_in(a, &fields, f);
	}
	*out = (struct probe_args){ .arg = fields.v, .count = fields.n };
}

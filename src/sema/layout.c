/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - what the script has gets its rows in the image: maps, probes, types.
 *
 * Requires: types. Afterwards: each map knows how it is kept and its row; each program has its
 * names, its rows of probes and its row of losses.
 */

#include "ast/map_kind.h"
#include "base/arena.h"
#include "base/bug.h"
#include "image/meta_write.h"
#include "image/params.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <ctype.h>
#include <string.h>

/* -- types -- */

static uint32_t fields_row(struct unit *u, const struct type *t, uint32_t *rows)
{
	const struct type_field *f;
	uint32_t *type, first;
	size_t n;

	f = type_fields(u->types, t, &n);
	type = arena_array(u->arena, uint32_t, n + 1);
	/* Members' types first: their own fields must not come between ours. */
	for (size_t i = 0; i < n; i++)
		type[i] = unit_type_row(u, f[i].type);
	first = u->meta->count[META_FIELDS];
	for (size_t i = 0; i < n; i++)
		meta_add(u->meta, META_FIELDS,
		         &(struct meta_field){
				 .name = meta_string(u->meta, f[i].name ? f[i].name : ""),
				 .type = type[i],
				 .offset = f[i].offset,
				 .bit_offset = f[i].bit_offset,
				 .bit_size = f[i].bit_size,
			 });
	*rows = (uint32_t)n;
	return first;
}

static uint32_t enumerators_row(struct unit *u, const struct type *t, uint32_t *rows)
{
	const struct type_enumerator *e;
	uint32_t first = u->meta->count[META_ENUMERATORS];
	size_t n;

	e = type_enumerators(u->types, t, &n);
	for (size_t i = 0; i < n; i++)
		meta_add(u->meta, META_ENUMERATORS,
		         &(struct meta_enumerator){ .name = meta_string(u->meta, e[i].name),
		                                    .value = e[i].value });
	*rows = (uint32_t)n;
	return first;
}

/* The stack map for stacks of this depth. */
static uint32_t stack_map_row(struct unit *u, const struct type *t)
{
	struct meta_map map = {
		.key_type = META_NONE,
		.value_type = META_NONE,
		.store = STORE_STACKS,
		.max_entries = (uint32_t)u->config.max_map_keys,
	};
	const char *name = arena_printf(u->arena, "stacks_%u", t->count);
	uint32_t row;

	vec_each (i, &u->stack_maps) {
		const struct meta_map *m = meta_at(u->meta, META_MAPS, u->stack_maps.v[i]);

		if (m->name == meta_string(u->meta, name))
			return u->stack_maps.v[i];
	}
	map.name = map.bpf_name = meta_string(u->meta, name);
	row = meta_add(u->meta, META_MAPS, &map);
	vec_push_in(u->arena, &u->stack_maps, row);
	return row;
}

/* Kinds made of other types: their rows come first, so that a row refers to smaller ones only. */
static void fill_parts(struct unit *u, const struct type *t, struct meta_type *row)
{
	switch (t->kind) {
	case KIND_ARRAY: row->elem = unit_type_row(u, t->elem); break;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_TUPLE:
	case KIND_PERCENTILES:
	case KIND_RECORD: row->first = fields_row(u, t, &row->rows); break;
	case KIND_ENUM: row->first = enumerators_row(u, t, &row->rows); break;
	case KIND_KSTACK:
	case KIND_USTACK: row->map = stack_map_row(u, t); break;
	case KIND_NONE:
	case KIND_BOOL:
	case KIND_INT:
	case KIND_POINTER:
	case KIND_STRING:
	case KIND_BUFFER:
	case KIND_KSYM:
	case KIND_USYM:
	case KIND_INET:
	case KIND_MAC:
	case KIND_TIMESTAMP:
	case KIND_USERNAME:
	case KIND_CGROUP_PATH:
	case KIND_COUNT:
	case KIND_SUM:
	case KIND_MIN:
	case KIND_MAX:
	case KIND_AVG:
	case KIND_STATS:
	case KIND_HIST:
	case KIND_LHIST:
	case KIND_LLHIST:
	case KIND_TSERIES:
	case KIND_COUNT_OF: break;
	}
}

uint32_t unit_type_row(struct unit *u, const struct type *t)
{
	void *known = map_get_bytes(&u->type_rows, &t, sizeof(t));
	struct meta_type row = { .elem = META_NONE, .map = META_NONE };
	uint32_t at;

	if (known)
		return (uint32_t)(uintptr_t)known - 1;
	row.kind = t->kind;
	row.name = meta_string(u->meta, type_name(u->types, t));
	row.size = type_size(u->types, t);
	row.flags = t->is_signed ? META_TYPE_SIGNED : 0;
	row.count = t->count;
	row.mode = t->mode;
	memcpy(row.arg, t->arg, sizeof(row.arg));
	fill_parts(u, t, &row);
	at = meta_add(u->meta, META_TYPES, &row);
	map_put_bytes(&u->type_rows, &t, sizeof(t), (void *)(uintptr_t)(at + 1));
	return at;
}

/* -- maps -- */

static enum meta_store store_for(const struct map_var *m)
{
	if (!m->key && m->value->kind == KIND_TSERIES)
		return STORE_SERIES;
	if (!m->key || (m->kind && m->kind->array))
		return type_is_aggregation(m->value) ? STORE_PERCPU_ARRAY : STORE_ARRAY;
	if (kind_has_buckets(m->value->kind))
		return STORE_BUCKETS;
	return type_is_aggregation(m->value) ? STORE_PERCPU_HASH : STORE_HASH;
}

/* The kind of map that a value like this needs. */
static const char *kind_for(const struct map_var *m)
{
	bool array = m->kind->array && m->value->kind != KIND_TSERIES;

	if (type_is_aggregation(m->value))
		return array ? "percpuarray" : "percpuhash";
	return array ? "array" : "hash";
}

/* A series has an entry for each interval under a key: a key has no fixed place then. */
static bool kind_fits(const struct map_var *m)
{
	return m->kind->percpu == type_is_aggregation(m->value) &&
	       !(m->kind->array && m->key && m->value->kind == KIND_TSERIES);
}

static void check_kind(struct unit *u, const struct map_var *m)
{
	struct diag *d;

	if (!m->kind) {
		d = diag_error(u->diags, m->decl->kind_span, "Invalid bpf map type: %s",
		               m->decl->kind);
		diag_hint(d, "valid map types: %s", MAP_KINDS);
	} else if (m->used && !kind_fits(m)) {
		d = diag_error(
			u->diags, m->decl->kind_span,
			"Incompatible map types. Type from declaration: %s. Type from value/key "
			"type: %s",
			m->kind->name, kind_for(m));
		diag_note(d, m->value_span, "%s is written here", type_name(u->types, m->value));
		diag_hint(d, "declare it as %s", m->kind->array ? kind_for(m) : m->kind->other);
	}
}

/* Bytes of a key whose text is short. Where a map's size is the script's word there is one map. */
static uint32_t short_key(const struct map_var *m)
{
	const struct type *last = m->key;
	uint32_t at = 0;

	if (!last || m->decl)
		return 0;
	if ((last->kind == KIND_TUPLE || last->kind == KIND_RECORD) && last->fields) {
		at = last->field[last->fields - 1].offset;
		last = last->field[last->fields - 1].type;
	}
	return last->kind == KIND_STRING && last->size >= 2 * META_SHORT_TEXT ? at + META_SHORT_TEXT
	                                                                      : 0;
}

static void layout_map(struct unit *u, struct map_var *m)
{
	struct meta_map row = { .key_type = META_NONE, .flags = META_MAP_PRINT };

	if (m->decl)
		check_kind(u, m);
	m->store = store_for(m);
	m->max_entries =
		m->decl ? (uint32_t)m->decl->max_entries : (uint32_t)u->config.max_map_keys;
	if (!m->key)
		m->max_entries = m->store == STORE_SERIES ? m->value->count : 1;
	m->short_key = short_key(m);
	m->bpf_name = arena_printf(u->arena, "AT_%.12s", m->name + 1);
	row.name = meta_string(u->meta, m->name);
	row.bpf_name = meta_string(u->meta, m->bpf_name);
	if (m->key)
		row.key_type = unit_type_row(u, m->key);
	row.value_type = unit_type_row(u, m->value);
	row.store = m->store;
	row.max_entries = m->max_entries;
	row.short_key = m->short_key;
	m->row = meta_add(u->meta, META_MAPS, &row);
}

/* BPF names hold 15 bytes: two long names may become equal. */
static void unique_names(struct unit *u)
{
	struct map seen = MAP_INIT;
	unsigned int n = 0;

	map_each (e, &u->maps) {
		struct map_var *m = e->value;
		struct meta_map *row = meta_at(u->meta, META_MAPS, m->row);

		while (map_get(&seen, m->bpf_name)) {
			m->bpf_name = arena_printf(u->arena, "AT_%.8s_%u", m->name + 1, ++n);
			row = meta_at(u->meta, META_MAPS, m->row);
			row->bpf_name = meta_string(u->meta, m->bpf_name);
		}
		map_put(&seen, m->bpf_name, m);
	}
	map_release(&seen);
}

/* -- programs -- */

static const char *program_name(struct unit *u, const struct program *p, size_t i)
{
	char *name = arena_printf(u->arena, "p%zu_%s", i, p->targets.v[0].name);

	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	if (strlen(name) > 60)
		name[60] = '\0';
	return name;
}

static uint32_t text_row(struct unit *u, const char *text)
{
	return meta_string(u->meta, text ? text : "");
}

static void layout_target(struct unit *u, const struct program *p, struct probe_target *t)
{
	struct meta_probe row = {
		.name = text_row(u, t->name),
		.kind = text_row(u, t->kind->name),
		.program = text_row(u, p->dispatch ? p->dispatch->name : p->name),
		.loss_row = p->loss_row,
		.module = text_row(u, t->module),
		.symbol = text_row(u, t->symbol),
		.mode = text_row(u, t->mode),
		.flags = t->flags,
		.span_off = t->span.off,
		.span_len = t->span.len,
		.offset = t->offset,
		.address = t->address,
		.count = t->count,
	};

	t->cookie = row.cookie = u->meta->count[META_PROBES];
	meta_add(u->meta, META_PROBES, &row);
}

static bool all_join(const struct program *p)
{
	vec_each (i, &p->targets)
		if (p->kind->joins && !p->kind->joins(&p->targets.v[i]))
			return false;
	return true;
}

static void layout_program(struct unit *u, struct program *p, size_t i)
{
	p->name = program_name(u, p, i);
	if (p->targets.n > 1 && all_join(p))
		vec_each (j, &p->targets)
			p->targets.v[j].flags |= TARGET_MULTI;
	p->section = p->kind->section(u->arena, &p->targets.v[0]);
	if (p->dispatch)
		p->dispatch->section = p->section;
	p->first_row = u->meta->count[META_PROBES];
	p->loss_row = (uint32_t)i;
	vec_each (j, &p->targets)
		layout_target(u, p, &p->targets.v[j]);
}

static void layout_options(struct unit *u)
{
	vec_each (i, &u->options) {
		const struct script_option *o = u->options.v[i];
		bool text = o->type->kind == KIND_STRING;

		meta_add(u->meta, META_OPTIONS,
		         &(struct meta_option){
				 .name = text_row(u, o->name),
				 .description = text_row(u, o->description),
				 .kind = o->type->kind,
				 .is_signed = o->type->is_signed,
				 .offset = o->offset,
				 .size = o->type->size,
				 .text = text_row(u, text ? o->init->string.text : NULL),
				 .value = text || !o->init ? 0 : (uint64_t)literal_value(o->init),
			 });
	}
}

static void layout_script(struct unit *u)
{
	const struct config *c = &u->config;

	meta_add(u->meta, META_SCRIPT,
	         &(struct meta_script){
			 .name = text_row(u, u->source.name),
			 .text = meta_bytes(u->meta, u->source.text, u->source.len),
			 .text_len = (uint32_t)u->source.len,
			 .tool_version = text_row(u, SONDE_VERSION),
			 .ring_pages = (uint32_t)c->perf_rb_pages,
			 .log_size = (uint32_t)c->log_size,
			 .print_maps_on_exit = c->print_maps_on_exit,
			 .missing_probes = c->missing_probes,
			 .trunc_trailer = text_row(u, c->str_trunc_trailer),
			 .loss_rows = (uint32_t)(u->programs.n + (u->fns.n != 0)),
			 .unsafe = u->unsafe,
			 .max_cat_bytes = (uint32_t)c->max_cat_bytes,
			 .cpp_demangle = c->cpp_demangle,
		 });
}

static void layout_parts(struct unit *u)
{
	vec_each (i, &u->source.parts) {
		const struct source_part *p = &u->source.parts.v[i];

		meta_add(u->meta, META_PARTS,
		         &(struct meta_part){
				 .base = p->base,
				 .len = p->len,
				 .name = p->text ? meta_string(u->meta, p->name) : 0,
				 .text = p->text ? meta_bytes(u->meta, p->text, p->len) : 0,
				 .library = p->library,
				 .spelled = p->spelled,
				 .call_off = p->call.off,
				 .call_len = p->call.len,
			 });
	}
}

void layout_run(struct unit *u)
{
	map_each (e, &u->maps)
		layout_map(u, e->value);
	unique_names(u);
	vec_each (i, &u->programs)
		layout_program(u, u->programs.v[i], i);
	vec_each (i, &u->fns)
		u->fns.v[i]->loss_row = (uint32_t)u->programs.n;
	layout_options(u);
	layout_script(u);
	layout_parts(u);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.c - the functions of imported C objects, as their BTF describes them.
 *
 * Afterwards: u->c_objects holds the objects, u->c_functions their global functions. What is called
 * is an extern of our own object, and codegen/link.c puts them together.
 */

#include "sema/objects.h"

#include "base/arena.h"
#include "base/bug.h"
#include "image/image.h"
#include "lang/lang.h"
#include "probes/btf.h"
#include "probes/btf_text.h"
#include "probes/probe.h"
#include "sema/ktypes.h"
#include "sema/types.h"

#include <errno.h>
#include <string.h>

/* -- types -- */

/* Whether all members of the object's struct are ones of the kernel's. */
static bool is_part_of(struct unit *u, const struct type *own, const struct type *kernels)
{
	struct type_field found;
	size_t n;
	const struct type_field *f = type_fields(u->types, own, &n);

	for (size_t i = 0; i < n; i++)
		if (*f[i].name && !type_find_field(u->types, kernels, f[i].name, &found))
			return false;
	return true;
}

/* Objects describe structs of the kernel in part, or as another kernel has them, and mean those of
 * the running one (CO-RE). */
static const struct type *kernels_own(struct unit *u, const struct type *t)
{
	const struct type *k;

	if (!t || (t->kind != KIND_STRUCT && t->kind != KIND_UNION) || !t->btf || !*t->name ||
	    !ktype_exists(u, t->kind, t->name))
		return t;
	k = type_with_as(u->types, ktype_find(u, t->kind, t->name), t->as);
	return is_part_of(u, t, k) ? k : t;
}

/* What is neither a number nor an address is nothing that a script could hand over or get. */
static const struct type *type_of(struct unit *u, const struct btf_file *b, uint32_t id)
{
	const struct type *t = ktype_by_id(u, b, id, AS_KERNEL);

	if (t->kind == KIND_POINTER)
		return type_pointer(u->types, kernels_own(u, t->elem), t->as);
	return type_is_int(t) || t->kind == KIND_BOOL ? t : &type_none;
}

/* -- functions -- */

struct reading {
	struct unit *u;
	const struct c_object *object;
	struct image_sections sections;
	size_t functions;    /* that can be called */
	const char *program; /* the section of one; NULL: it has none */
};

static void read_params(struct unit *u, struct c_function *f, const struct btf_type *proto)
{
	const struct btf_param *p = (const struct btf_param *)(proto + 1);
	const struct btf_file *b = f->object->btf;
	const char *text = "";

	f->params = BTF_INFO_VLEN(proto->info);
	f->param = arena_array(u->arena, struct c_param, f->params + 1);
	for (size_t i = 0; i < f->params; i++) {
		const char *type = btf_type_text(u->arena, b, p[i].type);

		f->param[i] = (struct c_param){ intern(&u->names, btf_name(b, p[i].name_off)),
			                        p[i].type, type_of(u, b, p[i].type) };
		text = arena_printf(u->arena, "%s%s%s%s%s", text, i ? ", " : "", type,
		                    type[strlen(type) - 1] == '*' ? "" : " ", f->param[i].name);
	}
	f->result = type_of(u, b, proto->type);
	f->text = btf_type_text(u->arena, b, proto->type);
	f->text = arena_printf(u->arena, "%s%s%s(%s)", f->text,
	                       f->text[strlen(f->text) - 1] == '*' ? "" : " ", f->name,
	                       f->params ? text : "void");
}

/* The script's own words are meant where they are written: a name of C does not take their place.
 */
static bool is_taken(const struct reading *r, const char *name)
{
	const struct script *s = &r->u->script;
	const struct c_function *other = c_function_find(r->u, name);
	struct span at = SPAN_NONE;
	struct diag *d;

	if (other && !other->program) {
		d = diag_error(r->u->diags, r->object->span, "Both '%s' and '%s' define %s()",
		               other->object->path, r->object->path, name);
		diag_note(d, other->object->span, "imported here");
		return true;
	}
	vec_each (i, &s->macros)
		at = !s->macros.v[i]->library && s->macros.v[i]->name == name
		             ? s->macros.v[i]->name_span
		             : at;
	vec_each (i, &s->fns)
		at = s->fns.v[i]->name == name ? s->fns.v[i]->name_span : at;
	if (!span_is_none(at)) {
		d = diag_error(r->u->diags, at, "%s() is defined in '%s' as well", name,
		               r->object->path);
		diag_note(d, r->object->span, "imported here");
		return true;
	}
	if (!lang_find(r->u->lang, name))
		return false;
	diag_warning(r->u->diags, r->object->span,
	             "%s() of '%s' cannot be called: it is a word of the language", name,
	             r->object->path);
	return true;
}

/* The section of a program, which the kernel calls; NULL: it is a function. */
static const char *program_section(const struct reading *r, const char *name)
{
	Elf64_Sym sym;

	if (image_symbol(r->object->bytes, r->object->len, name, &sym) ||
	    sym.st_shndx >= r->sections.n || !image_is_program(&r->sections, sym.st_shndx))
		return NULL;
	return image_section_name(&r->sections, sym.st_shndx);
}

/* struct btf_type says of functions how they are linked where other types have a count. */
enum { LINKAGE_GLOBAL = 1 };

static bool read_function(void *arg, uint32_t id, const char *btf_name_)
{
	struct reading *r = arg;
	const struct btf_file *b = r->object->btf;
	const struct btf_type *fn = btf_type(b, id), *proto = btf_type(b, fn->type);
	const char *name = intern(&r->u->names, btf_name_), *program;
	struct c_function *f;

	if (BTF_INFO_VLEN(fn->info) != LINKAGE_GLOBAL || !proto ||
	    BTF_INFO_KIND(proto->info) != BTF_KIND_FUNC_PROTO)
		return true;
	program = program_section(r, name);
	r->program = r->program ? r->program : program;
	r->functions += !program;
	if (!program && is_taken(r, name))
		return true;
	f = arena_new(r->u->arena, struct c_function);
	f->name = name;
	f->program = program;
	f->object = r->object;
	f->proto = fn->type;
	read_params(r->u, f, proto);
	vec_push_in(r->u->arena, &r->u->c_functions, f);
	return true;
}

/* -- objects -- */

static bool is_source(const char *path)
{
	size_t len = strlen(path), end = strlen(C_SOURCE);

	return len > end && !strcmp(path + len - end, C_SOURCE);
}

static void no_functions(struct unit *u, const struct c_object *o)
{
	diag_warning(u->diags, o->span, "'%s' has no global functions to call", o->path);
}

static void read_object(struct unit *u, struct c_object *o)
{
	struct reading r = { .u = u, .object = o };
	const void *btf;
	size_t len;
	int err = image_section(o->bytes, o->len, ".BTF", &btf, &len);

	if (!err)
		err = image_sections(o->bytes, o->len, &r.sections);
	if (!err)
		o->btf = btf_object(u->probes->cache, o->path, btf, len);
	if (err == -EINVAL) {
		diag_error(u->diags, o->span, "'%s' is no object for BPF", o->path);
	} else if (!o->btf && is_source(o->path)) {
		no_functions(u, o); /* clang leaves out what nobody can call */
	} else if (!o->btf) {
		diag_hint(diag_error(u->diags, o->span,
		                     "'%s' does not describe its functions: it has no BTF",
		                     o->path),
		          "compile it with -g");
	} else {
		vec_push_in(u->arena, &u->c_objects, o);
		btf_each(o->btf, BTF_KIND_FUNC, read_function, &r);
		if (r.program)
			diag_hint(diag_warning(u->diags, o->span,
			                       "'%s' holds a program, in section '%s', which does "
			                       "not run",
			                       o->path, r.program),
			          "functions are imported: probes are written in the script");
		else if (!r.functions)
			no_functions(u, o);
	}
}

static bool get_bytes(struct unit *u, const struct attach_text *import, struct strbuf *bytes)
{
	int err;

	if (is_source(import->text))
		return compile_c(u, import->text, import->span, bytes);
	err = strbuf_read_file(bytes, import->text);
	if (err)
		diag_error(u->diags, import->span, "Error reading import '%s': %s", import->text,
		           strerror(-err));
	return !err;
}

void objects_run(struct unit *u)
{
	vec_each (i, &u->script.objects) {
		const struct attach_text *import = &u->script.objects.v[i];
		struct c_object *o = arena_new(u->arena, struct c_object);
		struct strbuf bytes = STRBUF_INIT;

		if (get_bytes(u, import, &bytes)) {
			o->path = import->text;
			o->span = import->span;
			o->bytes = arena_memdup(u->arena, bytes.buf, bytes.len);
			o->len = bytes.len;
			read_object(u, o);
		}
		strbuf_release(&bytes);
	}
}

struct c_function *c_function_find(struct unit *u, const char *name)
{
	struct c_function *found = NULL;

	/* A program of this name is what a message would be about. */
	vec_each (i, &u->c_functions)
		if (u->c_functions.v[i]->name == name && (!found || found->program))
			found = u->c_functions.v[i];
	return found;
}

/* -- calls -- */

static void note_function(struct diag *d, const struct c_function *f)
{
	diag_note(d, f->object->span, "%s", f->text);
}

bool c_function_usable(struct unit *u, const struct c_function *f, const struct expr *call)
{
	struct diag *d = NULL;

	if (f->program)
		d = diag_error(u->diags, call->call.name_span,
		               "%s() cannot be called: it is a program, in section '%s'", f->name,
		               f->program);
	else if (call->call.args != f->params)
		d = diag_error(u->diags, call->span,
		               "Function `%s` requires %zu argument%s, got %s%zu", f->name,
		               f->params, f->params == 1 ? "" : "s",
		               call->call.args < f->params ? "only " : "", call->call.args);
	for (size_t i = 0; !d && i < f->params; i++)
		if (f->param[i].type == &type_none)
			d = diag_error(u->diags, call->call.name_span,
			               "%s() cannot be called from a script: of its parameter '%s' "
			               "only C has "
			               "the type",
			               f->name, f->param[i].name);
	if (d)
		note_function(d, f);
	return !d;
}

/* Texts are arrays of char. */
static bool takes_text(const struct type *place)
{
	return !place->elem || (place->elem->kind == KIND_INT && place->elem->size == 1);
}

static bool pointers_fit(const struct type *place, const struct type *t)
{
	const struct type *a = place->elem, *b = t->elem;

	if (!a || !b || a == b)
		return true;
	if (a->kind == KIND_INT && b->kind == KIND_INT)
		return a->size == b->size;
	/* A struct may have members of another object, or of BTF, and the same name. */
	if (a->kind == b->kind && (a->kind == KIND_STRUCT || a->kind == KIND_UNION))
		return !*a->name || !strcmp(a->name, b->name);
	return (a->kind == KIND_INT && a->size == 1) || a->kind == b->kind;
}

static bool fits(struct sema *s, const struct type *place, const struct type *t,
                 const struct expr *arg)
{
	if (place->kind != KIND_POINTER)
		return (type_is_int(t) || t->kind == KIND_BOOL) &&
		       (place->kind == KIND_BOOL || value_fits(s, place, t, arg));
	if (t->kind == KIND_POINTER)
		return pointers_fit(place, t);
	if (t->kind == KIND_STRING)
		return takes_text(place);
	return arg->kind == EXPR_INT && arg->literal && !arg->integer.value;
}

static void check_argument(struct sema *s, const struct expr *call, size_t i)
{
	const struct c_function *f = call->call.c;
	const struct type *place = f->param[i].type, *t = int_of(s, call->call.arg[i]->type);
	struct diag *d;

	if (t == &type_unknown || fits(s, place, t, call->call.arg[i]))
		return;
	d = diag_error(s->diags, call->call.arg[i]->span,
	               "Unable to convert argument type, function requires '%s', found '%s'",
	               type_name(s->ty, place), type_name(s->ty, t));
	note_function(d, f);
	if (place->kind == KIND_POINTER && (type_is_int(t) || t->kind == KIND_POINTER))
		diag_hint(d, "a cast makes it one: (%s)...", type_name(s->ty, place));
	else if (place->kind != KIND_POINTER && t->kind == KIND_POINTER)
		diag_hint(d, "a cast makes it a number: (uint64)...");
}

const struct type *c_function_call(struct sema *s, struct expr *e)
{
	bool bad = false;

	for (size_t i = 0; i < e->call.args; i++)
		bad |= sema_expr(s, e->call.arg[i]) == &type_error;
	for (size_t i = 0; !bad && i < e->call.args; i++)
		check_argument(s, e, i);
	return bad ? &type_error : e->call.c->result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * specifier.c - what a declaration begins with: C's own types, struct, union, enum.
 *
 * Functions are named after the rule of C11's grammar (6.7.2) that they read.
 */

#include "cdef/private.h"

#include "base/bug.h"

#include <string.h>

/* -- names of types -- */

bool c_is_qualifier(const struct c_token *t)
{
	static const char *const words[] = {
		"const",         "volatile",      "restrict", "__restrict", "__const",
		"__volatile__",  "extern",        "static",   "register",   "auto",
		"__extension__", "_Atomic",       "__rcu",    "__iomem",    "__kernel",
		"__force",       "__bitwise",     "inline",   "__inline",   "_Noreturn",
		"__inline__",    "_Thread_local",
	};

	for (size_t i = 0; t->kind == C_NAME && i < countof(words); i++)
		if (!strcmp(t->text, words[i]))
			return true;
	return false;
}

static const struct {
	const char *word;
	uint8_t size; /* 0: says nothing about it */
	enum { SIGN_NONE, SIGNED, UNSIGNED, FLOATING, BOOLEAN, NOTHING, LONG } what;
} words[] = {
	{ "void", 0, NOTHING },
	{ "char", 1, SIGN_NONE },
	{ "short", 2, SIGN_NONE },
	{ "int", 4, SIGN_NONE },
	{ "long", 8, LONG },
	{ "signed", 0, SIGNED },
	{ "__signed__", 0, SIGNED },
	{ "unsigned", 0, UNSIGNED },
	{ "float", 4, FLOATING },
	{ "double", 8, FLOATING },
	{ "_Bool", 1, BOOLEAN },
	{ "bool", 1, BOOLEAN },
	{ "__int128", 16, SIGN_NONE },
	{ "__int128_t", 16, SIGN_NONE },
	{ "__uint128_t", 16, UNSIGNED },
};

static int word_of(const struct c_token *t)
{
	for (size_t i = 0; t->kind == C_NAME && i < countof(words); i++)
		if (!strcmp(t->text, words[i].word))
			return (int)i;
	return -1;
}

/* The words of C's own types, in any order: "unsigned long int". */
struct c_type c_basic_type(struct c_reader *r)
{
	bool is_unsigned = false, floating = false, boolean = false, nothing = false, sized = false;
	uint32_t size = 0, longs = 0;
	const struct type *t;
	int w;

	for (;; r->at++) {
		if (c_is_qualifier(c_peek(r)))
			continue;
		w = word_of(c_peek(r));
		if (w < 0)
			break;
		is_unsigned |= words[w].what == UNSIGNED;
		floating |= words[w].what == FLOATING;
		boolean |= words[w].what == BOOLEAN;
		nothing |= words[w].what == NOTHING;
		longs += words[w].what == LONG;
		/* "short int", "long int": 'int' adds nothing. */
		if (words[w].size && !(sized && words[w].size == 4 && !floating))
			size = words[w].size;
		sized |= words[w].size != 0;
	}
	if (nothing)
		return (struct c_type){ &type_none, 0, 1, true, false };
	if (floating)
		size = longs ? 16 : size;
	else if (!size)
		size = 4;
	t = boolean                ? &type_bool
	    : floating || size > 8 ? &type_none
	                           : type_int(r->c->u->types, size, !is_unsigned);
	return (struct c_type){ t, size, size, false, false };
}

enum kind c_tag_kind(const struct c_token *t)
{
	return c_is_name(t, "struct")  ? KIND_STRUCT
	       : c_is_name(t, "union") ? KIND_UNION
	       : c_is_name(t, "enum")  ? KIND_ENUM
	                               : KIND_NONE;
}

static const struct type *typedef_of(const struct c_reader *r, const char *name)
{
	const struct c_typedef *own = map_get(&r->c->typedefs, name);

	return own ? own->type.type : r->c->hooks->typedef_name(r->c->u, name);
}

bool c_is_basic(const struct c_token *t)
{
	return word_of(t) >= 0;
}

bool c_type_begins(const struct c_reader *r)
{
	const struct c_token *t = c_peek(r);

	if (t->kind != C_NAME || map_get(&r->c->enumerators, t->text))
		return false;
	return c_is_qualifier(t) || c_is_basic(t) || c_tag_kind(t) != KIND_NONE ||
	       typedef_of(r, t->text);
}

/* -- enum -- */

static void enumerator_list(struct c_reader *r, struct c_tag *tag)
{
	int64_t next = 0;

	while (!r->failed && !c_is_mark(c_peek(r), '}')) {
		struct c_attrs none = { 0 };
		const struct c_token *t = c_next(r);

		if (t->kind != C_NAME) {
			r->at -= t->kind != C_END;
			c_error(r, "An enumerator is a name");
			return;
		}
		c_attributes(r, &none);
		if (c_take(r, '='))
			next = c_constant(r, false).v;
		c_add_enumerator(r->c, tag, t->text, next, t->span);
		next = (int64_t)((uint64_t)next + 1);
		if (!c_take(r, ','))
			break;
	}
	c_expect(r, '}', "the enumerators");
}

/* gcc's choice: unsigned unless one is negative, four bytes unless one needs eight. */
static void enum_close(struct c_tag *tag, const struct c_attrs *attrs, const struct c_type *fixed)
{
	int64_t least = 0, most = 0;
	uint32_t size = attrs->packed ? 1 : 4;

	vec_each (i, &tag->enumerators) {
		int64_t v = tag->enumerators.v[i].value;

		least = v < least ? v : least;
		most = v > most ? v : most;
	}
	tag->is_signed = least < 0;
	while (size < 8 && (least < 0 ? least < -((int64_t)1 << (8 * size - 1)) ||
	                                        most >= (int64_t)1 << (8 * size - 1)
	                              : most >= (int64_t)1 << (8 * size)))
		size *= 2;
	if (fixed) {
		size = (uint32_t)fixed->size;
		tag->is_signed = fixed->type->is_signed;
	}
	tag->size = tag->align = size;
	tag->defined = true;
}

static void enum_body(struct c_reader *r, struct c_tag *tag, struct c_attrs *attrs,
                      const struct c_type *fixed)
{
	enumerator_list(r, tag);
	c_attributes(r, attrs);
	enum_close(tag, attrs, fixed);
}

/* -- struct and union -- */

static void bit_field(struct c_reader *r, struct c_layout *l, const char *name, struct c_type t,
                      struct c_attrs *attrs)
{
	struct span at = c_peek(r)->span;
	struct c_value width = c_constant(r, false);

	c_attributes(r, attrs);
	if (r->failed)
		return;
	if (!type_is_int(t.type) && t.type->kind != KIND_BOOL)
		c_error_at(r, at, "A bit field is an integer");
	else if (width.v < 0 || (uint64_t)width.v > t.size * 8 || (!width.v && *name))
		c_error_at(r, at, "This bit field has %lld bits, its type has 1 to %llu",
		           (long long)width.v, (unsigned long long)t.size * 8);
	else
		c_place_bits(l, name, t, (uint32_t)width.v, attrs);
}

/* A type that was only named so far gets its size, when it has one by now. */
struct c_type c_sized(struct c_reader *r, struct c_type t)
{
	const struct c_tag *own;

	if (t.size ||
	    (t.type->kind != KIND_STRUCT && t.type->kind != KIND_UNION &&
	     t.type->kind != KIND_ENUM) ||
	    !*t.type->name)
		return t;
	own = c_tag_get(r->c, t.type->kind, t.type->name);
	if (own)
		return own->defined ? c_tag_type(r->c, own) : t;
	return c_from_type(r->c, t.type);
}

static bool has_layout(struct c_reader *r, const struct c_type *t, const char *name, struct span at)
{
	const struct type *elem = t->type;

	while (elem->kind == KIND_ARRAY)
		elem = elem->elem;
	if (t->is_void || t->is_function) {
		c_error_at(r, at, "Member '%s' has no size: is it meant to be a pointer?", name);
		return false;
	}
	if (elem->kind == KIND_STRUCT || elem->kind == KIND_UNION) {
		struct c_tag *own = *elem->name ? c_tag_get(r->c, elem->kind, elem->name) : NULL;

		if (own ? own->defined
		        : !*elem->name || r->c->hooks->tag_exists(r->c->u, elem->kind, elem->name))
			return true;
		c_error_at(r, at, "Member '%s' is a '%s' whose members are not known", name,
		           type_name(r->c->u->types, elem));
		return false;
	}
	return true;
}

static bool is_new(struct c_reader *r, const struct c_layout *l, const char *name, struct span at)
{
	vec_each (i, &l->tag->fields)
		if (*name && !strcmp(l->tag->fields.v[i].name, name)) {
			c_error_at(r, at, "There is a member '%s' already", name);
			return false;
		}
	return true;
}

static void struct_declarator(struct c_reader *r, struct c_layout *l, struct c_type base,
                              struct c_attrs attrs)
{
	const char *name = "";
	struct c_type t = base;
	struct span at = SPAN_NONE;

	if (!c_is_mark(c_peek(r), ':'))
		t = c_declarator(r, base, &name, &at, &attrs);
	if (!is_new(r, l, name, at))
		return;
	if (c_take(r, ':')) {
		bit_field(r, l, name, c_sized(r, t), &attrs);
		return;
	}
	c_attributes(r, &attrs);
	if (r->failed)
		return;
	t = c_sized(r, t);
	if (!*name)
		c_error(r, "A member needs a name");
	else if (has_layout(r, &t, name, at))
		c_place(l, name, t, &attrs);
}

static void struct_declaration(struct c_reader *r, struct c_layout *l)
{
	struct c_attrs attrs = { 0 };
	struct c_type t;
	bool is_typedef;

	if (c_take(r, ';'))
		return;
	if (!c_specifiers(r, &t, &attrs, &is_typedef))
		return;
	if (c_is_mark(c_peek(r), ';')) {
		/* Members of what has no name are members of this one. */
		if ((t.type->kind == KIND_STRUCT || t.type->kind == KIND_UNION) && !*t.type->name)
			c_place(l, "", t, &attrs);
		c_next(r);
		return;
	}
	do {
		struct_declarator(r, l, t, attrs);
	} while (!r->failed && c_take(r, ','));
	/* Compilers let the last ';' go with a warning. */
	if (!c_is_mark(c_peek(r), '}'))
		c_expect(r, ';', "a member");
}

static bool packed_follows(const struct c_reader *r)
{
	struct c_reader ahead = *r;
	struct c_attrs attrs = { 0 };
	unsigned int depth = 1;

	/* __attribute__((packed)) behind the '}' decides about the members before it. */
	ahead.quiet = true;
	while (depth && c_peek(&ahead)->kind != C_END) {
		depth += c_is_mark(c_peek(&ahead), '{');
		depth -= c_is_mark(c_peek(&ahead), '}');
		c_next(&ahead);
	}
	c_attributes(&ahead, &attrs);
	return attrs.packed;
}

static void struct_body(struct c_reader *r, struct c_tag *tag, struct c_attrs *attrs)
{
	struct c_layout l = { .c = r->c, .tag = tag, .packed = attrs->packed || packed_follows(r) };

	tag->open = true;
	while (!r->failed && !c_is_mark(c_peek(r), '}')) {
		if (c_peek(r)->kind == C_END)
			break;
		struct_declaration(r, &l);
	}
	c_expect(r, '}', "the members");
	c_attributes(r, attrs);
	tag->open = false;
	tag->broken = r->failed;
	c_close(&l, attrs->align);
}

/* struct-or-union-specifier, enum-specifier */
struct c_type c_tag_specifier(struct c_reader *r, enum kind kind, struct c_attrs *attrs)
{
	/* Attributes here are the type's; those of the declaration stand elsewhere. */
	struct c_attrs own = { 0 };
	struct span at = c_next(r)->span;
	struct c_type fixed;
	const char *name = "";
	struct c_tag *tag;
	bool has_fixed = false;

	c_attributes(r, &own);
	if (c_peek(r)->kind == C_NAME) {
		at = span_is_none(at) ? at : span_join(at, c_peek(r)->span);
		name = c_next(r)->text;
	}
	/* C23's "enum x : u8 {"; but "enum x : 3;" is a bit field without a name. */
	if (kind == KIND_ENUM && c_is_mark(c_peek(r), ':') && r->tok[r->at + 1].kind == C_NAME) {
		r->at++;
		fixed = c_type_name(r);
		has_fixed = fixed.type->kind == KIND_INT;
	}
	if (!c_take(r, '{')) {
		if (!*name)
			c_error(r, "A name or '{' is expected here");
		tag = c_tag_get(r->c, kind, name);
		if (tag && tag->defined)
			return c_tag_type(r->c, tag);
		return c_from_name(r->c, kind, name);
	}
	tag = c_tag_new(r->c, kind, name, at);
	if (++r->depth > C_DEEPEST)
		c_error(r, "Types are nested deeper than %d levels", C_DEEPEST);
	if (kind == KIND_ENUM)
		enum_body(r, tag, &own, has_fixed ? &fixed : NULL);
	else
		struct_body(r, tag, &own);
	r->depth--;
	return c_tag_type(r->c, tag);
}

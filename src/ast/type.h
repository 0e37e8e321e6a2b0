/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type - the types of the language: interned, so equal types are equal pointers, and immutable.
 *
 *	struct types *ty = types_new(arena);
 *	const struct type *t = type_int(ty, 4, false);		uint32
 *	const struct type *p = type_pointer(ty, t, AS_USER);
 *	printf("%s\n", type_name(ty, p));			"uint32 *"
 *
 * kinds.def says how a value of each kind lies in memory.
 */
#ifndef AST_TYPE_H
#define AST_TYPE_H

#include "image/kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct type;
struct types;

/* Which memory a pointer (or an integer that holds one) points into: picks the read helper. */
enum addr_space {
	AS_NONE,
	AS_KERNEL,
	AS_USER,
	AS_PERCPU /* is no address before an offset is added */
};

struct type_field {
	const char *name; /* "" for anonymous members and in tuples */
	const struct type *type;
	uint32_t offset;               /* bytes */
	uint32_t bit_offset, bit_size; /* bit fields: bits from offset; size 0: none */
};

struct type_enumerator {
	const char *name;
	int64_t value;
};

struct type {
	enum kind kind;
	uint32_t size, align; /* bytes of a value in memory (aggregations: one CPU's slot) */
	bool is_signed;       /* INT, ENUM and aggregations */
	bool flexible;        /* INT, aggregations: only non-negative literals so far; adopts the
	                         other's sign */
	enum addr_space as;   /* POINTER, INT; structs reached through such a pointer */
	const struct type *elem; /* ARRAY, POINTER (NULL: void) */
	uint32_t count; /* ARRAY: elements; KSTACK, USTACK: most frames; HIST, LHIST, LLHIST,
	                   PERCENTILES: buckets; TSERIES: intervals */
	uint32_t mode;  /* KSTACK, USTACK: enum meta_stack_mode; TIMESTAMP, and INT of nsecs():
	                   enum meta_clock; ENUM: 8 when widened */
	uint64_t arg[KIND_ARGS]; /* as in struct meta_type */
	const char *name;        /* STRUCT, UNION, ENUM: "task_struct" (may be "") */
	/* STRUCT, UNION, TUPLE, RECORD: members; ENUM: enumerators. For types of the kernel these
	 * are filled in when first asked for: use type_fields(), never these. */
	const struct type_field *field;
	const struct type_enumerator *enumerator;
	size_t fields;
	bool complete;
	uint32_t btf_id; /* kernel types: id in btf; script types without a name: number */
	const void *btf; /* const struct btf_file *; NULL: known by its name */
};

/* Fills in members of a kernel type when first needed; set by sema. */
typedef void type_complete_fn(void *arg, struct type *t);

struct types *types_new(struct arena *a);
void types_release(struct types *ty);
struct arena *types_arena(struct types *ty);
void types_set_completer(struct types *ty, type_complete_fn *fn, void *arg);

/* The ones without parameters. type_error stands for "already reported": every rule accepts it.
 * type_unknown is "not known yet" while types are inferred. */
extern const struct type type_error, type_unknown, type_none, type_bool;

const struct type *type_int(struct types *ty, uint32_t size, bool is_signed);
const struct type *type_int_as(struct types *ty, uint32_t size, bool is_signed, enum addr_space as);
/* What a clock reads. */
const struct type *type_int_clock(struct types *ty, uint32_t clock);
/* The smallest signed type that holds value; flexible when value is not negative. */
const struct type *type_literal(struct types *ty, uint64_t value, bool negative);
const struct type *type_pointer(struct types *ty, const struct type *elem, enum addr_space as);
const struct type *type_string(struct types *ty, uint32_t size);
const struct type *type_buffer(struct types *ty, uint32_t capacity);
const struct type *type_array(struct types *ty, const struct type *elem, uint32_t count);
/* Lays the members out as C does; names only for records. */
const struct type *type_tuple(struct types *ty, const struct type *const *elem, size_t n);
const struct type *type_record(struct types *ty, const char *const *name,
                               const struct type *const *elem, size_t n);
const struct type *type_stack(struct types *ty, enum kind kind, uint32_t mode, uint32_t limit);
/* KSYM, USYM, INET, MAC, USERNAME, CGROUP_PATH; TIMESTAMP takes a clock as mode. */
const struct type *type_simple(struct types *ty, enum kind kind);
const struct type *type_timestamp(struct types *ty, uint32_t clock);
/* COUNT ... TSERIES */
const struct type *type_aggregation(struct types *ty, enum kind kind, bool is_signed,
                                    const uint64_t arg[KIND_ARGS]);
/* The same with the sign of the values that it is made of, which may not be known yet. */
const struct type *type_aggregation_of(struct types *ty, enum kind kind, const struct type *value,
                                       const uint64_t arg[KIND_ARGS]);
/* A struct, union or enum that is not complete; equal (kind, name, btf, btf_id) give one type. */
struct type *type_named(struct types *ty, enum kind kind, const char *name, const void *btf,
                        uint32_t btf_id);

/* The same type with another address space (POINTER, INT, STRUCT ...; others unchanged). */
const struct type *type_with_as(struct types *ty, const struct type *t, enum addr_space as);
/* Integers of 8 bytes: with the address space and the clock of 'from'. */
const struct type *type_with_origin(struct types *ty, const struct type *t,
                                    const struct type *from);
/* The same INT type, no longer flexible. */
const struct type *type_rigid(struct types *ty, const struct type *t);

/* Fills in what a kernel type consists of, unless that is known. */
void type_complete(struct types *ty, const struct type *t);
/* Members, completed first; *n of them. */
const struct type_field *type_fields(struct types *ty, const struct type *t, size_t *n);
/* Moves a bit field's unit, and changes its type if need be, such that one load of its type has all
 * the bits and stays inside the struct of this size. Its offset and bit_offset may be any. */
void type_fix_bits(struct types *ty, struct type_field *f, uint32_t struct_size);
/* By name, looking through anonymous members: *out then has the offset from the whole. */
bool type_find_field(struct types *ty, const struct type *t, const char *name,
                     struct type_field *out);
const struct type_enumerator *type_enumerators(struct types *ty, const struct type *t, size_t *n);
/* STRUCT and others of the kernel: size after completion. */
uint32_t type_size(struct types *ty, const struct type *t);
/* Alignment as in C; BTF does not tell, so members of kernel types are asked. */
uint32_t type_align(struct types *ty, const struct type *t);
/* An enum as its enumerators have it in expressions: 64 bits wide. */
const struct type *type_wide_enum(struct types *ty, const struct type *t);

/* As the user writes it: "uint64", "string[16]", "struct sock *", "(int8,string[4])". */
const char *type_name(struct types *ty, const struct type *t);

static inline bool type_is_known(const struct type *t)
{
	return t != &type_unknown && t != &type_error;
}
static inline bool type_is_int(const struct type *t)
{
	return t->kind == KIND_INT || t->kind == KIND_ENUM;
}
static inline bool type_is_aggregation(const struct type *t)
{
	return t->kind >= KIND_COUNT;
}
/* Aggregations that reduce to an integer: count sum min max avg. */
static inline bool type_is_castable(const struct type *t)
{
	return t->kind >= KIND_COUNT && t->kind <= KIND_AVG;
}
/* Values that codegen holds in a register: at most 8 bytes, one scalar. */
static inline bool type_is_scalar(const struct type *t)
{
	return t->kind == KIND_BOOL || type_is_int(t) || t->kind == KIND_POINTER ||
	       t->kind == KIND_KSYM || t->kind == KIND_USERNAME || t->kind == KIND_KSTACK;
}

/* The type of a place that is assigned both a and b, or NULL when there is none. Integers widen and
 * mix signs (result signed, twice as wide, at most 64 bits), strings take the larger capacity,
 * tuples and records go member by member. type_unknown gives the other, type_error stays. */
const struct type *type_promote(struct types *ty, const struct type *a, const struct type *b);

#endif

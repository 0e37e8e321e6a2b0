/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cdef - C in scripts: what '#' lines, struct, union, enum and typedef at the top of a script say.
 *
 *	struct foo { int x; char name[8]; } __attribute__((packed));
 *	enum state { IDLE, BUSY = 10 };
 *	#define LIMIT (BUSY + 1)
 *	#include <linux/fs.h>
 *
 * Definitions are read by a small preprocessor and a declaration parser of our own, into the same
 * types that the kernel's BTF fills. Headers need a compiler: they are read through libclang, which
 * is loaded when a name is met that neither the script nor BTF explains. So a script that begins
 * with includes of kernel headers, as older ones do, runs without headers and without clang as long
 * as BTF has what it uses.
 *
 * Where a name is looked up, in this order:
 *
 *	the script's own definitions
 *	headers other than the kernel's: what the script includes, it wants (cdef_..., late false)
 *	BTF
 *	the kernel's headers (late true)
 *
 * Everything lives in the unit's arena; cdef_release() frees tables and libclang's data.
 */
#ifndef CDEF_CDEF_H
#define CDEF_CDEF_H

#include "ast/unit.h"

struct c_macro;
struct diag;
struct near;

/* What C definitions may refer to outside of the script. */
struct cdef_hooks {
	/* The type that a typedef's name stands for, or NULL. */
	const struct type *(*typedef_name)(struct unit *u, const char *name);
	bool (*tag_exists)(struct unit *u, enum kind kind, const char *name);
	bool (*enumerator)(struct unit *u, const char *name, int64_t *value);
	bool (*have_btf)(struct unit *u);
};

/* Reads the script's C text. Mistakes are reported where they stand. */
void cdef_read(struct unit *u, const struct cdef_hooks *hooks);
void cdef_release(struct unit *u);

/* Whether there is a struct, union or enum of this name. */
bool cdef_tag_exists(struct unit *u, enum kind kind, const char *name, bool late);
/* Whether the script defines it, with a mistake that was reported. */
bool cdef_tag_broken(struct unit *u, enum kind kind, const char *name);
/* Offers those that the script defines to a 'did you mean'. */
void cdef_suggest_tag(struct unit *u, enum kind kind, struct near *near);
/* Fills in a type that was only named: members or enumerators, size, alignment. false: nothing is
 * known of it here. */
bool cdef_complete(struct unit *u, struct type *t, bool late);
/* A typedef; _own: of the script, headers are not read for it. */
const struct type *cdef_typedef_own(struct unit *u, const char *name);
const struct type *cdef_typedef(struct unit *u, const char *name, bool late);
/* The enum that has an enumerator of this name; NULL: none. */
const struct type *cdef_enumerator(struct unit *u, const char *name, int64_t *value, bool late);

/* A macro: of the script (own), or of a header. NULL: none. */
struct c_macro *cdef_macro_own(struct unit *u, const char *name);
struct c_macro *cdef_macro_header(struct unit *u, const char *name, bool late);
/* Puts what the macro stands for in the place of e, a name or a call. false, with a diagnostic: it
 * is no expression. Between a true result and cdef_macro_leave() the macro is busy: its name there
 * is, as in C, no macro. */
bool cdef_macro_enter(struct unit *u, struct c_macro *m, struct expr *e);
bool cdef_macro_busy(const struct c_macro *m);
bool cdef_macro_takes_args(const struct c_macro *m);
void cdef_macro_leave(struct unit *u, struct c_macro *m);

/* Whether the script's own C gives a value of this name: a macro, an enumerator. */
bool cdef_names_value(struct unit *u, const char *name);

/* Tells in a message about an unknown name which headers could not be read, if any. */
void cdef_explain(struct unit *u, struct diag *d);

#endif

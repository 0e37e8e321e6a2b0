/* SPDX-License-Identifier: Apache-2.0 */
/* task.c - who is running: the current task's ids and names. */

#include "codegen/cg.h"
#include "lang/families.h"
#include "sema/sema.h"

#include <string.h>

static bool names_namespace(const struct expr *call, const char *name)
{
	const struct expr *e = call->call.arg[0];

	return e->kind == EXPR_NAME && !strcmp(e->call.name, name);
}

/* "pid(init)": as the initial pid namespace counts. */
static const struct type *check_ns(struct sema *s, struct expr *call)
{
	if (arg_given(call, 0) && !names_namespace(call, "init") &&
	    !names_namespace(call, "curr_ns"))
		return arg_mismatch(s, call, 0, "'init' or 'curr_ns'");
	return type_int(s->ty, 4, false);
}

static cgv pid_tgid(struct cg *cg, const struct expr *call)
{
	if (arg_given(call, 0) && names_namespace(call, "init"))
		return cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);
	return cg_pid_tgid(cg);
}

static struct value emit_pid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	/* tgid << 32 | tid (bpf-helpers(7)); user space calls the tgid "pid". */
	return cg_value(cg_shr(cg, pid_tgid(cg, call), 32), call->type);
}

static struct value emit_tid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_fit(cg, pid_tgid(cg, call), 4, false), call->type);
}

static struct value emit_uid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv id = cg_helper(cg, BPF_FUNC_get_current_uid_gid, 0);

	return cg_value(cg_fit(cg, id, 4, false), call->type);
}

static struct value emit_gid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_shr(cg, cg_helper(cg, BPF_FUNC_get_current_uid_gid, 0), 32), call->type);
}

static struct value emit_comm(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv place = cg_place(cg, dest, call->type);

	cg_helper(cg, BPF_FUNC_get_current_comm, 2, place, cg_u64(cg, call->type->size));
	return cg_value(place, call->type);
}

static struct value emit_cgroup(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_helper(cg, BPF_FUNC_get_current_cgroup_id, 0), call->type);
}

static struct value emit_cpid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(CG_PARAM(cg, child_pid), call->type);
}

static const struct type *task_struct(struct unit *u)
{
	return ktype_find(u, KIND_STRUCT, "task_struct");
}

static const struct type *check_curtask(struct sema *s, struct expr *call)
{
	const struct type *task = task_struct(s->u);

	/* Without BTF it is still an address. */
	return type_pointer(s->ty, task ? type_with_as(s->ty, task, AS_KERNEL) : NULL, AS_KERNEL);
}

static struct value emit_curtask(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_helper(cg, BPF_FUNC_get_current_task, 0), call->type);
}

/* clang-format off */
const struct lang_def lang_task[] = {
	{
		.name = "pid",
		.sig = "pid(namespace: word|int = curr_ns) -> T",
		.check = check_ns,
		.emit = emit_pid,
		.brief = "Process id of the current task, as the tool's pid namespace counts it; pid(init) for the initial namespace.",
		.example = "tracepoint:syscalls:sys_enter_openat { @[pid] = count(); }",
	},
	{
		.name = "tid",
		.sig = "tid(namespace: word|int = curr_ns) -> T",
		.check = check_ns,
		.emit = emit_tid,
		.brief = "Thread id of the current task.",
		.example = "tracepoint:sched:sched_switch { @[tid] = nsecs; }",
	},
	{
		.name = "uid",
		.sig = "uid -> u64",
		.emit = emit_uid,
		.brief = "User id of the current task, in the initial user namespace.",
		.example = "tracepoint:syscalls:sys_enter_execve { printf(\"%d\\n\", uid); }",
	},
	{
		.name = "gid",
		.sig = "gid -> u64",
		.emit = emit_gid,
		.brief = "Group id of the current task, in the initial user namespace.",
		.example = "BEGIN { print(gid); }",
	},
	{
		.name = "username",
		.sig = "username -> username",
		.emit = emit_uid,
		.brief = "Name of the current task's user; looked up when it is printed.",
		.example = "BEGIN { print(username); }",
	},
	{
		.name = "comm",
		.sig = "comm -> string[16]",
		.emit = emit_comm,
		.brief = "Name of the current thread.",
		.example = "tracepoint:syscalls:sys_enter_openat { @[comm] = count(); }",
	},
	{
		.name = "cgroup",
		.sig = "cgroup -> u64",
		.emit = emit_cgroup,
		.brief = "Id of the current task's cgroup (version 2).",
		.example = "tracepoint:syscalls:sys_enter_openat /cgroup == 1/ { print(comm); }",
	},
	{
		.name = "curtask",
		.sig = "curtask -> T",
		.check = check_curtask,
		.emit = emit_curtask,
		.brief = "The current task as the kernel's struct task_struct.",
		.example = "BEGIN { print(curtask->pid); }",
	},
	{
		.name = "cpid",
		.sig = "cpid -> u64",
		.emit = emit_cpid,
		.brief = "Process id of the command started with -c; 0 without one.",
		.example = "tracepoint:syscalls:sys_enter_openat /pid == cpid/ { print(str(args.filename)); }",
	},
	{ 0 },
};
/* clang-format on */

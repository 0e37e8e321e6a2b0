/* SPDX-License-Identifier: Apache-2.0 */
/* compile_c.c - clang, as a process: our own LLVM makes code of trees, not of C. */

#include "base/arena.h"
#include "base/bug.h"
#include "sema/objects.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* In the order in which they are looked for. */
static const char *const clangs[] = { "clang",    "clang-19", "clang-20", "clang-21",
	                              "clang-22", "clang-18", "clang-17", "clang-16",
	                              "clang-15", "clang-14", "clang-13" };

/* What libbpf's headers call the processor. */
static const char *target_arch(const char *machine)
{
	return !strcmp(machine, "x86_64") ? "x86" : !strcmp(machine, "aarch64") ? "arm64" : machine;
}

typedef VEC(char *) words;

static void add(struct arena *a, words *w, const char *word)
{
	vec_push_in(a, w, arena_strdup(a, word));
}

static words command(struct unit *u, const char *path)
{
	static const char *const options[] = { "",   "-target", "bpf", "-mcpu=v3", "-O2",
		                               "-g", "-c",      "-o",  "-" };
	struct arena *a = u->arena;
	struct utsname host;
	words w = { 0 };

	for (size_t i = 0; i < countof(options); i++)
		add(a, &w, options[i]);
	if (!uname(&host)) {
		add(a, &w, arena_printf(a, "-D__TARGET_ARCH_%s", target_arch(host.machine)));
		/* <asm/...> of Debian's multiarch, where clang does not look for BPF. */
		add(a, &w, "-idirafter");
		add(a, &w, arena_printf(a, "/usr/include/%s-linux-gnu", host.machine));
	}
	vec_each (i, &u->include_dirs) {
		add(a, &w, "-I");
		add(a, &w, u->include_dirs.v[i]);
	}
	add(a, &w, "--");
	add(a, &w, path);
	vec_push_in(a, &w, NULL);
	return w;
}

/* The first clang that is there; its object goes to 'out'. Returns 0 or an errno. */
static int start(words *w, int out, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	int err = ENOENT;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	for (size_t i = 0; i < countof(clangs) && err == ENOENT; i++) {
		w->v[0] = (char *)(uintptr_t)clangs[i];
		err = posix_spawnp(pid, clangs[i], &files, NULL, w->v, environ);
	}
	posix_spawn_file_actions_destroy(&files);
	return err;
}

static bool succeeds(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

bool compile_c(struct unit *u, const char *path, struct span at, struct strbuf *object)
{
	words w = command(u, path);
	int out = memfd_create("object", MFD_CLOEXEC), err;
	bool ok = false;
	pid_t pid;

	err = out < 0 ? errno : start(&w, out, &pid);
	if (err == ENOENT)
		diag_hint(diag_error(u->diags, at, "There is no clang to compile '%s' with", path),
		          "install the package 'clang', or import an object that is compiled "
		          "already: %.*s" C_OBJECT,
		          (int)(strlen(path) - strlen(C_SOURCE)), path);
	else if (err)
		diag_error(u->diags, at, "Cannot run clang for '%s': %s", path, strerror(err));
	else if (!succeeds(pid))
		diag_error(u->diags, at, "Clang cannot compile '%s'", path);
	else if (lseek(out, 0, SEEK_SET) || strbuf_read_fd(object, out))
		diag_error(u->diags, at, "Cannot read what clang made of '%s'", path);
	else
		ok = true;
	if (out >= 0)
		close(out);
	return ok;
}

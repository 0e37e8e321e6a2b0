/* SPDX-License-Identifier: Apache-2.0 */
/* child.c - the command of -c: started before its probes, let go after. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Words as a shell splits them: quotes and backslashes keep what they enclose. */
static char **split(struct arena *a, const char *cmd)
{
	VEC(char *) words = { 0 };
	struct strbuf word = STRBUF_INIT;
	bool open = false;
	char quote = '\0';

	for (const char *c = cmd;; c++) {
		if (!*c || (!quote && strchr(" \t\n", *c))) {
			if (open)
				vec_push_in(a, &words, arena_memdup(a, word.buf, word.len));
			strbuf_reset(&word);
			open = false;
			if (!*c)
				break;
		} else if (quote && *c == quote) {
			quote = '\0';
		} else if (!quote && (*c == '\'' || *c == '"')) {
			quote = *c;
			open = true;
		} else {
			if (*c == '\\' && quote != '\'' && c[1])
				c++;
			strbuf_addc(&word, *c);
			open = true;
		}
	}
	vec_push_in(a, &words, NULL);
	strbuf_release(&word);
	return words.v;
}

static bool is_program(const char *file)
{
	struct stat st;

	return !stat(file, &st) && S_ISREG(st.st_mode) && !access(file, X_OK);
}

/* The file of a command; NULL: there is none. It is looked up before probes are attached: they
 * would see each vain attempt of execvp(3). */
static const char *find_program(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");

	if (!path || strchr(name, '/'))
		return is_program(name) ? name : NULL;
	for (size_t len;; path += len + 1) {
		const char *file;

		len = strcspn(path, ":");
		file = arena_printf(a, "%.*s/%s", len ? (int)len : 1, len ? path : ".", name);
		if (is_program(file))
			return file;
		if (!path[len])
			return NULL;
	}
}

static _Noreturn void run_child(const char *file, char **argv, int go, int failed)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGUSR1, SIGPIPE };
	char byte;

	/* What we do on a signal is not for a process that still waits to become the command. */
	for (size_t i = 0; i < countof(ours); i++)
		signal(ours[i], SIG_DFL);
	if (read(go, &byte, 1) == 1) {
		execvp(file, argv);
		if (write(failed, &errno, sizeof(errno)) < 0)
			_exit(126);
	}
	_exit(127);
}

int child_start(struct rt *rt)
{
	char **argv = split(&rt->arena, rt->o->cmd);
	const char *file;
	int go[2], failed[2];

	if (!argv[0]) {
		log_error("-c: the command is empty");
		return -EINVAL;
	}
	errno = 0;
	file = find_program(&rt->arena, argv[0]);
	if (!file) {
		log_error("cannot run '%s': %s", argv[0],
		          errno ? strerror(errno) : "it is no program");
		return -ENOENT;
	}
	if (pipe2(go, O_CLOEXEC) || pipe2(failed, O_CLOEXEC))
		return -errno;
	rt->child = fork();
	if (rt->child < 0)
		return -errno;
	if (!rt->child)
		run_child(file, argv, go[0], failed[1]);
	close(go[0]);
	close(failed[1]);
	rt->child_go = go[1];
	rt->child_failed = failed[0];
	rt->params.child_pid = (uint32_t)rt->child;
	rt->env.child_pid = (uint32_t)rt->child;
	return 0;
}

void child_release(struct rt *rt)
{
	int err = 0;

	if (!rt->child || rt->child_go < 0)
		return;
	if (write(rt->child_go, "", 1) != 1)
		log_error("cannot start the command: %s", strerror(errno));
	close(rt->child_go);
	rt->child_go = -1;
	/* exec closes the pipe; a message on it says why there was none. */
	if (read(rt->child_failed, &err, sizeof(err)) == (ssize_t)sizeof(err)) {
		log_error("cannot run '%s': %s", rt->o->cmd, strerror(err));
		rt->exit_code = 1;
		rt->stop = true;
	}
	close(rt->child_failed);
}

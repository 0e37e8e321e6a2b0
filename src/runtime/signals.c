/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.c - signals as news on a descriptor.
 *
 * The first SIGINT or SIGTERM asks for an end, and the loop hears of it. A second one is not argued
 * with: it ends the process where it is, even while a reader that has stopped reading (a pager)
 * keeps us in a write. So signals are not blocked: a handler passes them on and leaves the rest to
 * SIG_DFL.
 */

#include "runtime/rt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) and others signal a process and then its group: that is one request. */
enum { ONE_REQUEST_MS = 300 };

static int news[2] = { -1, -1 };
static volatile int64_t first_ms;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pass_on(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	if (number != SIGUSR1 && first_ms && now_ms() - first_ms > ONE_REQUEST_MS) {
		signal(number, SIG_DFL);
		raise(number);
	}
	if (number != SIGUSR1 && !first_ms)
		first_ms = now_ms();
	/* A full pipe holds requests enough. */
	if (write(news[1], &byte, 1) < 0)
		errno = saved;
	errno = saved;
}

int signals_watch(void)
{
	static const int passed_on[] = { SIGINT, SIGTERM, SIGUSR1 };
	struct sigaction action = { .sa_handler = pass_on, .sa_flags = SA_RESTART };

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&action.sa_mask);
	if (pipe2(news, O_CLOEXEC | O_NONBLOCK))
		return -1;
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		sigaction(passed_on[i], &action, NULL);
	return news[0];
}

int signals_next(void)
{
	unsigned char byte;

	return read(news[0], &byte, 1) == 1 ? byte : 0;
}

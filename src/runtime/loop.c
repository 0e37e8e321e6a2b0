/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.c - waiting for news: events, signals, the end of a process.
 *
 * A wake-up costs a program more than the event it tells of, so events wake the reader only while
 * it says that it sleeps. After a batch it naps and then looks by itself; when a nap brought nothing
 * it goes to sleep:
 *
 *	read a batch -> nap 1 ms -> read: something? nap again : sleep until woken
 *
 * The ring buffer is watched edge-triggered, so what came unannounced does not end a nap, while an
 * announced event (the first after a sleep, and exit()) does.
 */

#include "runtime/rt.h"

#include "base/bug.h"
#include "image/params.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAP_MS = 1, BATCH = 4096 };

/* A program that read reader_sleeps just before it was set tells nobody of its event; the first two
 * stages of a sleep end by themselves to look for such a one. -1: until woken, but for LOSSES_MS. */
static const int sleep_ms[] = { 10, 100, -1 };

/* What programs count wakes nobody: where something may be lost, a sleeper looks once a second. */
enum { LOSSES_MS = 1000 };

enum news { NEWS_EVENTS, NEWS_SIGNAL, NEWS_PROCESS };

/* Reads what is there, BATCH events at most so that signals have their turn. < 0: there is more. */
static int read_batch(struct rt *rt)
{
	int n;

	rt->batch_left = BATCH;
	n = rt->ring ? ring_buffer__consume(rt->ring) : 0;
	if (rt->packets)
		perf_buffer__consume(rt->packets);
	losses_check(rt, false);
	if (rt->o->buffering != RT_BUFFER_FULL && fflush(rt->file))
		rt->stop = true;
	return n;
}

void rt_drain(struct rt *rt)
{
	while (read_batch(rt) < 0)
		;
}

void rt_on_signal(struct rt *rt)
{
	int number;

	while ((number = signals_next())) {
		if (number == SIGUSR1) {
			rt_fire(rt, "self");
			rt_drain(rt);
		} else {
			rt->stop = true;
		}
	}
}

static void watch(int epoll, int fd, uint32_t events, enum news news)
{
	struct epoll_event e = { .events = events, .data.u32 = news };

	if (fd >= 0)
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static int pidfd(pid_t pid)
{
	return pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

/* Waits for one source of news at most ms. */
static void wait_for_news(struct rt *rt, int epoll, int ms)
{
	struct epoll_event e;

	if (epoll_wait(epoll, &e, 1, ms) <= 0)
		return;
	if (e.data.u32 == NEWS_SIGNAL)
		rt_on_signal(rt);
	if (e.data.u32 == NEWS_PROCESS)
		rt->stop = true;
}

static void set_sleeping(struct rt *rt, bool sleeps)
{
	__atomic_store_n(&rt->control->reader_sleeps, sleeps, __ATOMIC_SEQ_CST);
}

static void sleep_until_woken(struct rt *rt, int epoll)
{
	set_sleeping(rt, true);
	for (size_t stage = 0; !read_batch(rt) && !rt->stop; stage += stage + 1 < countof(sleep_ms))
		wait_for_news(rt, epoll,
		              sleep_ms[stage] < 0 && rt->losses ? LOSSES_MS : sleep_ms[stage]);
	set_sleeping(rt, false);
}

void rt_loop(struct rt *rt, int signals)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int child = pidfd(rt->child), other = pidfd(rt->o->pid);

	watch(epoll, rt->ring_fd, EPOLLIN | EPOLLET, NEWS_EVENTS);
	if (rt->packets)
		watch(epoll, perf_buffer__epoll_fd(rt->packets), EPOLLIN, NEWS_EVENTS);
	watch(epoll, signals, EPOLLIN, NEWS_SIGNAL);
	watch(epoll, child, EPOLLIN, NEWS_PROCESS);
	watch(epoll, other, EPOLLIN, NEWS_PROCESS);
	while (!rt->stop) {
		if (read_batch(rt))
			wait_for_news(rt, epoll, NAP_MS);
		else
			sleep_until_woken(rt, epoll);
	}
	if (child >= 0)
		close(child);
	if (other >= 0)
		close(other);
	close(epoll);
}

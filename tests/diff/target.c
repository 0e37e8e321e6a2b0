/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - a program to trace: it calls the same functions with the same arguments each time. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

struct point {
	int x, y;
	long long z;
	char name[8];
};

int add(int a, int b);
int greet(const char *name);
int move(struct point *p);
long negative(int a, long b);
int six(int a, int b, int c, int d, int e, int f);

/* The empty asm keeps calls where they stand. */
#define KEPT __attribute__((noinline, noclone))

KEPT int add(int a, int b)
{
	__asm__ volatile("");
	return a + b;
}

KEPT int greet(const char *name)
{
	__asm__ volatile("" ::"r"(name) : "memory");
	return name[0];
}

KEPT int move(struct point *p)
{
	__asm__ volatile("" ::"r"(p) : "memory");
	return p->x++;
}

KEPT long negative(int a, long b)
{
	__asm__ volatile("");
	return a + b;
}

KEPT int six(int a, int b, int c, int d, int e, int f)
{
	__asm__ volatile("");
	return a + b + c + d + e + f;
}

int main(void)
{
	struct point p = { 1, -2, 3000000000, "origin" };
	/* On the stack, where a probe finds them: a page of constants may not be there yet. */
	char world[] = "world", other[] = "someone else";

	for (int i = 1; i <= 5; i++)
		add(i, i * 10);
	greet(world);
	greet(other);
	greet(world);
	move(&p);
	move(&p);
	negative(-5, -5000000000);
	six(1, 2, 3, 4, 5, 6);
	for (int i = 0; i < 3; i++)
		getpriority(PRIO_PROCESS, 0);
	dup3(0, 77, O_CLOEXEC);
	dup3(0, 78, 0);
	unlink("/nonexistent/of-target");
	return 0;
}

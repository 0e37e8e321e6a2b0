/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bug - what to do when we, not the user and not the machine, are wrong.
 *
 *	BUG("unexpected kind %d", kind);	aborts with file and line
 *	BUG_ON(ptr == NULL);
 */
#ifndef BASE_BUG_H
#define BASE_BUG_H

_Noreturn void bug(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define BUG(...) bug(__FILE__, __LINE__, __VA_ARGS__)
#define BUG_ON(cond)                                                                               \
	do {                                                                                       \
		if (cond)                                                                          \
			BUG("%s", #cond);                                                          \
	} while (0)

#define countof(array) (sizeof(array) / sizeof((array)[0]))

#endif

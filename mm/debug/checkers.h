/* SPDX-License-Identifier: MIT */
/* What the checkers know of each other. */
#ifndef _MM_DEBUG_CHECKERS_H
#define _MM_DEBUG_CHECKERS_H

#include <linux/types.h>

/* page_poison=1 is on the command line. */
bool page_poisoning_enabled(void);

/* So are init_on_alloc=1, init_on_free=1; and poison does not take precedence (page_init.c). */
bool init_on_alloc_wanted(void);
bool init_on_free_wanted(void);

/* What a validator has found. One fault may break every equation: only the first ones are printed. */
struct complaints {
	const char *of;		/* the lines begin with it … */
	const char *name;	/* … and then with this, if there are several such; or NULL */
	unsigned int nr;
	bool silent;		/* they are counted only */
};

/* complain.c: one more. A validator that keeps its "complaints" in a larger struct names that. */
void __printf(2, 3) add_complaint(struct complaints *complaints, const char *fmt, ...);
#define complain(inquiry, ...) add_complaint(&(inquiry)->complaints, __VA_ARGS__)
/* That was all, and says so if some were not printed. True: there were none. */
bool no_complaints(const struct complaints *complaints);

#endif /* _MM_DEBUG_CHECKERS_H */

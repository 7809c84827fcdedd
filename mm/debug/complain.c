// SPDX-License-Identifier: MIT
/* How validators say what they have found. */
#include <linux/printk.h>

#include "checkers.h"

#define PRINTED_MAX	16U

void add_complaint(struct complaints *complaints, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (++complaints->nr > PRINTED_MAX || complaints->silent)
		return;
	va_start(args, fmt);
	vaf.va = &args;
	pr_err("%s%s: %pV\n", complaints->of, complaints->name ?: "", &vaf);
	va_end(args);
}

bool no_complaints(const struct complaints *complaints)
{
	if (complaints->nr > PRINTED_MAX && !complaints->silent)
		pr_err("%s%s: and %u more\n", complaints->of, complaints->name ?: "",
		       complaints->nr - PRINTED_MAX);
	return !complaints->nr;
}

// SPDX-License-Identifier: MIT
/* Which WARN_ONCEs have spoken: their flags lie together, in a section named like a C identifier. */
#include <linux/bug.h>
#include <linux/string.h>

extern char __start_data_once[], __stop_data_once[];

void clear_warn_once(void)
{
	memset(__start_data_once, 0, __stop_data_once - __start_data_once);
}

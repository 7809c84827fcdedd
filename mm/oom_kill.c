// SPDX-License-Identifier: MIT
/* The OOM killer. There is nobody yet who could be killed. */
#include <linux/oom.h>

DEFINE_MUTEX(oom_lock);

bool out_of_memory(struct oom_control *oc)
{
	return false;
}

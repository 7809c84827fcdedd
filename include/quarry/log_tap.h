/* SPDX-License-Identifier: MIT */
/*
 * Overhearing the log: a test learns whether a report was printed. Taps are called for each
 * finished line.
 */
#ifndef _QUARRY_LOG_TAP_H
#define _QUARRY_LOG_TAP_H

#include <linux/types.h>

struct log_tap {
	void (*line)(struct log_tap *tap, int level, const char *text);
	struct log_tap *next;
};

void log_tap_add(struct log_tap *tap);
void log_tap_remove(struct log_tap *tap);
/* Does anybody listen? KASAN's, in its build only: what nobody waits for is a failure. */
bool log_is_tapped(void);

#endif /* _QUARRY_LOG_TAP_H */

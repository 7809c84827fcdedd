/* SPDX-License-Identifier: MIT */
/*
 * Overhearing the log: a test learns whether a report was printed. Taps are called for each
 * finished line. And keeping the log from the consoles meanwhile: a report that is wanted is not
 * for whoever reads them.
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

/*
 * From console_hold() to its console_release() lines go to the log and its taps, and not to the
 * consoles. Holds nest. console_tell() shows what all of them held back, as if it came now, and
 * ends the holding until the outermost is released: for an expectation that failed, and a panic.
 */
void console_hold(void);
void console_tell(void);
void console_release(void);

#endif /* _QUARRY_LOG_TAP_H */

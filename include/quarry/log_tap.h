/* SPDX-License-Identifier: MIT */
/*
 * Overhearing the log: a test learns whether a report was printed. Taps are called for each
 * finished line.
 */
#ifndef _QUARRY_LOG_TAP_H
#define _QUARRY_LOG_TAP_H

struct log_tap {
	void (*line)(struct log_tap *tap, int level, const char *text);
	struct log_tap *next;
};

void log_tap_add(struct log_tap *tap);
void log_tap_remove(struct log_tap *tap);

#endif /* _QUARRY_LOG_TAP_H */

/* SPDX-License-Identifier: MIT */
/*
 * What a /proc file's show function writes to. Linux buffers a whole record and retries with a
 * larger buffer; here the text streams into a sink (the console, or a test's buffer), so a show
 * function needs no memory and may be long.
 */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <linux/types.h>

struct seq_file {
	void (*sink)(struct seq_file *m, const char *s, size_t count);
	void *private;		/* the sink's */
};

void seq_write(struct seq_file *m, const void *data, size_t count);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);

#endif /* _LINUX_SEQ_FILE_H */

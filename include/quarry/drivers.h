/* SPDX-License-Identifier: MIT */
/*
 * The consoles. Each looks for its device and registers itself when it is there; without it the
 * call does nothing, and boot goes on. Neither allocates nor waits without end, so they come
 * first in boot: before the exception handlers, and long before the final page tables.
 */
#ifndef _QUARRY_DRIVERS_H
#define _QUARRY_DRIVERS_H

/* The serial line COM1: the console "ttyS", read and written. */
void uart8250_init(void);
/* From now on what is typed there interrupts. After irq_init(). */
void uart8250_listen(void);

/* The text screen of a VGA card: the console "tty", written only. */
void vga_init(void);

#endif /* _QUARRY_DRIVERS_H */

/* SPDX-License-Identifier: MIT */
/* Port I/O, by Linux's names and argument order: the value first, then the port. */
#ifndef _ASM_IO_H
#define _ASM_IO_H

#include <linux/types.h>

#define __PORT_IO(suffix, type, reg) \
static inline void out##suffix(type value, u16 port) \
{ \
	__asm__ __volatile__("out" #suffix " %" reg "0, %w1" : : "a"(value), "Nd"(port)); \
} \
static inline type in##suffix(u16 port) \
{ \
	type value; \
	__asm__ __volatile__("in" #suffix " %w1, %" reg "0" : "=a"(value) : "Nd"(port)); \
	return value; \
}

__PORT_IO(b, u8, "b")
__PORT_IO(w, u16, "w")
__PORT_IO(l, u32, "")

#undef __PORT_IO

/* A write to a port nobody listens to: a pause of about a microsecond that old devices want. */
static inline void io_delay(void)
{
	outb(0, 0x80);
}

#endif /* _ASM_IO_H */

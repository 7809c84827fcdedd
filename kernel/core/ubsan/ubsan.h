/* SPDX-License-Identifier: MIT */
/*
 * What the compiler passes to the functions of ubsan.c, and those functions. The layouts are the
 * compilers': see libsanitizer's ubsan_handlers.h and ubsan_value.h.
 */
#ifndef _KERNEL_UBSAN_H
#define _KERNEL_UBSAN_H

#include <linux/ubsan.h>
#include <linux/types.h>

struct ubsan_place {
	const char *file;
	u32 line;
	u32 column;
};

struct ubsan_type {
	u16 kind;
	u16 info;		/* of an integer: bit 0 signed, above it log2 of its bits */
	char name[];
};

enum { UBSAN_INTEGER, UBSAN_FLOAT, UBSAN_OTHER = 0xffff };

struct ubsan_overflow {
	struct ubsan_place place;
	struct ubsan_type *type;
};

struct ubsan_shift {
	struct ubsan_place place;
	struct ubsan_type *left, *right;
};

struct ubsan_bounds {
	struct ubsan_place place;
	struct ubsan_type *array, *index;
};

struct ubsan_load {
	struct ubsan_place place;
	struct ubsan_type *type;
};

struct ubsan_unreachable {
	struct ubsan_place place;
};

void __ubsan_handle_divrem_overflow(struct ubsan_overflow *data, unsigned long left,
				    unsigned long right);
void __ubsan_handle_shift_out_of_bounds(struct ubsan_shift *data, unsigned long left,
					unsigned long right);
void __ubsan_handle_out_of_bounds(struct ubsan_bounds *data, unsigned long index);
void __ubsan_handle_load_invalid_value(struct ubsan_load *data, unsigned long value);
void __ubsan_handle_vla_bound_not_positive(struct ubsan_load *data, unsigned long bound);
void __ubsan_handle_builtin_unreachable(struct ubsan_unreachable *data);

#endif /* _KERNEL_UBSAN_H */

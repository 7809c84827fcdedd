// SPDX-License-Identifier: MIT
/*
 * What C leaves undefined (`make UBSAN=1`). The compiler puts a check in front of each operation
 * that the language gives no meaning to under some operands, and a call of one of the functions
 * below where the check fails: a shift by 32, an index behind an array's end, a bool that is 7.
 * The operation is then done all the same, with whatever the processor makes of it.
 *
 * What a call is told is a record that the compiler wrote beside it: the place in the source, and
 * types by name. The records' layout is the compilers' (libsanitizer's ubsan_handlers.h), gcc's and
 * clang's alike. Each place is reported once: its column in the record is then marked.
 *
 * Not looked for: overflow of signed numbers, which -fwrapv defines; null pointers, which fault by
 * themselves, and are then reported better; sizes of objects, of which `make KASAN=1` knows more;
 * alignment, which x86 does not ask for, and which the end of a list_for_each_entry() need not have:
 * there, the cursor points around the list's head, where no object is.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "ubsan.h"

#define REPORTED	(1U << 31)	/* in a place's column: it has been reported */
#define VALUE_SIZE	24

/* ---- what an operand is ---- */

static bool type_is_int(const struct ubsan_type *type)
{
	return type->kind == UBSAN_INTEGER;
}

static bool type_is_signed(const struct ubsan_type *type)
{
	return type->info & 1;
}

static unsigned int type_bits(const struct ubsan_type *type)
{
	return 1U << (type->info >> 1);
}

/* What fits into a register is in @value; what does not lies where it points. */
static u64 value_of(const struct ubsan_type *type, unsigned long value)
{
	return type_bits(type) <= BITS_PER_LONG ? value : *(const u64 *)value;
}

static s64 signed_value_of(const struct ubsan_type *type, unsigned long value)
{
	unsigned int unused = 64 - type_bits(type);

	return (s64)(value_of(type, value) << unused) >> unused;
}

static bool value_is_negative(const struct ubsan_type *type, unsigned long value)
{
	return type_is_signed(type) && signed_value_of(type, value) < 0;
}

static const char *value_text(char *text, const struct ubsan_type *type, unsigned long value)
{
	if (!type_is_int(type) || type_bits(type) > 64)
		scnprintf(text, VALUE_SIZE, "%#lx", value);
	else if (type_is_signed(type))
		scnprintf(text, VALUE_SIZE, "%lld", signed_value_of(type, value));
	else
		scnprintf(text, VALUE_SIZE, "%llu", value_of(type, value));
	return text;
}

/* ---- a report ---- */

#define RULE "================================================================================"

/*
 * False: this place has been reported, or this thread is printing a report, and printing may itself do
 * what is undefined. Otherwise the log belongs to this CPU until report_end().
 */
static bool report_begin(struct ubsan_place *place, const char *what, unsigned long *flags)
{
	u32 column = READ_ONCE(place->column);

	if (current->in_ubsan || (column & REPORTED) ||
	    cmpxchg(&place->column, column, column | REPORTED) != column)
		return false;
	current->in_ubsan++;
	printk_cpu_sync_get_irqsave(*flags);
	pr_err(RULE "\n");
	pr_err("UBSAN: %s in %s:%u:%u\n", what, place->file, place->line, column);
	return true;
}

static void report_end(unsigned long flags)
{
	dump_stack();
	pr_err(RULE "\n");
	ubsan_reports++;
	printk_cpu_sync_put_irqrestore(flags);
	current->in_ubsan--;
}

unsigned long ubsan_reports;

/* ---- operations ---- */

void __ubsan_handle_divrem_overflow(struct ubsan_overflow *data, unsigned long left,
				    unsigned long right)
{
	unsigned long flags;

	if (!report_begin(&data->place, "division-overflow", &flags))
		return;
	pr_err("division by zero\n");	/* the least number / -1 is defined: -fwrapv */
	report_end(flags);
}

void __ubsan_handle_shift_out_of_bounds(struct ubsan_shift *data, unsigned long left,
					unsigned long right)
{
	unsigned long flags;
	char by[VALUE_SIZE], what[VALUE_SIZE];

	if (!report_begin(&data->place, "shift-out-of-bounds", &flags))
		return;
	value_text(by, data->right, right);
	value_text(what, data->left, left);
	if (value_is_negative(data->right, right))
		pr_err("shift exponent %s is negative\n", by);
	else if (value_of(data->right, right) >= type_bits(data->left))
		pr_err("shift exponent %s is too large for %u-bit type %s\n", by,
		       type_bits(data->left), data->left->name);
	else if (value_is_negative(data->left, left))
		pr_err("left shift of negative value %s\n", what);
	else
		pr_err("left shift of %s by %s places cannot be represented in type %s\n", what, by,
		       data->left->name);
	report_end(flags);
}

void __ubsan_handle_out_of_bounds(struct ubsan_bounds *data, unsigned long index)
{
	unsigned long flags;
	char text[VALUE_SIZE];

	if (!report_begin(&data->place, "array-index-out-of-bounds", &flags))
		return;
	pr_err("index %s is out of range for type %s\n", value_text(text, data->index, index),
	       data->array->name);
	report_end(flags);
}

void __ubsan_handle_load_invalid_value(struct ubsan_load *data, unsigned long value)
{
	unsigned long flags;
	char text[VALUE_SIZE];

	if (!report_begin(&data->place, "invalid-load", &flags))
		return;
	pr_err("load of value %s is not a valid value for type %s\n",
	       value_text(text, data->type, value), data->type->name);
	report_end(flags);
}

void __ubsan_handle_vla_bound_not_positive(struct ubsan_load *data, unsigned long bound)
{
	unsigned long flags;
	char text[VALUE_SIZE];

	if (!report_begin(&data->place, "vla-bound-not-positive", &flags))
		return;
	pr_err("variable length array bound value %s <= 0\n",
	       value_text(text, data->type, bound));
	report_end(flags);
}

/* The code behind this was left out: there is nothing to go on with. */
void __ubsan_handle_builtin_unreachable(struct ubsan_unreachable *data)
{
	unsigned long flags;

	if (report_begin(&data->place, "unreachable", &flags)) {
		pr_err("calling __builtin_unreachable()\n");
		report_end(flags);
	}
	panic("can't return from __builtin_unreachable()");
}

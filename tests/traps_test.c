// SPDX-License-Identifier: MIT
/* Exceptions: each is reported by name, and the harness survives it; backtraces name who called. */
#include <asm/processor.h>
#include <asm/traps.h>
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/bug.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/log_tap.h>

static void traps_divide_error(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "divide error*",
			    asm volatile("xorl %%edx, %%edx; xorl %%ecx, %%ecx; "
					 "movl $1, %%eax; divl %%ecx"
					 : : : "eax", "ecx", "edx"));
}

static void traps_invalid_opcode(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "invalid opcode*", asm volatile("ud2"));
}

static void traps_breakpoint(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "int3*", asm volatile("int3"));
}

static void traps_general_protection(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "general protection fault*GDT*",
			    asm volatile("movl %0, %%fs" : : "r"(0x1f8)));
}

static void traps_null_pointer(struct kunit *test)
{
	volatile int *null = NULL;

	OPTIMIZER_HIDE_VAR(null);
	KUNIT_EXPECT_REPORT(test, "BUG: kernel NULL pointer dereference, address: 00000000",
			    (void)*null);
	KUNIT_EXPECT_REPORT(test, "#PF: supervisor write access in kernel mode", *null = 1);
}

static void traps_page_fault(struct kunit *test)
{
	volatile int *nowhere = (int *)0x40000000;

	KUNIT_EXPECT_REPORT(test, "BUG: unable to handle page fault for address: 40000000",
			    (void)*nowhere);
	KUNIT_EXPECT_REPORT(test, "The instruction is at traps_page_fault+*", (void)*nowhere);
}

/* A call through a bad pointer: the report still names the caller. */
static void traps_bad_call(struct kunit *test)
{
	void (*volatile function)(void) = (void (*)(void))0x40000000;

	KUNIT_EXPECT_REPORT(test, " traps_bad_call+*", function());
	KUNIT_EXPECT_REPORT(test, "#PF: supervisor instruction fetch in kernel mode", function());
	KUNIT_EXPECT_REPORT(test, "CR0: * CR2: 40000000 *", function());
}

static void traps_bug(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "kernel BUG at tests/traps_test.c:*", BUG());
}

static void traps_warn_goes_on(struct kunit *test)
{
	volatile bool reached = false;

	KUNIT_EXPECT_REPORT(test,
			    "WARNING: CPU: * PID: * at tests/traps_test.c:*traps_warn_goes_on+*",
			    { WARN_ON(1); reached = true; });
	KUNIT_EXPECT_TRUE(test, reached);
	KUNIT_EXPECT_REPORT(test, "forty-two is 42", WARN(1, "forty-two is %d\n", 42));
	KUNIT_EXPECT_FALSE(test, WARN_ON(0));
}

static unsigned int warn_once(void)
{
	return WARN_ON_ONCE(1);
}

static void traps_warn_once(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "WARNING: *", warn_once());
	KUNIT_EXPECT_EQ(test, warn_once(), 1);		/* true again, silent this time */
}

/* Recursion far deeper than any stack, which the compiler cannot turn into a loop. */
static noinline int dig(volatile int *depth)
{
	volatile char ballast[200];

	ballast[0] = ++*depth;
	return *depth % 1000000 ? dig(depth) + ballast[0] : 0;
}

static void traps_stack_overflow(struct kunit *test)
{
	volatile int depth = 0;
	volatile int round;

	if (!double_fault_has_a_stack)
		kunit_skip(test, "no task gate: double faults have no stack of their own");
	for (round = 0; round < 3; round++)	/* the double-fault task must be ready again */
		KUNIT_EXPECT_REPORT(test,
				    "BUG: stack guard page was hit*",
				    dig(&depth));
	KUNIT_EXPECT_GT(test, depth, 10);
}

/* A fault inside printk itself, more often than its calls can nest: the log must go on. */
static void traps_fault_in_printk(struct kunit *test)
{
	const char *volatile nowhere = (const char *)0x40000000;
	volatile int round;

	for (round = 0; round < 5; round++)
		KUNIT_EXPECT_REPORT(test, "BUG: unable to handle page fault*",
				    printk("%s\n", nowhere));
	KUNIT_EXPECT_REPORT(test, "still here", pr_info("still here\n"));
}

static void traps_nofault_copy(struct kunit *test)
{
	u8 bytes[8] = { 0 };

	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(bytes, "abcdefg", 8), 0L);
	KUNIT_EXPECT_STREQ(test, (char *)bytes, "abcdefg");
	KUNIT_EXPECT_LT(test, copy_from_kernel_nofault(bytes, NULL, 8), 0L);
	KUNIT_EXPECT_LT(test, copy_from_kernel_nofault(bytes, (void *)0xffffffff, 8), 0L);
}

static noinline unsigned int third(unsigned long *trace, unsigned int size)
{
	unsigned int n = stack_trace_save(trace, size, 0);

	barrier();
	return n;
}

static noinline unsigned int second(unsigned long *trace, unsigned int size)
{
	unsigned int n = third(trace, size);

	barrier();
	return n;
}

/* The compiler may have made a variant of it: "name.constprop.0". */
static void expect_symbol(struct kunit *test, unsigned long addr, const char *name)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(symbol, addr);
	KUNIT_EXPECT_TRUE_MSG(test, strstarts(symbol, name), "%s is not %s", symbol, name);
}

static void traps_backtrace(struct kunit *test)
{
	unsigned long trace[32];
	unsigned int n = second(trace, 32);

	KUNIT_ASSERT_GT(test, n, 4);
	expect_symbol(test, trace[0], "third");
	expect_symbol(test, trace[1], "second");
	expect_symbol(test, trace[2], "traps_backtrace");
	expect_symbol(test, trace[n - 1], "thread_start");
	KUNIT_EXPECT_EQ(test, second(trace, 2), 2);
}

/* EBP as a frame pointer, in a caller of functions that use it for something else. */
static noinline unsigned int without_ebp(unsigned long *trace, unsigned int size)
{
	unsigned int n = third(trace, size);

	asm volatile("" : : : "ebp");
	return n;
}

static noinline unsigned int with_alloca(unsigned long *trace, unsigned int size)
{
	char *room = __builtin_alloca(size);
	unsigned int n;

	OPTIMIZER_HIDE_VAR(room);
	room[0] = 0;
	n = without_ebp(trace, size);
	barrier();
	return n + room[0];
}

static void traps_backtrace_by_ebp(struct kunit *test)
{
	unsigned long trace[32];
	unsigned int n = with_alloca(trace, 32);

	KUNIT_ASSERT_GT(test, n, 4);
	expect_symbol(test, trace[1], "without_ebp");
	expect_symbol(test, trace[2], "with_alloca");
	expect_symbol(test, trace[3], "traps_backtrace_by_ebp");
	expect_symbol(test, trace[n - 1], "thread_start");
}

/* Looked at from the handler, a backtrace goes through the exception to what made it. */
static struct {
	struct log_tap tap;
	unsigned long trace[32];
	unsigned int n;
} from_handler;

static void trace_at_oops(struct log_tap *tap, int level, const char *text)
{
	if (strstarts(text, "Oops:"))
		from_handler.n = stack_trace_save(from_handler.trace, 32, 0);
}

/* One before the address: a call that never returns may be the last of its function. */
static bool in_trace(const char *name)
{
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; i < from_handler.n; i++) {
		sprint_symbol_no_offset(symbol, from_handler.trace[i] - 1);
		if (!strcmp(symbol, name))
			return true;
	}
	return false;
}

static void traps_backtrace_through_an_exception(struct kunit *test)
{
	volatile int *nowhere = (int *)0x40000000;

	from_handler.n = 0;
	from_handler.tap.line = trace_at_oops;
	log_tap_add(&from_handler.tap);
	KUNIT_EXPECT_REPORT(test, "Oops: *", (void)*nowhere);
	log_tap_remove(&from_handler.tap);
	KUNIT_EXPECT_TRUE(test, in_trace("trap_dispatch"));
	KUNIT_EXPECT_TRUE(test, in_trace("traps_backtrace_through_an_exception"));
	KUNIT_EXPECT_TRUE(test, in_trace("thread_start"));
}

static void traps_symbols(struct kunit *test)
{
	unsigned long addr = (unsigned long)traps_symbols;
	unsigned long size, offset;
	char symbol[KSYM_SYMBOL_LEN];

	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("traps_symbols"), addr);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("no such symbol"), 0UL);
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(addr + 3, &size, &offset), "traps_symbols");
	KUNIT_EXPECT_EQ(test, offset, 3UL);
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(addr, &size, &offset), "traps_symbols");
	KUNIT_EXPECT_EQ(test, offset, 0UL);
	KUNIT_EXPECT_GT(test, size, 40UL);
	KUNIT_EXPECT_NULL(test, kallsyms_lookup(0x1000, &size, &offset));
	sprint_symbol(symbol, 0x1000);
	KUNIT_EXPECT_STREQ(test, symbol, "0x1000");
}

static struct kunit_case traps_cases[] = {
	KUNIT_CASE(traps_divide_error),
	KUNIT_CASE(traps_invalid_opcode),
	KUNIT_CASE(traps_breakpoint),
	KUNIT_CASE(traps_general_protection),
	KUNIT_CASE(traps_null_pointer),
	KUNIT_CASE(traps_page_fault),
	KUNIT_CASE(traps_bad_call),
	KUNIT_CASE(traps_bug),
	KUNIT_CASE(traps_warn_goes_on),
	KUNIT_CASE(traps_warn_once),
	KUNIT_CASE(traps_stack_overflow),
	KUNIT_CASE(traps_fault_in_printk),
	KUNIT_CASE(traps_nofault_copy),
	KUNIT_CASE(traps_backtrace),
	KUNIT_CASE(traps_backtrace_by_ebp),
	KUNIT_CASE(traps_backtrace_through_an_exception),
	KUNIT_CASE(traps_symbols),
	{}
};

static struct kunit_suite traps_suite = {
	.name = "traps",
	.test_cases = traps_cases,
};
kunit_test_suite(traps_suite);

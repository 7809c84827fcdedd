// SPDX-License-Identifier: MIT
/*
 * `make KASAN=1`: each kind of memory touched where it must not be, once; the report names the crime
 * and who committed it. Accesses are volatile, and through pointers that the compiler cannot see
 * through: it would leave out what no correct program does. Nearly all are reads, so that nothing
 * is damaged.
 */
#include <kunit/afterwards.h>
#include <kunit/report.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../test_thread.h"

/* @p, and the compiler does not know where that points. */
static char *somewhere(const void *p)
{
	OPTIMIZER_HIDE_VAR(p);
	return (char *)p;
}

static volatile unsigned long sink;

#define READ(p)		(sink = *(volatile char *)(p))

/* One report of that kind, @what; and a line of it that fits @line. */
#define EXPECT_KASAN_LINE(test, what, text, statement) \
do { \
	unsigned long __before = kasan_reports; \
	\
	KUNIT_EXPECT_REPORT(test, "BUG: KASAN: " what, \
		KUNIT_EXPECT_REPORT(test, text, statement)); \
	KUNIT_EXPECT_EQ(test, kasan_reports, __before + 1); \
} while (0)

#define EXPECT_KASAN(test, what, statement) \
	EXPECT_KASAN_LINE(test, what, "Memory state around the buggy address:", statement)

/* ---- objects ---- */

static char *new_object(struct kunit *test, size_t size)
{
	char *p = somewhere(kmalloc(size, GFP_KERNEL));

	KUNIT_ASSERT_NOT_NULL(test, p);
	return p;
}

static void beside_an_object(struct kunit *test)
{
	char *p = new_object(test, 64);

	READ(p);
	READ(p + 63);
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in beside_an_object+*",
			  "Read of size 1 at addr * by task kunit/*", READ(p + 64));
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in beside_an_object+*", "Write of size 1 at *",
			  *(volatile char *)(p + 64) = 0);
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in*", "* located 7 bytes to the right of",
			  READ(p + 71));
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in*",
			  " which belongs to the cache kmalloc-64 of size 64", READ(p + 65));
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in*", "Read of size 4 at *",
			  sink = *(volatile u32 *)(p + 64));
	kfree(p);
}

/*
 * In front of the first object of a slab there may be what may be touched. Of three objects in turn, two
 * lie in one slab.
 */
static void in_front_of_an_object(struct kunit *test)
{
	char *p = new_object(test, 64), *q = new_object(test, 64), *r = new_object(test, 64);
	char *later = virt_to_page(p) == virt_to_page(q) ? max(p, q) : max(q, r);

	EXPECT_KASAN(test, "slab-out-of-bounds in in_front_of_an_object+*", READ(later - 1));
	kfree(p);
	kfree(q);
	kfree(r);
}

/* That this thread wants no reports is nobody else's matter. */
static int reads(void *p)
{
	READ(p);
	return 0;
}

static void by_another_thread(struct kunit *test)
{
	char *p = new_object(test, 64);

	test_threads_run(test, 1, reads, p + 63);
	kasan_disable_current();
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in reads+*", "Read of size 1 at addr * by task test/*",
			  test_threads_run(test, 1, reads, p + 64));
	kasan_enable_current();
	kfree(p);
}

/* To the byte: not only what the class has, also what nobody asked for. */
static void beyond_what_was_asked_for(struct kunit *test)
{
	char *p = new_object(test, 13);

	READ(p + 12);
	EXPECT_KASAN(test, "slab-out-of-bounds in beyond_what_was_asked_for+*", READ(p + 13));
	p = somewhere(krealloc(p, 15, GFP_KERNEL));
	READ(p + 14);
	EXPECT_KASAN(test, "slab-out-of-bounds in*", READ(p + 15));
	p = somewhere(krealloc(p, 5, GFP_KERNEL));
	EXPECT_KASAN(test, "slab-out-of-bounds in*", READ(p + 5));
	READ(p + ksize(p) - 1);
	kfree(p);
}

static void after_kfree(struct kunit *test)
{
	char *p = new_object(test, 96);

	kfree(p);
	EXPECT_KASAN(test, "use-after-free in after_kfree+*", READ(p));
	EXPECT_KASAN_LINE(test, "use-after-free in after_kfree+*", "* located 50 bytes inside of",
			  READ(p + 50));
	EXPECT_KASAN_LINE(test, "use-after-free in after_kfree+*", "Write of size 1 at *",
			  *(volatile char *)(p + 95) = 0);
}

static noinline char *first_owner(struct kunit *test)
{
	char *p = new_object(test, 40);

	barrier();
	return p;
}

static noinline void last_owner(char *p)
{
	kfree(p);
	barrier();
}

static void both_owners_are_named(struct kunit *test)
{
	char *p = first_owner(test);

	last_owner(p);
	EXPECT_KASAN_LINE(test, "use-after-free in*", "Allocated by task *", READ(p));
	EXPECT_KASAN_LINE(test, "use-after-free in*", " first_owner*+*", READ(p));
	EXPECT_KASAN_LINE(test, "use-after-free in*", "Freed by task *", READ(p));
	EXPECT_KASAN_LINE(test, "use-after-free in*", " last_owner*+*", READ(p));
}

static void by_a_string_function(struct kunit *test)
{
	char *p = new_object(test, 20), *q = new_object(test, 24);
	volatile size_t size = 21;

	memset(p, 'x', 20);
	memset(q, 'x', 24);
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in by_a_string_function+*",
			  "Write of size 21 at *", memset(p, 'x', size));
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in by_a_string_function+*",
			  "Read of size 21 at *", memcpy(q, p, size));
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in by_a_string_function+*",
			  "Write of size 21 at *", memmove(p, q, size));
	kfree(p);
	kfree(q);
}

static void object_of_a_cache(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("kasan_test", 50, 0, 0, NULL);
	char *p;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	p = somewhere(kmem_cache_alloc(cache, GFP_KERNEL));
	KUNIT_ASSERT_NOT_NULL(test, p);
	READ(p + 49);
	EXPECT_KASAN_LINE(test, "slab-out-of-bounds in*",
			  " which belongs to the cache kasan_test of size 50", READ(p + 50));
	kmem_cache_free(cache, p);
	EXPECT_KASAN(test, "use-after-free in*", READ(p));
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);	/* what waits comes back first */
	EXPECT_KASAN(test, "use-after-free in*", READ(p));
}

/* Nobody gets it while somebody may still think that it is his. */
static void freed_objects_wait(struct kunit *test)
{
	bool before = kasan_quarantine;
	char *p = new_object(test, 64), *q;

	kasan_quarantine = true;
	kfree(p);
	for (int i = 0; i < 16; i++) {
		q = new_object(test, 64);
		KUNIT_EXPECT_PTR_NE(test, q, p);
		kfree(q);
	}
	EXPECT_KASAN_LINE(test, "double-free in *", "Free of addr * by task kunit/*", kfree(p));
	EXPECT_KASAN_LINE(test, "double-free in *", " freed_objects_wait+*", kfree(p));
	kasan_quarantine = before;
	kmem_cache_shrink(virt_to_page(p)->slab_cache);
}

static void beyond_a_large_block(struct kunit *test)
{
	char *p = new_object(test, 10000);

	READ(p + 9999);
	EXPECT_KASAN(test, "slab-out-of-bounds in*", READ(p + 10000));
	KUNIT_EXPECT_EQ(test, ksize(p), 16384);
	READ(p + 16383);
	kfree(p);
	EXPECT_KASAN(test, "use-after-free in*", READ(p));
}

/* ---- pages and areas ---- */

static void freed_page(struct kunit *test)
{
	char *p = somewhere((void *)__get_free_pages(GFP_KERNEL, 1));

	KUNIT_ASSERT_NOT_NULL(test, p);
	READ(p + 2 * PAGE_SIZE - 1);
	free_pages((unsigned long)p, 1);
	EXPECT_KASAN_LINE(test, "use-after-free in freed_page+*",
			  "page dumped because: kasan: bad access detected", READ(p));
	EXPECT_KASAN(test, "use-after-free in freed_page+*", READ(p + 2 * PAGE_SIZE - 1));
}

static void beyond_an_area(struct kunit *test)
{
	char *p = somewhere(vmalloc(100));

	KUNIT_ASSERT_NOT_NULL(test, p);
	READ(p + 99);
	EXPECT_KASAN_LINE(test, "vmalloc-out-of-bounds in beyond_an_area+*",
			  "The buggy address is byte 100 of the 4096-byte vmalloc area *",
			  READ(p + 100));
	EXPECT_KASAN(test, "vmalloc-out-of-bounds in*", READ(p + PAGE_SIZE - 1));
	vfree(p);
	EXPECT_KASAN(test, "vmalloc-out-of-bounds in beyond_an_area+*", READ(p));
}

/* ---- variables ---- */

static char variable[11];

static void beyond_a_variable(struct kunit *test)
{
	char *p = somewhere(variable);

	READ(p + 10);
	EXPECT_KASAN_LINE(test, "global-out-of-bounds in beyond_a_variable+*", " variable+0xb/*",
			  READ(p + 11));
}

static void on_the_stack(struct kunit *test)
{
	char array[13] = "", *p = somewhere(array);

	READ(p);
	READ(p + 12);
	EXPECT_KASAN_LINE(test, "stack-out-of-bounds in on_the_stack+*", " \\[*) 'array'",
			  READ(p + 13));
	EXPECT_KASAN_LINE(test, "stack-out-of-bounds in on_the_stack+*", " on_the_stack+*",
			  READ(p - 1));
}

static void beside_an_alloca(struct kunit *test)
{
	volatile size_t size = 21;
	char *p = somewhere(__builtin_alloca(size));

	p[0] = p[20] = 0;
	EXPECT_KASAN(test, "alloca-out-of-bounds in beside_an_alloca+*", READ(p + 21));
	EXPECT_KASAN(test, "alloca-out-of-bounds in beside_an_alloca+*", READ(p - 1));
}

static void after_its_block(struct kunit *test)
{
	char *p;

	{
		volatile char inside[9] = "";

		p = somewhere((const void *)inside);
		READ(p);
	}
	EXPECT_KASAN(test, "use-after-scope in after_its_block+*", READ(p));
}

/* ---- what is none ---- */

/* A fault is a fault: its own report says more, and there is no other. */
static void faults_are_none(struct kunit *test)
{
	unsigned long before = kasan_reports;

	KUNIT_EXPECT_REPORT(test, "BUG: kernel NULL pointer dereference*", READ(somewhere(NULL)));
	KUNIT_EXPECT_REPORT(test, "BUG: unable to handle page fault*",
			    READ(somewhere((void *)0x12345678)));
	KUNIT_EXPECT_EQ(test, kasan_reports, before);
}

/* Frames that a fault leaves behind leave no red zones: what comes there next is fine. */
static noinline void fault_with_an_array(void)
{
	char array[300] = "";

	somewhere(array)[0] = *(volatile char *)somewhere(NULL);
}

static noinline char fill_the_stack(unsigned int depth)
{
	volatile char array[64];

	for (unsigned int i = 0; i < sizeof(array); i++)
		array[i] = depth;
	return depth ? fill_the_stack(depth - 1) + array[depth] : array[0];
}

static void stack_after_a_fault(struct kunit *test)
{
	unsigned long before = kasan_reports;

	KUNIT_EXPECT_REPORT(test, "BUG: kernel NULL pointer dereference*", fault_with_an_array());
	sink = fill_the_stack(8);
	KUNIT_EXPECT_EQ(test, kasan_reports, before);
}

static void not_while_disabled(struct kunit *test)
{
	unsigned long before = kasan_reports;
	char *p = new_object(test, 8);

	kasan_disable_current();
	READ(p + 8);
	kasan_enable_current();
	KUNIT_EXPECT_EQ(test, kasan_reports, before);
	KUNIT_EXPECT_FALSE(test, kasan_byte_accessible(p + 8));
	KUNIT_EXPECT_TRUE(test, kasan_byte_accessible(p + 7));
	kfree(p);
}

/* ---- every suite ---- */

/* What nobody was waiting for fails the test in which it happened, whatever that was about. */
static void no_report_is_left(struct kunit *test)
{
	unsigned long reports = kasan_unwanted_reports;

	kasan_unwanted_reports = 0;
	KUNIT_EXPECT_EQ_MSG(test, reports, 0, "KASAN has reported something, see above");
}
KUNIT_AFTERWARDS(no_report_is_left);

static struct kunit_case kasan_cases[] = {
	KUNIT_CASE(beside_an_object),
	KUNIT_CASE(in_front_of_an_object),
	KUNIT_CASE(beyond_what_was_asked_for),
	KUNIT_CASE(after_kfree),
	KUNIT_CASE(both_owners_are_named),
	KUNIT_CASE(by_a_string_function),
	KUNIT_CASE(object_of_a_cache),
	KUNIT_CASE(by_another_thread),
	KUNIT_CASE(freed_objects_wait),
	KUNIT_CASE(beyond_a_large_block),
	KUNIT_CASE(freed_page),
	KUNIT_CASE(beyond_an_area),
	KUNIT_CASE(beyond_a_variable),
	KUNIT_CASE(on_the_stack),
	KUNIT_CASE(beside_an_alloca),
	KUNIT_CASE(after_its_block),
	KUNIT_CASE(faults_are_none),
	KUNIT_CASE(stack_after_a_fault),
	KUNIT_CASE(not_while_disabled),
	{}
};

static struct kunit_suite kasan_suite = {
	.name = "kasan",
	.test_cases = kasan_cases,
};
kunit_test_suite(kasan_suite);

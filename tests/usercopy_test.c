// SPDX-License-Identifier: MIT
/* Copying to and from users: what may be copied, how far a copy gets, and who is a user. */
#include <asm/sections.h>
#include <kunit/report.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "live_objects.h"

/* Either way, in these words, and then it is a BUG. */
static void expect_refused(struct kunit *test, const char *what, const void *ptr, unsigned long n)
{
	char pattern[128];

	snprintf(pattern, sizeof(pattern),
		 "usercopy: Kernel memory exposure attempt detected from %s!", what);
	KUNIT_EXPECT_REPORT(test, pattern, __check_object_size(ptr, n, true));
	snprintf(pattern, sizeof(pattern),
		 "usercopy: Kernel memory overwrite attempt detected to %s!", what);
	KUNIT_EXPECT_REPORT(test, "kernel BUG at mm/usercopy.c:*",
			    KUNIT_EXPECT_REPORT(test, pattern, __check_object_size(ptr, n, false)));
}

/* Nothing is said, and we come back. */
static void expect_fine(const void *ptr, unsigned long n)
{
	__check_object_size(ptr, n, true);
	__check_object_size(ptr, n, false);
}

/* ---- objects ---- */

/* ledger: S11. Of a cache only what was named when it was made; and that to the byte. */
static void whitelist_of_a_cache(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create_usercopy("half_open", 100, 0, 0, 20, 30, NULL);
	void *p = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_fine(p + 20, 30);
	expect_fine(p + 20, 1);
	expect_fine(p + 49, 1);
	expect_fine(p, 0);
	expect_refused(test, "SLAB object 'half_open' (offset 19, size 1)", p + 19, 1);
	expect_refused(test, "SLAB object 'half_open' (offset 20, size 31)", p + 20, 31);
	expect_refused(test, "SLAB object 'half_open' (offset 50, size 1)", p + 50, 1);
	expect_refused(test, "SLAB object 'half_open' (offset 0, size 100)", p, 100);
	expect_refused(test, "SLAB object 'half_open' (offset 30, size 1000000)", p + 30, 1000000);
	kmem_cache_free(cache, p);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ledger: S11. A cache without a whitelist has nothing for users. */
static void cache_without_whitelist(struct kunit *test)
{
	struct kmem_cache *cache = kmem_cache_create("closed", 64, 0, 0, NULL);
	void *p = cache ? kmem_cache_alloc(cache, GFP_KERNEL) : NULL;

	KUNIT_ASSERT_NOT_NULL(test, p);
	expect_refused(test, "SLAB object 'closed' (offset 0, size 64)", p, 64);
	expect_refused(test, "SLAB object 'closed' (offset 8, size 1)", p + 8, 1);
	kmem_cache_free(cache, p);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ledger: S11. kmalloc()'s are open, each by itself: not from one into the next. */
static void kmalloc_objects(struct kunit *test)
{
	u8 *p = kmalloc(96, GFP_KERNEL), *large = kmalloc(3 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, large);
	expect_fine(p, 96);
	expect_fine(p + 95, 1);
	expect_refused(test, "SLAB object 'kmalloc-96' (offset 0, size 97)", p, 97);
	expect_refused(test, "SLAB object 'kmalloc-96' (offset 90, size 7)", p + 90, 7);
	expect_fine(large, 4 * PAGE_SIZE);
	expect_fine(large + PAGE_SIZE, 3 * PAGE_SIZE);
	expect_refused(test, "page alloc (offset 4096, size 12289)", large + PAGE_SIZE,
		       3 * PAGE_SIZE + 1);
	kfree(p);
	kfree(large);
}

/* ---- other memory ---- */

/* No hole between threads' stacks is so large: so what lies behind it is not this thread's own. */
#define LARGE	(256 * PAGE_SIZE)

/* ledger: S11 */
static void areas_and_mappings(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct vm_struct *area = get_vm_area(LARGE, VM_MAP);
	u8 *p, *mapped;

	KUNIT_ASSERT_TRUE(test, page && area);
	p = area->addr;
	expect_fine(p, LARGE);
	expect_refused(test, "vmalloc (offset 5, size 1052672)", p + 5, LARGE + PAGE_SIZE);
	free_vm_area(area);
	expect_refused(test, "vmalloc 'no area' (offset 0, size 8)", p, 8);
	expect_fine(page_address(page), PAGE_SIZE);
	mapped = kmap_local_pfn(page_to_pfn(page));
	expect_fine(mapped + 1, PAGE_SIZE - 1);
	if (is_kmap_addr(mapped))
		expect_refused(test, "kmap (offset 1, size 4096)", mapped + 1, PAGE_SIZE);
	kunmap_local(mapped);
	__free_page(page);
}

/* ledger: S11 */
static void code_and_stack(struct kunit *test)
{
	static u8 variable[100];
	u8 local[16];

	expect_fine(variable, sizeof(variable));
	expect_fine(local, sizeof(local));
	expect_refused(test, "kernel text (offset 0, size 1)", _stext, 1);
	expect_refused(test, "kernel text (offset 16, size 4)", _stext + 16, 4);
	expect_refused(test, "process stack (offset *, size 65536)", local, 65536);
	expect_refused(test, "process stack (offset *, size 4)", current->stack + 64, 4);
}

/* ledger: S11 */
static void addresses_that_are_none(struct kunit *test)
{
	expect_refused(test, "null address (offset 0, size 1)", NULL, 1);
	expect_refused(test, "null address (offset 16, size 1)", ZERO_SIZE_PTR, 1);
	expect_refused(test, "wrapped address (offset 0, size 3)", (void *)-5UL, 8);
	expect_fine(NULL, 0);
}

/* ledger: S11. Through the functions that drivers call; a size in the source is not looked at. */
static void looked_at_before_copying(struct kunit *test)
{
	volatile unsigned long n = 65;
	u8 *p = kmalloc(64, GFP_KERNEL);
	void __user *user = (void *)0x1000;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_REPORT(test, "usercopy: *exposure*from SLAB object 'kmalloc-64'*",
			    n = copy_to_user(user, p, n));
	KUNIT_EXPECT_REPORT(test, "usercopy: *overwrite*to SLAB object 'kmalloc-64'*",
			    n = copy_from_user(p, user, n));
	KUNIT_EXPECT_EQ(test, n, 65);
	KUNIT_EXPECT_EQ(test, copy_to_user(user, p, 64), 64);
	kfree(p);
}

/* ---- copying ---- */

/* There is no user: nothing is copied, and what should have come is zeros. */
static void nobody_there(struct kunit *test)
{
	void __user *user = (void *)0x8048000;
	u8 buf[10];
	int value;

	memset(buf, 0x5a, sizeof(buf));
	KUNIT_EXPECT_TRUE(test, access_ok(user, 4096));
	KUNIT_EXPECT_EQ(test, copy_to_user(user, buf, 10), 10);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, user, 9), 9);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, 9));
	KUNIT_EXPECT_EQ(test, buf[9], 0x5a);
	KUNIT_EXPECT_EQ(test, clear_user(user, 7), 7);
	KUNIT_EXPECT_EQ(test, put_user(5, (int __user *)user), -EFAULT);
	KUNIT_EXPECT_EQ(test, get_user(value, (int __user *)user), -EFAULT);
	KUNIT_EXPECT_EQ(test, value, 0);
}

/* The kernel's own addresses are no user's, nor are those that reach into them. */
static void the_kernel_is_no_user(struct kunit *test)
{
	u8 mine[8] = "private", buf[8];

	KUNIT_EXPECT_EQ(test, copy_from_user(buf, mine, 8), 8);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, 8));
	KUNIT_EXPECT_EQ(test, copy_to_user(mine, buf, 8), 8);
	KUNIT_EXPECT_EQ(test, clear_user(mine, 8), 8);
	KUNIT_EXPECT_STREQ(test, (char *)mine, "private");
	KUNIT_EXPECT_TRUE(test, access_ok((void *)(TASK_SIZE - 8), 8));
	KUNIT_EXPECT_FALSE(test, access_ok((void *)(TASK_SIZE - 8), 9));
	KUNIT_EXPECT_FALSE(test, access_ok((void *)0x1000, ~0UL));
	KUNIT_EXPECT_TRUE(test, access_ok((void *)TASK_SIZE, 0));
}

/* As Linux had it until 5.9: who works for himself may be his own user, for a while. */
static void the_kernel_as_its_own_user(struct kunit *test)
{
	u8 from[37], to[40];
	mm_segment_t old = get_fs();
	u16 number;

	for (int i = 0; i < sizeof(from); i++)
		from[i] = i;
	memset(to, 0xff, sizeof(to));
	set_fs(KERNEL_DS);
	KUNIT_EXPECT_TRUE(test, uaccess_kernel());
	KUNIT_EXPECT_EQ(test, copy_to_user(to + 1, from, 37), 0);
	KUNIT_EXPECT_MEMEQ(test, to + 1, from, 37);
	KUNIT_EXPECT_TRUE(test, to[0] == 0xff && to[38] == 0xff);
	KUNIT_EXPECT_EQ(test, get_user(number, (u16 *)&from[2]), 0);
	KUNIT_EXPECT_EQ(test, number, 0x302);
	KUNIT_EXPECT_EQ(test, put_user(0x1234, (u16 *)&from[2]), 0);
	KUNIT_EXPECT_EQ(test, copy_from_user(to, from, 5), 0);
	KUNIT_EXPECT_EQ(test, to[2] | to[3] << 8, 0x1234);
	KUNIT_EXPECT_EQ(test, clear_user(to, 3), 0);
	KUNIT_EXPECT_TRUE(test, !to[0] && !to[2] && to[3] == 0x12);
	set_fs(old);
	KUNIT_EXPECT_FALSE(test, uaccess_kernel());
}

/* As far as memory goes, to the byte, wherever words begin. */
static void copies_end_at_a_fault(struct kunit *test)
{
	u8 *p = vmalloc(PAGE_SIZE), *end = p + PAGE_SIZE;
	mm_segment_t old = get_fs();
	u8 buf[24];

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0x5a, PAGE_SIZE);
	set_fs(KERNEL_DS);
	for (unsigned long there = 0; there < 13; there++) {
		memset(buf, 0xff, sizeof(buf));
		KUNIT_EXPECT_EQ(test, _copy_from_user(buf, end - there, 23), 23 - there);
		KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0x5a, there));
		KUNIT_EXPECT_NULL(test, memchr_inv(buf + there, 0, 23 - there));
		KUNIT_EXPECT_EQ(test, buf[23], 0xff);
		KUNIT_EXPECT_EQ(test, _copy_to_user(end - there, buf, 23), 23 - there);
		KUNIT_EXPECT_EQ(test, clear_user(end - there, 23), 23 - there);
		KUNIT_EXPECT_NULL(test, memchr_inv(end - there, 0, there));
		memset(p, 0x5a, PAGE_SIZE);
	}
	set_fs(old);
	vfree(p);
}

/* A user's page may have to be fetched: so nobody copies where he must not sleep. */
static void copying_may_sleep(struct kunit *test)
{
	volatile unsigned long left = 0;
	u8 buf[4];

	preempt_disable();
	KUNIT_EXPECT_REPORT(test, "BUG: sleeping function called from invalid context at mm/usercopy*",
			    left = copy_from_user(buf, (void *)0x1000, 4));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, left, 4);
}

static struct kunit_case usercopy_cases[] = {
	KUNIT_CASE(whitelist_of_a_cache),
	KUNIT_CASE(cache_without_whitelist),
	KUNIT_CASE(kmalloc_objects),
	KUNIT_CASE(areas_and_mappings),
	KUNIT_CASE(code_and_stack),
	KUNIT_CASE(addresses_that_are_none),
	KUNIT_CASE(looked_at_before_copying),
	KUNIT_CASE(nobody_there),
	KUNIT_CASE(the_kernel_is_no_user),
	KUNIT_CASE(the_kernel_as_its_own_user),
	KUNIT_CASE(copies_end_at_a_fault),
	KUNIT_CASE(copying_may_sleep),
	{}
};

static struct kunit_suite usercopy_suite = {
	.name = "usercopy",
	.init = live_objects_enter,
	.exit = live_objects_leave,
	.test_cases = usercopy_cases,
};
kunit_test_suite(usercopy_suite);

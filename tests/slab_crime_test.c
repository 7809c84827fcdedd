// SPDX-License-Identifier: MIT
/*
 * Objects misused, each in its own way: what nobody has switched on finds at once or at the latest
 * when the object leaves the CPU for its slab, and what slub_debug's checks find. What is damaged
 * is set aside; everything else is as it was.
 */
#include <asm/sections.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/poison.h>
#include <linux/string.h>
#include <quarry/slab_errors.h>

#include "slab_sandbox.h"

#define NAME		"test-crime"
#define ALL_CHECKS	(SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
#define OBJECTS_MAX	128U

/* A report that begins so, about a cache of ours. */
#define EXPECT_BUG(test, what, statement) \
	KUNIT_EXPECT_REPORT(test, "BUG " NAME " (*): " what, statement)

/* The damage is done where no compiler sees it, and where none of its checks is in the way. */
static noinline __attribute__((no_sanitize_address)) void scribble(void *at, long offset,
								   size_t count)
{
	volatile u8 *p = at + offset;

	while (count--)
		*p++ = 'x';
}

static struct kmem_cache *create(struct kunit *test, unsigned int size, unsigned int align,
				 slab_flags_t flags)
{
	struct kmem_cache *cache;

	cache = kmem_cache_create(NAME, size, align, flags | SLAB_NO_USER_FLAGS, NULL);
	KUNIT_ASSERT_NOT_NULL(test, cache);
	return cache;
}

static noinline void *allocate_here(struct kunit *test, struct kmem_cache *cache)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	return object;
}

static noinline void free_here(struct kmem_cache *cache, void *object)
{
	kmem_cache_free(cache, object);
	barrier();			/* a call, not a jump: we want to be on the trace */
}

/* A slab's worth of objects; @never is not among them. */
static void take_all_but(struct kunit *test, struct kmem_cache *cache, const void *never)
{
	unsigned int count = min(cache->num, OBJECTS_MAX);
	static void *objects[OBJECTS_MAX];

	take_objects(test, cache, count, objects);
	for (unsigned int i = 0; i < count; i++)
		KUNIT_EXPECT_PTR_NE(test, objects[i], (void *)never);
	give_objects(cache, count, objects);
}

static void end(struct kunit *test, struct kmem_cache *cache)
{
	KUNIT_EXPECT_TRUE(test, cache_validate(cache));
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

/* ---- beside the object, and in it while it is free: slub_debug=FZPU ---- */

struct crime {
	long offset;
	size_t count;
	const char *report;
};

#define SIZE	60		/* and 8 bytes of red zone in front, 4 behind */

/* While it is in use: found when it is freed. */
static const struct crime overruns[] = {
	{ SIZE, 1, "BUG " NAME " (*): Right Redzone overwritten" },
	{ SIZE + 3, 1, "BUG " NAME " (*): Right Redzone overwritten" },
	{ SIZE, 20, "BUG " NAME " (*): Right Redzone overwritten" },
	{ -1, 1, "BUG " NAME " (*): Left Redzone overwritten" },
	{ -8, 1, "BUG " NAME " (*): Left Redzone overwritten" },
	{ -8, 8, "BUG " NAME " (*): Left Redzone overwritten" },
};

static void overrun(struct kunit *test)
{
	for (volatile int i = 0; i < ARRAY_SIZE(overruns); i++) {	/* cases end by longjmp() */
		struct kmem_cache *cache = create(test, SIZE, 0, ALL_CHECKS);
		void *object = allocate_here(test, cache);

		scribble(object, overruns[i].offset, overruns[i].count);
		KUNIT_EXPECT_REPORT(test, overruns[i].report, kmem_cache_free(cache, object));
		KUNIT_EXPECT_EQ(test, slab_of(object)->nr_aside, 1);
		take_all_but(test, cache, object);
		end(test, cache);
	}
}

/* It is out of use, but its owner does not know it: what he does to it once more changes no count. */
static void damaged_object_freed_again(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, ALL_CHECKS);
	void *object = allocate_here(test, cache), *other = allocate_here(test, cache);

	scribble(object, SIZE, 1);
	EXPECT_BUG(test, "Right Redzone overwritten", kmem_cache_free(cache, object));
	EXPECT_BUG(test, "Object already free", kmem_cache_free(cache, object));
	scribble(object, SIZE, 1);
	EXPECT_BUG(test, "Object already free", kmem_cache_free(cache, object));
	KUNIT_EXPECT_EQ(test, slab_of(object)->nr_aside, 1);
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), 1);
	EXPECT_BUG(test, "Objects remaining*", kmem_cache_destroy(cache));
	take_all_but(test, cache, object);
	kmem_cache_free(cache, other);
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
	KUNIT_EXPECT_FALSE(test, is_aside(object));
}

/* While it is free: found when somebody is about to get it. */
static const struct crime writes_after_free[] = {
	{ 0, 1, "BUG " NAME " (*): Poison overwritten" },
	{ SIZE / 2, 1, "BUG " NAME " (*): Poison overwritten" },
	{ SIZE - 2, 1, "BUG " NAME " (*): Poison overwritten" },
	{ SIZE - 1, 1, "BUG " NAME " (*): End Poison overwritten" },
	{ 0, SIZE, "BUG " NAME " (*): Poison overwritten" },
	{ SIZE, 1, "BUG " NAME " (*): Right Redzone overwritten" },
	{ -1, 1, "BUG " NAME " (*): Left Redzone overwritten" },
};

static void write_after_free(struct kunit *test)
{
	for (volatile int i = 0; i < ARRAY_SIZE(writes_after_free); i++) {
		struct kmem_cache *cache = create(test, SIZE, 0, ALL_CHECKS);
		void *object = allocate_here(test, cache);

		kmem_cache_free(cache, object);
		scribble(object, writes_after_free[i].offset, writes_after_free[i].count);
		KUNIT_EXPECT_REPORT(test, writes_after_free[i].report,
				    take_all_but(test, cache, object));
		KUNIT_EXPECT_EQ(test, slab_of(object)->nr_aside, 1);
		end(test, cache);
	}
}

/* Whoever only reads finds what nobody has written, and an address that is none. */
static void read_after_free(struct kunit *test)
{
	struct kmem_cache *cache = create(test, sizeof(struct list_head), 0, ALL_CHECKS);
	struct list_head *object = allocate_here(test, cache);

	INIT_LIST_HEAD(object);
	kmem_cache_free(cache, object);
	OPTIMIZER_HIDE_VAR(object);
	KUNIT_EXPECT_EQ(test, (unsigned long)READ_ONCE(object->next), 0x6b6b6b6b);
	KUNIT_EXPECT_EQ(test, (unsigned long)READ_ONCE(object->prev), 0xa56b6b6b);
	end(test, cache);
}

/* Whoever reads what he has not written, too. */
static void read_before_write(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, ALL_CHECKS);
	u8 *object = allocate_here(test, cache);

	OPTIMIZER_HIDE_VAR(object);
	KUNIT_EXPECT_EQ(test, object[0], POISON_FREE);
	KUNIT_EXPECT_EQ(test, object[SIZE - 1], POISON_END);
	kmem_cache_free(cache, object);
	object = kmem_cache_zalloc(cache, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, SIZE));
	kmem_cache_free(cache, object);
	end(test, cache);
}

/* 16 bytes in front, 52, 4 behind: 8 of the slot's 80 are left over. */
static void overrun_into_padding(struct kunit *test)
{
	struct kmem_cache *cache =
		create(test, 52, 16, SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE);
	void *object = allocate_here(test, cache);

	KUNIT_ASSERT_EQ(test, cache->size, 80);
	scribble(object, 52 + 4, 1);
	EXPECT_BUG(test, "Object padding overwritten", kmem_cache_free(cache, object));
	take_all_but(test, cache, object);
	end(test, cache);
}

/* kmalloc() takes 32 bytes from @cache for as long as this lasts. */
static noinline void *kmalloc_from(struct kunit *test, struct kmem_cache *cache, size_t size,
				   gfp_t flags)
{
	struct kmem_cache **class = &kmalloc_caches[KMALLOC_NORMAL][kmalloc_index(32)];
	struct kmem_cache *usual = *class;
	void *object;

	*class = cache;
	object = __kmalloc(size, flags);
	*class = usual;
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_ASSERT_PTR_EQ(test, slab_page(object)->slab_cache, cache);
	return object;
}

/* What kmalloc()'s caller did not ask for is not his, either; unless he asks how much there is. */
static void overrun_of_what_was_asked_for(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 32, 32, SLAB_KMALLOC | SLAB_RED_ZONE);
	void *object = kmalloc_from(test, cache, 18, GFP_KERNEL | __GFP_ZERO);

	OPTIMIZER_HIDE_VAR(object);
	KUNIT_EXPECT_NULL(test, memchr_inv(object, 0, 18));
	KUNIT_EXPECT_NULL(test, memchr_inv(object + 18, SLUB_RED_ACTIVE, 32 - 18));
	KUNIT_EXPECT_EQ(test, ksize(object), 32);
	KUNIT_EXPECT_NULL(test, memchr_inv(object + 18, 0, 32 - 18));
	scribble(object, 18, 32 - 18);
	kfree(object);

	object = kmalloc_from(test, cache, 18, GFP_KERNEL);
	scribble(object, 18, 1);
	EXPECT_BUG(test, "kmalloc Redzone overwritten", kfree(object));
	take_all_but(test, cache, object);
	cache->flags &= ~SLAB_KMALLOC;		/* or it could not be destroyed */
	KUNIT_EXPECT_EQ(test, kmem_cache_destroy(cache), 0);
}

static void double_free_watched(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, SLAB_CONSISTENCY_CHECKS);
	void *first = allocate_here(test, cache), *second = allocate_here(test, cache);

	kmem_cache_free(cache, first);
	kmem_cache_free(cache, second);
	EXPECT_BUG(test, "Object already free", kmem_cache_free(cache, first));
	EXPECT_BUG(test, "Object already free", kfree(second));
	end(test, cache);
}

/* It stays allocated: the caller may yet name it rightly. */
static void free_of_a_middle_watched(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, SLAB_CONSISTENCY_CHECKS);
	void *object = allocate_here(test, cache);

	KUNIT_EXPECT_REPORT(test, "Pointer 0x* is 4 bytes into the object",
		EXPECT_BUG(test, "Invalid object pointer 0x*",
			   kmem_cache_free(cache, object + 4)));
	EXPECT_BUG(test, "Invalid object pointer 0x*", kfree(object + 1));
	kmem_cache_free(cache, object);
	end(test, cache);
}

/* ---- what nobody has switched on ---- */

static void free_to_the_wrong_cache(struct kunit *test)
{
	struct kmem_cache *right = plain_cache(test, 40, 0, 0, NULL);
	struct kmem_cache *wrong = plain_cache(test, 72, 0, 0, NULL);
	void *object = allocate_here(test, right);

	KUNIT_EXPECT_REPORT(test,
		"BUG plain-1 (*): Wrong slab cache. plain-1 but object is from plain-0",
		kmem_cache_free(wrong, object));
	KUNIT_EXPECT_EQ(test, slab_objects_out(right) - magazines_count(right), 1);
	kmem_cache_free(right, object);
}

static void free_of_what_is_no_slab(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, 0, NULL);
	struct page *page = alloc_page(GFP_KERNEL);
	int on_stack = 0;
	void *wrong[] = { &on_stack, _stext, (void *)0x1000, (void *)-16, lowmem_page_address(page) };

	KUNIT_ASSERT_NOT_NULL(test, page);
	for (int i = 0; i < ARRAY_SIZE(wrong); i++) {
		void *object = wrong[i];

		OPTIMIZER_HIDE_VAR(object);
		KUNIT_EXPECT_REPORT(test, "BUG * (*): Attempt to free object(0x*) outside of slab",
				    kfree(object));
		KUNIT_EXPECT_REPORT(test, "BUG * (*): Attempt to free object(0x*) outside of slab",
				    kmem_cache_free(cache, object));
	}
	__free_page(page);
}

static void free_inside_a_large_block(struct kunit *test)
{
	void *block = kmalloc(3 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_REPORT(test, "BUG * (*): Attempt to free object(0x*) outside of slab",
			    kfree(block + PAGE_SIZE));
	KUNIT_EXPECT_REPORT(test, "BUG * (*): Attempt to free object(0x*) outside of slab",
			    kfree(block + 16));
	kfree(block);
	KUNIT_EXPECT_REPORT(test, "BUG * (*): Attempt to free object(0x*) outside of slab",
			    kfree(block));
}

static void double_free_at_once(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, 0, NULL);
	void *object = allocate_here(test, cache);

	kmem_cache_free(cache, object);
	KUNIT_EXPECT_REPORT(test, "BUG plain-0 (*): Object already free",
			    kmem_cache_free(cache, object));
	KUNIT_EXPECT_REPORT(test, "BUG plain-0 (*): Object already free", kfree(object));
	KUNIT_EXPECT_EQ(test, slab_objects_out(cache), magazines_count(cache));
}

/* At the latest when it leaves the CPU; and from the slab nobody gets it twice. */
static void double_free_later(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, 0, NULL);
	void *keeper = allocate_here(test, cache);
	void *first = allocate_here(test, cache), *second = allocate_here(test, cache);
	void *objects[OBJECTS_MAX];

	kmem_cache_free(cache, first);
	kmem_cache_free(cache, second);
	kmem_cache_free(cache, first);
	KUNIT_EXPECT_REPORT(test, "BUG plain-0 (*): Object already free", kmem_cache_shrink(cache));
	take_objects(test, cache, min(cache->num, OBJECTS_MAX), objects);
	for (unsigned int i = 0, seen = 0; i < min(cache->num, OBJECTS_MAX); i++) {
		seen += objects[i] == first;
		KUNIT_EXPECT_LE(test, seen, 1);
	}
	give_objects(cache, min(cache->num, OBJECTS_MAX), objects);
	kmem_cache_free(cache, keeper);
}

static void free_of_a_middle_later(struct kunit *test)
{
	struct kmem_cache *cache = plain_cache(test, 40, 0, 0, NULL);
	void *object = allocate_here(test, cache);

	KUNIT_EXPECT_REPORT(test, "BUG plain-0 (*): Invalid object pointer 0x*",
			    kmem_cache_free(cache, object + 8); kmem_cache_shrink(cache));
	kmem_cache_free(cache, object);
}

/* ---- leaks ---- */

static void cache_destroyed_too_early(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, SLAB_STORE_USER);
	void *object = allocate_here(test, cache);
	volatile int left = 0;

	KUNIT_EXPECT_REPORT(test, "Allocated in allocate_here+* age=* cpu=0 pid=*",
		KUNIT_EXPECT_REPORT(test, "Object 0x* @offset=*",
			EXPECT_BUG(test, "Objects remaining in " NAME " on *",
				   left = kmem_cache_destroy(cache))));
	KUNIT_EXPECT_EQ(test, left, 1);
	kmem_cache_free(cache, allocate_here(test, cache));
	kmem_cache_free(cache, object);
	end(test, cache);
}

/* ---- the report ---- */

static void report_tells_all(struct kunit *test)
{
	struct kmem_cache *cache = create(test, SIZE, 0, ALL_CHECKS);
	void *object = allocate_here(test, cache);

	free_here(cache, object);
	KUNIT_ASSERT_PTR_EQ(test, allocate_here(test, cache), object);
	memset(object, 0x41, SIZE);
	scribble(object, SIZE + 1, 1);
	KUNIT_EXPECT_REPORT(test, "0x*-0x* @offset=*. First byte 0x78 instead of 0xcc",
	KUNIT_EXPECT_REPORT(test, "Allocated in allocate_here+* age=* cpu=0 pid=*",
	KUNIT_EXPECT_REPORT(test, "Freed in free_here+* age=* cpu=0 pid=*",
	KUNIT_EXPECT_REPORT(test, " report_tells_all+*",
	KUNIT_EXPECT_REPORT(test, "Slab 0x* objects=* used=1 flags=*slab*",
	KUNIT_EXPECT_REPORT(test, "Object 0x* @offset=*",
	KUNIT_EXPECT_REPORT(test, "Redzone  *: cc cc cc cc cc cc cc cc * ........",
	KUNIT_EXPECT_REPORT(test, "Redzone  *: cc 78 cc cc * .x..",
	KUNIT_EXPECT_REPORT(test, "Object   *: 41 41 * AAAAAAAAAAAAAAAA",
	KUNIT_EXPECT_REPORT(test, "FIX " NAME ": Restoring Right Redzone 0x*-0x*=0xcc",
	KUNIT_EXPECT_REPORT(test, "FIX " NAME ": Object at 0x* not freed",
			    kmem_cache_free(cache, object))))))))))));
	end(test, cache);
}

/* ---- counting instead of reading ---- */

static unsigned int nr_counted;

static bool count_it(void)
{
	nr_counted++;
	return true;
}

/* Each damage counts twice: it is found, and it is repaired. Afterwards there is none. */
static void validate_counts_and_restores(struct kunit *test)
{
	struct kmem_cache *cache = create(test, 64, 0, SLAB_RED_ZONE | SLAB_POISON);
	void *used = allocate_here(test, cache), *freed = allocate_here(test, cache);

	kmem_cache_free(cache, freed);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	scribble(used, 64, 1);
	scribble(freed, 50, 1);
	nr_counted = 0;
	slab_error_counted = count_it;
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 2);
	KUNIT_EXPECT_EQ(test, nr_counted, 4);
	KUNIT_EXPECT_EQ(test, validate_slab_cache(cache), 0);
	slab_error_counted = NULL;
	kmem_cache_free(cache, used);
	end(test, cache);
}

static int slab_crime_init(struct kunit *test)
{
	kasan_disable_current();	/* what is nobody's is looked at on purpose */
	return slab_sandbox_enter(test);
}

static void slab_crime_exit(struct kunit *test)
{
	kasan_enable_current();
	slab_error_counted = NULL;
	slab_sandbox_leave(test);
}

static struct kunit_case slab_crime_cases[] = {
	KUNIT_CASE(overrun),			/* ledger: S5 S12 */
	KUNIT_CASE(damaged_object_freed_again),	/* ledger: S4 S12 */
	KUNIT_CASE(write_after_free),		/* ledger: S5 S12 */
	KUNIT_CASE(read_after_free),		/* ledger: S5 */
	KUNIT_CASE(read_before_write),		/* ledger: S5 */
	KUNIT_CASE(overrun_into_padding),
	KUNIT_CASE(overrun_of_what_was_asked_for), /* ledger: K3 */
	KUNIT_CASE(double_free_watched),	/* ledger: S5 */
	KUNIT_CASE(free_of_a_middle_watched),	/* ledger: S5 */
	KUNIT_CASE(free_to_the_wrong_cache),	/* ledger: S3 */
	KUNIT_CASE(free_of_what_is_no_slab),	/* ledger: S3 K1 */
	KUNIT_CASE(free_inside_a_large_block),	/* ledger: K1 */
	KUNIT_CASE(double_free_at_once),	/* ledger: S3 */
	KUNIT_CASE(double_free_later),		/* ledger: S3 */
	KUNIT_CASE(free_of_a_middle_later),	/* ledger: S3 */
	KUNIT_CASE(cache_destroyed_too_early),	/* ledger: S4 */
	KUNIT_CASE(report_tells_all),		/* ledger: S12 */
	KUNIT_CASE(validate_counts_and_restores),
	{}
};

static struct kunit_suite slab_crime_suite = {
	.name = "slab_crime",
	.init = slab_crime_init,
	.exit = slab_crime_exit,
	.test_cases = slab_crime_cases,
};
kunit_test_suite(slab_crime_suite);

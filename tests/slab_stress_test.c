// SPDX-License-Identifier: MIT
/*
 * The slab allocator under the stress engine: fifty caches of all kinds and every size of kmalloc(),
 * one by one and in bulk, from process context, from interrupts and from interrupts inside the
 * CPU's layer; with magazines and without, with every tenth page refused, and watched by somebody
 * who refuses every tenth object.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <quarry/test_seed.h>

#include "../mm/internal.h"
#include "../mm/vmscan.h"
#include "slab_sandbox.h"
#include "stress_engine.h"

#define STEPS		5000	/* times 200 in a soak: a million */
#define CACHES		50
#define KMALLOC		CACHES	/* the kind of what is nobody's of these */
#define BULK_MAX	16
#define CONSTRUCTED	0xc0257ac7

static struct stress stress;
static struct kmem_cache *caches[CACHES];
static unsigned long kmalloc_before;	/* objects of all kmalloc caches */
static size_t largest;			/* kmalloc() */
static unsigned int broken;		/* objects that came to their destructor unconstructed */
static bool pages_fail, objects_fail;
static struct rnd_state dice;		/* what fails */

/* ---- fifty caches ---- */

static void construct(void *object)
{
	*(u32 *)object = CONSTRUCTED;
}

static void construct26(void *object, struct kmem_cache *cache, unsigned long flags)
{
	*(u32 *)object = CONSTRUCTED;
}

static void destruct26(void *object, struct kmem_cache *cache, unsigned long flags)
{
	broken += *(u32 *)object != CONSTRUCTED;
}

/* Every kind of flags, alignment and constructor, over sizes that grow by about a seventh. */
static struct kmem_cache *create(unsigned int i, unsigned int size)
{
	static const slab_flags_t flags[] = {
		0, SLAB_HWCACHE_ALIGN, SLAB_RECLAIM_ACCOUNT, SLAB_CACHE_DMA, SLAB_NO_REAP,
		SLAB_NO_MAGAZINES, SLAB_TYPESAFE_BY_RCU | SLAB_ACCOUNT,
	};
	static const unsigned int aligns[] = { 0, 0, 16, 0, 64, 0, 0, 512 };
	slab_flags_t how = flags[i % ARRAY_SIZE(flags)];
	unsigned int align = aligns[i % ARRAY_SIZE(aligns)];
	char name[16];

	snprintf(name, sizeof(name), "stress-%u", i);
	if (i % 5 == 3)
		return kmem_cache_create26(name, size, align, how, construct26, destruct26);
	return kmem_cache_create(name, size, align, how, i % 5 == 1 ? construct : NULL);
}

static bool is_constructed(unsigned int kind)
{
	return kind < CACHES && (caches[kind]->ctor || caches[kind]->ctor26);
}

static void create_all(struct kunit *test)
{
	unsigned int size = 8;

	for (unsigned int i = 0; i < CACHES; i++) {
		caches[i] = create(i, size);
		KUNIT_ASSERT_NOT_NULL(test, caches[i]);
		size += size / 7 + 3;
	}
}

/* ---- contents: some bytes at both ends, and what a constructor wrote ---- */

#define END_BYTES	24

static void mark(const struct stress_held *held)
{
	unsigned int skip = is_constructed(held->kind) ? sizeof(u32) : 0;
	u8 *object = (void *)held->start;
	unsigned int bytes = min_t(unsigned long, held->length - skip, END_BYTES);

	memset(object + skip, held->tag, bytes);
	memset(object + held->length - bytes, held->tag, bytes);
}

static bool is_marked(const struct stress_held *held)
{
	unsigned int skip = is_constructed(held->kind) ? sizeof(u32) : 0;
	const u8 *object = (void *)held->start;
	unsigned int bytes = min_t(unsigned long, held->length - skip, END_BYTES);

	return (!skip || *(const u32 *)object == CONSTRUCTED) &&
	       !memchr_inv(object + skip, held->tag & 0xff, bytes) &&
	       !memchr_inv(object + held->length - bytes, held->tag & 0xff, bytes);
}

static struct kmem_cache *cache_of(const void *object)
{
	const struct page *page = slab_page(object);

	return page ? page->slab_cache : NULL;
}

static void check(struct stress *s, const struct stress_held *held)
{
	const void *object = (void *)held->start;
	struct kmem_cache *cache = cache_of(object);
	const struct slab *slab;

	STRESS_ASSERT(s, is_marked(held), "%px, %lu bytes, kind %u: not its contents", object,
		      held->length, held->kind);
	STRESS_ASSERT(s, held->kind == KMALLOC ? ksize(object) == held->length :
		      cache == caches[held->kind], "%px is not kind %u any more", object, held->kind);
	if (!cache)
		return;
	slab = slab_page(object)->slab;
	STRESS_ASSERT(s, !slab_object_is_free(slab, slab_index(cache, slab, object)),
		      "%px of %s is free, says its slab", object, cache->name);
	if (stress_one_in(s, 16))
		STRESS_ASSERT(s, !slab_object_in_magazine(cache, object),
			      "%px of %s is in a magazine", object, cache->name);
}

/* ---- asking ---- */

/* How deep in trouble the caller is: nowhere, in an interrupt, in one that came at the worst time. */
static int enter_context(struct stress *s)
{
	int context = stress_one_in(s, 4) ? 1 + stress_below(s, 2) : 0;

	if (context == 2)
		cpu_layer_enter();
	if (context)
		preempt_count_add(HARDIRQ_OFFSET);
	return context;
}

static void leave_context(int context)
{
	if (context)
		preempt_count_sub(HARDIRQ_OFFSET);
	if (context == 2)
		cpu_layer_leave();
}

static gfp_t random_gfp(struct stress *s, int context)
{
	static const gfp_t patient[] = { GFP_KERNEL, GFP_KERNEL, GFP_NOFS, GFP_NOWAIT };
	gfp_t gfp = context ? GFP_ATOMIC : patient[stress_below(s, ARRAY_SIZE(patient))];

	gfp |= __GFP_NOWARN | __GFP_NORETRY;	/* there is nobody to wait for */
	return gfp | (stress_one_in(s, 4) ? __GFP_ZERO : 0);
}

static void hold(struct stress *s, void *object, size_t length, unsigned int kind, gfp_t gfp)
{
	unsigned int align = kind < CACHES ? caches[kind]->align : ARCH_KMALLOC_MINALIGN;

	STRESS_ASSERT(s, virt_addr_valid(object), "%px is no low memory", object);
	STRESS_ASSERT(s, (unsigned long)object % align == 0, "%px is not aligned to %u", object,
		      align);
	if (is_constructed(kind))
		STRESS_ASSERT(s, *(u32 *)object == CONSTRUCTED, "%px is not constructed", object);
	else if (gfp & __GFP_ZERO)
		STRESS_ASSERT(s, !memchr_inv(object, 0, min_t(size_t, length, 64)),
			      "%px, %zu bytes: not zeroed", object, length);
	mark(stress_hold(s, (unsigned long)object, length, kind, 0));
}

static bool alloc_one(struct stress *s, unsigned int kind)
{
	int context = enter_context(s);
	gfp_t gfp = random_gfp(s, context);
	void *object = kmem_cache_alloc(caches[kind], gfp);

	leave_context(context);
	if (object)
		hold(s, object, caches[kind]->object_size, kind, gfp);
	return object;
}

static bool alloc_many(struct stress *s, unsigned int kind)
{
	unsigned int nr = 1 + stress_below(s, BULK_MAX), got;
	int context = enter_context(s);
	gfp_t gfp = random_gfp(s, context);
	void *objects[BULK_MAX];

	got = kmem_cache_alloc_bulk(caches[kind], gfp, nr, objects);
	leave_context(context);
	STRESS_ASSERT(s, got == nr || !got, "%u of %u", got, nr);
	for (unsigned int i = 0; i < got; i++)
		hold(s, objects[i], caches[kind]->object_size, kind, gfp);
	return got;
}

/* Small sizes mostly; each power of two is as likely as another. */
static bool alloc_any_size(struct stress *s)
{
	static const gfp_t kinds[] = { 0, 0, 0, __GFP_RECLAIMABLE, __GFP_ACCOUNT, GFP_DMA };
	size_t limit = (size_t)8 << stress_below(s, 15);
	size_t size = 1 + stress_below(s, min(largest, limit));
	int context = enter_context(s);
	gfp_t gfp = random_gfp(s, context) | kinds[stress_below(s, ARRAY_SIZE(kinds))];
	void *object = kmalloc(size, gfp);

	leave_context(context);
	if (!object)
		return false;
	STRESS_ASSERT(s, ksize(object) == kmalloc_size_roundup(size), "%zu bytes for %zu",
		      ksize(object), size);
	hold(s, object, ksize(object), KMALLOC, 0);
	return true;
}

static bool alloc(struct stress *s)
{
	unsigned int kind = stress_below(s, CACHES);

	switch (stress_below(s, 8)) {
	case 0 ... 3:
		return alloc_one(s, kind);
	case 4:
		return alloc_many(s, kind);
	default:
		return alloc_any_size(s);
	}
}

/* ---- giving back ---- */

static void give_back(struct stress *s, const struct stress_held *held)
{
	void *object = (void *)held->start;
	int context = enter_context(s);

	if (held->kind == KMALLOC || stress_one_in(s, 4))
		kfree(object);
	else
		kmem_cache_free(caches[held->kind], object);
	leave_context(context);
}

/* Many of one kind at once, or of all kinds. */
static void free_many(struct stress *s, unsigned int kind)
{
	bool any = kind == KMALLOC || stress_one_in(s, 2);
	void *objects[BULK_MAX];
	unsigned int nr = 0;

	for (unsigned int i = s->nr; i-- && nr < BULK_MAX;) {
		if (!any && s->held[i].kind != kind)
			continue;
		check(s, &s->held[i]);
		objects[nr++] = (void *)s->held[i].start;
		stress_forget(s, &s->held[i]);
	}
	kmem_cache_free_bulk(any ? NULL : caches[kind], nr, objects);
}

static void change(struct stress *s, struct stress_held *held)
{
	if (stress_one_in(s, 4))
		free_many(s, held->kind);
}

/* ---- the rest ---- */

/* One that comes and goes. */
static void try_another_cache(struct stress *s)
{
	struct kmem_cache *cache = create(CACHES, 1 + stress_below(s, 3000));

	if (!cache)
		return;
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY));
	STRESS_ASSERT(s, !kmem_cache_destroy(cache), "an empty cache was not destroyed");
}

static void ask_for_everything(void)
{
	shrink_slab(GFP_KERNEL, NULL, 0);
}

static void other(struct stress *s)
{
	struct kmem_cache *cache = caches[stress_below(s, CACHES)];

	switch (stress_below(s, 32)) {
	case 0:
		ask_for_everything();
		break;
	case 1:
		try_another_cache(s);
		break;
	case 2 ... 7:
		magazines_drain(cache);
		STRESS_ASSERT(s, !magazines_count(cache), "%s: drained, but not empty", cache->name);
		break;
	case 8 ... 15:
		kmem_cache_shrink(cache);
		STRESS_ASSERT(s, !cache->nr_free_slabs, "%s: shrunk, but has free slabs", cache->name);
		break;
	default:
		STRESS_ASSERT(s, cache->nr_free_slabs <= cache->max_free_slabs, "%s: %lu free slabs",
			      cache->name, cache->nr_free_slabs);
	}
}

/* ---- the whole ---- */

static unsigned long objects_of_kmalloc(void)
{
	struct kmem_cache *cache;
	unsigned long nr = 0;
	struct slabinfo info;

	for_each_cache(cache)
		if (cache->flags & SLAB_KMALLOC) {
			get_slabinfo(cache, &info);
			nr += info.active_objs;
		}
	return nr;
}

/* Every object is with its owner, in a magazine or in its slab: counted from both ends. */
static bool validate(struct stress *s)
{
	unsigned long held[CACHES] = {}, of_kmalloc = 0;
	struct slabinfo info;

	for (unsigned int i = 0; i < s->nr; i++)
		if (s->held[i].kind < CACHES)
			held[s->held[i].kind]++;
		else
			of_kmalloc += cache_of((void *)s->held[i].start) != NULL;
	for (unsigned int i = 0; i < CACHES; i++) {
		get_slabinfo(caches[i], &info);
		STRESS_ASSERT(s, info.active_objs == held[i], "%s: %lu out, %lu held",
			      caches[i]->name, info.active_objs, held[i]);
	}
	STRESS_ASSERT(s, objects_of_kmalloc() == kmalloc_before + of_kmalloc, "%lu out, %lu + %lu held",
		      objects_of_kmalloc(), kmalloc_before, of_kmalloc);
	STRESS_ASSERT(s, !broken, "%u objects were torn down unconstructed", broken);
	STRESS_ASSERT(s, !preempt_count(), "%#x", preempt_count());
	return caches_validate();
}

static bool rolls_a_ten(void)
{
	return prandom_u32_max_state(&dice, 10) == 0;
}

static bool may_alloc_page(gfp_t gfp, unsigned int order)
{
	return !(pages_fail && rolls_a_ten());
}

static bool may_alloc_object(struct kmem_cache *cache, gfp_t gfp)
{
	return !(objects_fail && rolls_a_ten());
}

static struct page_observer page_failer = { .name = "slab_stress", .may_alloc = may_alloc_page };
static struct slab_observer watcher = { .name = "slab_stress", .may_alloc = may_alloc_object };

static const struct stress_ops ops = {
	.alloc = alloc, .free = give_back, .check = check, .change = change, .other = other,
	.validate = validate, .validate_cost = 4000000,
};

static void run(struct kunit *test, unsigned int steps)
{
	prandom_seed_state(&dice, kunit_seed());
	stress_run(&stress, test, &ops, kunit_rounds(steps));
}

/* ledger: S3 S6 S7 S8 S10 K1 */
static void stress_as_usual(struct kunit *test)
{
	run(test, STEPS);
}

static void stress_without_magazines(struct kunit *test)
{
	magazines_enable(false);
	run(test, STEPS / 2);
}

/* ledger: K2. Nothing is lost, and nothing happens by half, when a slab or a magazine is refused. */
static void stress_with_failing_pages(struct kunit *test)
{
	page_observer_attach(&page_failer);
	pages_fail = true;
	run(test, STEPS / 2);
	KUNIT_EXPECT_GT(test, stress.refused, 0);
}

static void stress_watched_with_failing_objects(struct kunit *test)
{
	slab_observer_attach(&watcher);
	objects_fail = true;
	run(test, STEPS / 2);
	KUNIT_EXPECT_GT(test, stress.refused, 0);
}

static int begin(struct kunit *test)
{
	int error = slab_sandbox_enter(test);

	broken = 0;
	largest = clamp(si_mem_available() * (long)PAGE_SIZE / 512, 1024L, 128L << 10);
	memset(caches, 0, sizeof(caches));
	create_all(test);
	kmalloc_before = objects_of_kmalloc();
	return error;
}

static void end(struct kunit *test)
{
	pages_fail = objects_fail = false;
	page_observer_detach(&page_failer);
	slab_observer_detach(&watcher);
	for (int i = 0; i < CACHES; i++)
		KUNIT_EXPECT_EQ(test, kmem_cache_destroy(caches[i]), 0);
	KUNIT_EXPECT_EQ(test, broken, 0);
	slab_sandbox_leave(test);
}

static struct kunit_case slab_stress_cases[] = {
	KUNIT_CASE(stress_as_usual),
	KUNIT_CASE(stress_without_magazines),
	KUNIT_CASE(stress_with_failing_pages),
	KUNIT_CASE(stress_watched_with_failing_objects),
	{}
};

static struct kunit_suite slab_stress_suite = {
	.name = "slab_stress",
	.init = begin,
	.exit = end,
	.test_cases = slab_stress_cases,
};
kunit_test_suite(slab_stress_suite);

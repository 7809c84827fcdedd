// SPDX-License-Identifier: MIT
/*
 * Objects that are not what they should be.
 *
 * 1. The idea
 * A report answers four questions: which cache, which object, what is wrong with it, and who has
 * to do with it (who allocated it, who freed it, who is calling now). The form is that of Linux's
 * SLUB, line by line, so that what people have learnt to read there they can read here.
 *
 *	=======
 *	BUG kmalloc-64 (Not tainted): Object already free
 *	-------
 *
 *	Allocated in … age=12 cpu=0 pid=0	if somebody watches and knows (mm/debug/slub_track.c)
 *	Slab 0x… objects=62 used=1 flags=…
 *	Object 0x… @offset=576
 *
 *	Redzone  c0a01240: …			what checkers keep before and behind it, if they do
 *	Object   c0a01280: …
 *	 …					the backtrace
 *	FIX kmalloc-64: Object at 0x… not freed
 *
 * 2. What happens to the object
 * Nothing: what was freed wrongly stays what it was. Whose it is cannot be known any more; that
 * its memory is lost can be borne, that two have it cannot.
 *
 * 3. Damaged objects
 * are out of use. Their last owner may not know it, and free his once more, which must not bring it
 * back: so they are remembered, one by one, as far as there is room. slab.c counts them.
 *
 * 4. Locking, contexts
 * Any context but NMI. A lock is taken to remember an object, and no other is held then; and to list
 * what has not come back, so that its slabs stay. Otherwise what is shown of a slab in use may be
 * changing: only the object, its slab's description and its pages are looked at, and they are mapped
 * as long as the page says PG_slab.
 */
#include <linux/ctype.h>
#include <linux/kasan.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <quarry/memory_layout.h>
#include <quarry/slab_errors.h>

#include "slab.h"
#include "slab_report.h"

#define DUMP_ROW	16
#define BYTES_BEFORE	16	/* shown where there is no red zone */

bool (*slab_error_counted)(void);

/* Something was found damaged since boot: what comes later may follow from it. */
static bool tainted;

/* ---- the parts of a report ---- */

static bool is_only_counted(void)
{
	return slab_error_counted && slab_error_counted();
}

bool slab_bug(const struct kmem_cache *cache, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (is_only_counted())
		return false;
	va_start(args, fmt);
	vaf.va = &args;
	pr_err("=============================================================================\n");
	pr_err("BUG %s (%s): %pV\n", cache ? cache->name : "<none>",
	       tainted ? "Tainted: G    B" : "Not tainted", &vaf);
	pr_err("-----------------------------------------------------------------------------\n");
	pr_err("\n");
	va_end(args);
	tainted = true;
	return true;
}

void slab_fix(const struct kmem_cache *cache, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (is_only_counted())
		return;
	va_start(args, fmt);
	vaf.va = &args;
	pr_err("FIX %s: %pV\n", cache ? cache->name : "<none>", &vaf);
	va_end(args);
}

static void dump_row(const char *level, const char *label, const u8 *from, int count)
{
	char text[DUMP_ROW + 1] = "";

	for (int i = 0; i < count; i++)
		text[i] = isprint(from[i]) && from[i] < 0x80 ? from[i] : '.';
	printk("%s%s%px: %*ph%*s  %s\n", level, label, from, count, from,
	       3 * (DUMP_ROW - count), "", text);
}

void slab_dump(const char *level, const char *label, const void *from, size_t size)
{
	kasan_disable_current();	/* red zones, and what was freed */
	for (const void *end = from + size; from < end; from += DUMP_ROW)
		dump_row(level, label, from, min_t(int, end - from, DUMP_ROW));
	kasan_enable_current();
}

static const void *slab_start(const struct kmem_cache *cache, const struct slab *slab)
{
	return (const void *)ALIGN_DOWN((unsigned long)slab->objects,
					PAGE_SIZE << cache->gfporder);
}

long slab_offset(const struct kmem_cache *cache, const void *object)
{
	return object - slab_start(cache, virt_to_page(object)->slab);
}

void slab_report_slab(const struct kmem_cache *cache, const struct page *page)
{
	const struct slab *slab = page->slab;

	pr_err("Slab 0x%px objects=%u used=%u flags=%pGp\n", slab, cache->num,
	       cache->num - slab->nr_free, &page->flags);
}

/* An object begins there, so that what lies around it means something. */
static void dump_slot(const struct kmem_cache *cache, const void *object)
{
	const void *begin = slab_start(cache, virt_to_page(object)->slab);
	bool zones = cache->flags & SLAB_RED_ZONE;
	size_t before = zones ? cache->object_offset : min_t(long, object - begin, BYTES_BEFORE);

	slab_dump(KERN_ERR, zones ? "Redzone  " : "Bytes b4 ", object - before, before);
	slab_dump(KERN_ERR, "Object   ", object, min_t(size_t, cache->object_size, PAGE_SIZE));
	if (zones)
		slab_dump(KERN_ERR, "Redzone  ", object + cache->object_size,
			  cache->inuse - cache->object_offset - cache->object_size);
}

void slab_report_object(struct kmem_cache *cache, const void *object)
{
	if (cache->watched)
		slab_watched_report(cache, (void *)object);
	slab_report_slab(cache, virt_to_page(object));
	pr_err("Object 0x%px @offset=%ld\n", object, slab_offset(cache, object));
	pr_err("\n");
	dump_slot(cache, object);
}

/* ---- mistakes of callers ---- */

/* The slot that @addr lies in, as its object; NULL: in none. @addr lies in a slab of @cache. */
static const void *object_around(struct kmem_cache *cache, const void *addr)
{
	const struct slab *slab = virt_to_page(addr)->slab;
	unsigned int i = slab_index(cache, slab, addr);

	return i < cache->num ? slab_object(cache, slab, i) : NULL;
}

/* The end of each of these reports: nothing was done. */
static void not_freed(const struct kmem_cache *cache, const void *object)
{
	dump_stack();
	slab_fix(cache, "Object at 0x%px not freed", object);
}

void report_double_free(struct kmem_cache *cache, const void *object)
{
	if (!slab_bug(cache, "Object already free"))
		return;
	slab_report_object(cache, object);
	not_freed(cache, object);
}

/* Where it points to instead, if that can be told. */
static void report_place(struct kmem_cache *cache, const void *addr)
{
	const void *object = object_around(cache, addr);
	long inside = addr - object;

	if (!object) {
		pr_err("Pointer 0x%px @offset=%ld: no object lies there\n", addr,
		       slab_offset(cache, addr));
		slab_report_slab(cache, virt_to_page(addr));
		return;
	}
	if (inside < 0)
		pr_err("Pointer 0x%px is %ld bytes before the object\n", addr, -inside);
	else if (inside < cache->object_size)
		pr_err("Pointer 0x%px is %ld bytes into the object\n", addr, inside);
	else
		pr_err("Pointer 0x%px is %ld bytes behind the object's end\n", addr,
		       inside - cache->object_size);
	slab_report_object(cache, object);
}

void report_not_an_object(struct kmem_cache *cache, const void *object)
{
	if (!slab_bug(cache, "Invalid object pointer 0x%px", object))
		return;
	report_place(cache, object);
	not_freed(cache, object);
}

void report_not_slab(const void *object)
{
	char place[160];

	if (!slab_bug(NULL, "Attempt to free object(0x%px) outside of slab", object))
		return;
	pr_err("0x%px: %s\n", object,
	       describe_address((unsigned long)object, place, sizeof(place)));
	not_freed(NULL, object);
}

/* It may also be no object at all. */
void report_wrong_free(struct kmem_cache *cache, const void *object)
{
	struct page *page = slab_page(object);
	struct kmem_cache *real = page ? page->slab_cache : NULL;

	if (!real) {
		report_not_slab(object);
		return;
	}
	if (!slab_bug(cache, "Wrong slab cache. %s but object is from %s", cache->name,
		      real->name))
		return;
	if (object_around(real, object) == object)
		slab_report_object(real, object);
	else
		report_place(real, object);
	not_freed(cache, object);
}

/* ---- damaged objects, which are set aside ---- */

/* Who frees one once more must not get it into its slab again. The first few, that is. */
static const void *aside[64];
static DEFINE_SPINLOCK(aside_lock);

/* Its place among them; NULL: it is not there. */
static const void **find_aside(const void *object)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(aside); i++)
		if (aside[i] == object)
			return &aside[i];
	return NULL;
}

bool is_aside(const void *object)
{
	return find_aside(object);
}

bool remember_aside(const void *object)
{
	unsigned long flags;
	const void **place;
	bool is_new;

	spin_lock_irqsave(&aside_lock, flags);
	is_new = !find_aside(object);
	place = is_new ? find_aside(NULL) : NULL;
	if (place)
		*place = object;
	spin_unlock_irqrestore(&aside_lock, flags);
	return is_new;
}

void forget_aside(const struct kmem_cache *cache, const struct slab *slab)
{
	unsigned long flags;

	spin_lock_irqsave(&aside_lock, flags);
	for (unsigned int i = 0; i < cache->num; i++) {
		const void **place = find_aside(slab_object(cache, slab, i));

		if (place)
			*place = NULL;
	}
	spin_unlock_irqrestore(&aside_lock, flags);
}

/* ---- a cache ends, and not all has come back ---- */

#define LISTED_MAX	32U

/*
 * One slab's, as far as *@listed allows; returns how many there are. What is set aside cannot be
 * told from what is in use.
 */
static unsigned long list_objects(struct kmem_cache *cache, const struct slab *slab,
				  unsigned int *listed)
{
	unsigned long out = cache->num - slab->nr_free - slab->nr_aside;

	if (!out)
		return 0;
	slab_report_slab(cache, virt_to_page(slab->objects));
	for (unsigned int i = 0; i < cache->num && *listed < LISTED_MAX; i++) {
		void *object = slab_object(cache, slab, i);

		if (slab_object_is_free(slab, i))
			continue;
		++*listed;
		pr_err("Object 0x%px @offset=%ld\n", object, slab_offset(cache, object));
		if (cache->watched)
			slab_watched_report(cache, object);
	}
	return out;
}

void report_objects_left(struct kmem_cache *cache)
{
	unsigned int listed = 0;
	unsigned long flags, out = 0;
	struct slab *slab;

	if (!slab_bug(cache, "Objects remaining in %s on __kmem_cache_shutdown()", cache->name))
		return;
	spin_lock_irqsave(&cache->lock, flags);
	list_for_each_entry(slab, &cache->full, list)
		out += list_objects(cache, slab, &listed);
	list_for_each_entry(slab, &cache->partial, list)
		out += list_objects(cache, slab, &listed);
	spin_unlock_irqrestore(&cache->lock, flags);
	if (out > listed)
		pr_err("and %lu more\n", out - listed);
	dump_stack();
	slab_fix(cache, "the cache stays; %lu objects have not been freed", out);
}

/* ---- what is this? ---- */

bool kmem_valid_obj(void *object)
{
	return slab_page(object);
}

/* The rest of a line that the caller has begun, as in Linux. */
bool kmem_dump_obj(void *object)
{
	struct page *page = slab_page(object);
	struct kmem_cache *cache;
	const void *start;

	if (!page)
		return false;
	cache = page->slab_cache;
	start = object_around(cache, object);
	if (!start) {
		pr_cont(" slab %s, between its objects\n", cache->name);
		return true;
	}
	pr_cont(" slab %s start %px data offset %u pointer offset %ld size %u\n", cache->name,
		start, cache->object_offset, (long)(object - start), cache->object_size);
	if (cache->watched)
		slab_watched_report(cache, (void *)start);
	return true;
}

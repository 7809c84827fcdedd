// SPDX-License-Identifier: MIT
/*
 * Do the groups' counters say what pages and objects say? The equations are those in
 * <linux/memcontrol.h>. They hold while nobody is between charging and writing down who owes.
 */
#include <linux/kernel.h>

#include "../internal.h"
#include "../memcg.h"
#include "checkers.h"

/* What points to one obj_cgroup (@of), or to any (NULL). */
struct debts {
	const struct obj_cgroup *of;
	unsigned long pages, objects, bytes;
	struct complaints *complaints;
};

static void check_flag(struct debts *debts, const struct page *page)
{
	const struct page *head = block_head(page);

	if (!head || page_state(head) != PAGE_ALLOCATED || !PageMemcgKmem(head))
		add_complaint(debts->complaints, "frame %#lx is charged, but its block does not say so",
			      page_to_pfn(page));
}

static void add_debt(struct page *page, int index, struct obj_cgroup *objcg, void *arg)
{
	struct debts *debts = arg;

	if (debts->of && debts->of != objcg)
		return;
	if (!debts->of)
		check_flag(debts, page);
	if (index < 0) {
		debts->pages++;
		return;
	}
	debts->objects++;
	debts->bytes += obj_full_size(page->slab_cache);
}

/* What its group was charged for it, in pages. */
static unsigned long check_objcg(struct complaints *complaints, struct mem_cgroup *memcg,
				 struct obj_cgroup *objcg, struct debts *all)
{
	struct debts debts = { .of = objcg, .complaints = complaints };
	unsigned long change = atomic_read(&objcg->nr_charged_bytes), refs;
	unsigned long said = atomic_read(&objcg->object_bytes[0]) +
			     atomic_read(&objcg->object_bytes[1]);

	owners_walk(add_debt, &debts);
	refs = debts.pages + debts.objects + (memcg->objcg == objcg);
	if (objcg->memcg != memcg)
		add_complaint(complaints, "group %s has an account of another's", memcg->name);
	if (refcount_read(&objcg->refcnt) != refs)
		add_complaint(complaints, "group %s: an account has %u references instead of %lu",
			      memcg->name, refcount_read(&objcg->refcnt), refs);
	if (said != debts.bytes)
		add_complaint(complaints, "group %s: %lu bytes of objects said, %lu found",
			      memcg->name, said, debts.bytes);
	if (change >= PAGE_SIZE || (debts.bytes + change) % PAGE_SIZE)
		add_complaint(complaints, "group %s: %lu bytes of objects and %lu of change are no pages",
			      memcg->name, debts.bytes, change);
	all->pages += debts.pages;
	all->objects += debts.objects;
	return debts.pages + (debts.bytes + change) / PAGE_SIZE;
}

static unsigned long children_usage(struct mem_cgroup *parent)
{
	unsigned long usage = 0;
	struct mem_cgroup *memcg;

	list_for_each_entry(memcg, &root_mem_cgroup->list, list)
		if (memcg->parent == parent)
			usage += page_counter_read(&memcg->memory);
	return usage;
}

static void check_group(struct complaints *complaints, struct mem_cgroup *memcg, struct debts *all)
{
	unsigned long owed = children_usage(memcg), usage = page_counter_read(&memcg->memory);
	struct obj_cgroup *objcg;

	list_for_each_entry(objcg, &memcg->objcg_list, list)
		owed += check_objcg(complaints, memcg, objcg, all);
	if (usage != owed)
		add_complaint(complaints, "group %s has %lu pages charged, but %lu are owed",
			      memcg->name, usage, owed);
	if (memcg->memory.watermark < usage)
		add_complaint(complaints, "group %s: the peak, %lu, is less than the usage, %lu",
			      memcg->name, memcg->memory.watermark, usage);
}

bool memcg_validate(void)
{
	struct complaints complaints = { .of = "memcg" };
	struct debts by_group = { .of = NULL }, all = { .complaints = &complaints };
	struct mem_cgroup *memcg;
	unsigned long flags;

	spin_lock_irqsave(&memcg_lock, flags);
	check_group(&complaints, root_mem_cgroup, &by_group);
	list_for_each_entry(memcg, &root_mem_cgroup->list, list)
		check_group(&complaints, memcg, &by_group);
	owners_walk(add_debt, &all);
	spin_unlock_irqrestore(&memcg_lock, flags);
	if (all.pages != by_group.pages || all.objects != by_group.objects)
		add_complaint(&complaints, "%lu pages and %lu objects are owed, %lu and %lu to groups",
			      all.pages, all.objects, by_group.pages, by_group.objects);
	return no_complaints(&complaints);
}

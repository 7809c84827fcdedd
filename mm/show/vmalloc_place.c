// SPDX-License-Identifier: MIT
/*
 * What lies at an address of the vmalloc range, in words: for fault reports and for `pt`. Each text
 * goes on a sentence like "The address lies in …".
 *
 * It is asked in the middle of faults. If vmap_lock is free it is taken; if not, then whoever holds
 * it is what the fault has interrupted, and stands still: there is one CPU. The tree is looked at
 * all the same, as far as it can be followed: it may be in the middle of a change, or damaged, and
 * that may be why there is a fault. So this is a walk of its own, which trusts no link and ends
 * after so many steps.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <quarry/memory_layout.h>

#include "../hooks.h"
#include "../vmalloc.h"
#include "show.h"

struct neighbours {
	bool any, adjacent;		/* @area, @next are there */
	struct vm_struct area;		/* the address is in it or below it */
	struct vm_struct next;		/* begins where @area ends */
};

#define STEPS_MAX	64		/* down the tree; a good one has 40 levels */

bool can_be_read(const void *p)
{
	return virt_addr_valid(p) && is_direct_mapped(virt_to_pfn(p));
}

/* Descriptions lie in pages of low memory; the one of the range's end in the image, which is that. */
static bool can_be_area(const struct vm_struct *area)
{
	return IS_ALIGNED((unsigned long)area, sizeof(long)) && can_be_read(area) &&
	       can_be_read((const char *)(area + 1) - 1);
}

/* The lowest area that ends above @addr, as far as the way to it is good; or NULL. */
static const struct vm_struct *find(unsigned long addr)
{
	const struct rb_node *node = READ_ONCE(vmap_area_tree()->rb_node);
	const struct vm_struct *area, *found = NULL;

	for (unsigned int steps = 0; node && steps < STEPS_MAX; steps++) {
		area = rb_entry(node, struct vm_struct, rb_node);
		if (!can_be_area(area))
			break;
		if (vmap_area_end(area) > addr) {
			found = area;
			node = READ_ONCE(node->rb_left);
		} else {
			node = READ_ONCE(node->rb_right);
		}
	}
	return found;
}

static void look(unsigned long addr, struct neighbours *n)
{
	const struct vm_struct *area, *next;
	unsigned long flags;
	bool locked;

	local_irq_save(flags);
	locked = spin_trylock(&vmap_lock);
	area = find(addr);
	n->any = area && addr >= (unsigned long)area->addr;
	next = n->any ? find(vmap_area_end(area)) : NULL;
	if (n->any)
		n->area = *area;
	n->adjacent = next && next->size && (unsigned long)next->addr == vmap_area_end(area);
	if (n->adjacent)
		n->next = *next;
	if (locked)
		spin_unlock(&vmap_lock);
	local_irq_restore(flags);
}

/* "8192-byte vmalloc area 0xf8800000" */
static int print_name(char *buf, size_t size, const struct vm_struct *area)
{
	return scnprintf(buf, size, "%s%zu-byte %s area 0x%px",
			 area->flags & VM_LAZY ? "freed " : "", get_vm_area_size(area),
			 vmap_area_kind(area), area->addr);
}

static int print_caller(char *buf, size_t size, const struct vm_struct *area)
{
	return area->caller ? scnprintf(buf, size, ", allocated by %pS", area->caller) : 0;
}

static bool recall(unsigned long addr, char *buf, size_t size)
{
	const struct vmalloc_observer *o;

	for (o = vmalloc_watchers; o; o = o->next)
		if (o->recall && o->recall(addr, buf, size))
			return true;
	return false;
}

static void describe_inside(unsigned long addr, const struct vm_struct *area, char *buf,
			    size_t size)
{
	int n = scnprintf(buf, size, "byte %lu of the ", addr - (unsigned long)area->addr);

	n += print_name(buf + n, size - n, area);
	print_caller(buf + n, size - n, area);
}

/* Hit from below by who ran over the end; or from above, where a stack or an index began. */
static void describe_guard(unsigned long addr, const struct neighbours *near, char *buf,
			   size_t size)
{
	const struct vm_struct *area = &near->area, *next = &near->next;
	unsigned long end = (unsigned long)area->addr + get_vm_area_size(area);
	int n = scnprintf(buf, size, "the guard page of the ");

	n += print_name(buf + n, size - n, area);
	n += scnprintf(buf + n, size - n, ", %lu bytes behind its end", addr - end);
	n += print_caller(buf + n, size - n, area);
	if (!near->adjacent)
		return;
	n += scnprintf(buf + n, size - n, "; %lu bytes below the area 0x%px",
		       (unsigned long)next->addr - addr, next->addr);
	print_caller(buf + n, size - n, next);
}

/* An address that an area has, or had. */
static enum address_place describe_vmalloc(unsigned long addr, char *buf, size_t size)
{
	const struct vm_struct *area;
	struct neighbours near;

	if (!is_vmalloc_addr((void *)addr))
		return PLACE_UNKNOWN;
	look(addr, &near);
	area = near.any ? &near.area : NULL;
	if (area && addr - (unsigned long)area->addr >= get_vm_area_size(area)) {
		describe_guard(addr, &near, buf, size);
		return PLACE_GUARD;
	}
	if ((!area || (area->flags & VM_LAZY)) && recall(addr, buf, size))
		return PLACE_KNOWN;
	if (area)
		describe_inside(addr, area, buf, size);
	else
		scnprintf(buf, size, "the vmalloc area, where nothing is allocated");
	return PLACE_KNOWN;
}
ADDRESS_DESCRIBER(describe_vmalloc);

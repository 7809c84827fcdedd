// SPDX-License-Identifier: MIT
/* The tree of address ranges behind /proc/iomem; <linux/ioport.h> says what holds in it. */
#include <asm/page.h>
#include <linux/errno.h>
#include <linux/ioport.h>

struct resource iomem_resource = {
	.name	= "PCI mem",		/* Linux's name for it; never shown */
	.start	= 0,
	.end	= MAX_PHYS_ADDR - 1,
	.flags	= IORESOURCE_MEM,
};

/* The link that points, or would point, at the first child of @parent ending at or above @addr. */
static struct resource **child_slot(struct resource *parent, resource_size_t addr)
{
	struct resource **slot = &parent->child;

	while (*slot && (*slot)->end < addr)
		slot = &(*slot)->sibling;
	return slot;
}

struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource **slot;

	if (new->start > new->end || new->start < root->start || new->end > root->end)
		return root;
	slot = child_slot(root, new->start);
	if (*slot && (*slot)->start <= new->end)
		return *slot;
	new->parent = root;
	new->sibling = *slot;
	*slot = new;
	return NULL;
}

int request_resource(struct resource *root, struct resource *new)
{
	return request_resource_conflict(root, new) ? -EBUSY : 0;
}

static bool covers(const struct resource *outer, const struct resource *inner)
{
	return outer->start <= inner->start && inner->end <= outer->end;
}

/*
 * Make @new a child of @parent, and those children of @parent that lie inside @new children of
 * @new. Returns the child that is only partly inside, or NULL.
 */
static struct resource *adopt_children(struct resource *parent, struct resource *new)
{
	struct resource **slot = child_slot(parent, new->start), *first = *slot, *last = NULL, *child;

	for (child = first; child && child->start <= new->end; child = child->sibling) {
		if (!covers(new, child))
			return child;
		last = child;
	}
	for (child = first; child != last->sibling; child = child->sibling)
		child->parent = new;
	new->parent = parent;
	new->child = first;
	new->sibling = last->sibling;
	last->sibling = NULL;
	*slot = new;
	return NULL;
}

struct resource *insert_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource *parent = root, *conflict;

	/* Go down as long as one child holds all of @new, and more. */
	while ((conflict = request_resource_conflict(parent, new)) != NULL) {
		if (conflict == parent)
			return conflict;
		if (!covers(conflict, new) || covers(new, conflict))
			return adopt_children(parent, new);
		parent = conflict;
	}
	return NULL;
}

int insert_resource(struct resource *root, struct resource *new)
{
	return insert_resource_conflict(root, new) ? -EBUSY : 0;
}

int release_resource(struct resource *old)
{
	struct resource **slot;

	if (!old->parent)
		return -EINVAL;
	for (slot = &old->parent->child; *slot; slot = &(*slot)->sibling) {
		if (*slot == old) {
			*slot = old->sibling;
			old->parent = NULL;
			old->sibling = NULL;
			return 0;
		}
	}
	return -EINVAL;
}

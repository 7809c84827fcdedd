/* SPDX-License-Identifier: MIT */
/*
 * Who answers at which address: a tree of ranges, as Linux keeps it and /proc/iomem shows it. A
 * child lies wholly inside its parent; siblings are sorted and do not overlap. The tree never
 * allocates: whoever adds a resource keeps the struct for as long as it is in the tree.
 */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
	resource_size_t start;
	resource_size_t end;		/* the last byte, not the one behind it */
	const char *name;
	unsigned long flags;
	unsigned long desc;
	struct resource *parent, *sibling, *child;
};

#define IORESOURCE_TYPE_BITS	0x00001f00
#define IORESOURCE_IO		0x00000100
#define IORESOURCE_MEM		0x00000200
#define IORESOURCE_IRQ		0x00000400
#define IORESOURCE_DMA		0x00000800
#define IORESOURCE_BUS		0x00001000
#define IORESOURCE_PREFETCH	0x00002000
#define IORESOURCE_READONLY	0x00004000
#define IORESOURCE_MEM_64	0x00100000
#define IORESOURCE_WINDOW	0x00200000
#define IORESOURCE_SYSRAM	0x01000000
#define IORESOURCE_EXCLUSIVE	0x08000000
#define IORESOURCE_DISABLED	0x10000000
#define IORESOURCE_UNSET	0x20000000
#define IORESOURCE_BUSY		0x80000000

#define IORESOURCE_SYSTEM_RAM	(IORESOURCE_MEM | IORESOURCE_SYSRAM)

#define DEFINE_RES_NAMED(_start, _size, _name, _flags) \
	(struct resource) { \
		.start = (_start), .end = (_start) + (_size) - 1, .name = (_name), .flags = (_flags), \
	}
#define DEFINE_RES_MEM_NAMED(_start, _size, _name) \
	DEFINE_RES_NAMED((_start), (_size), (_name), IORESOURCE_MEM)
#define DEFINE_RES_MEM(_start, _size)	DEFINE_RES_MEM_NAMED((_start), (_size), NULL)

/* All physical addresses. */
extern struct resource iomem_resource;

/*
 * Put @new below @root as a direct child. 0, or -EBUSY when part of the range is taken by another
 * child or lies outside @root. _conflict: the resource that is in the way, or NULL.
 */
int request_resource(struct resource *root, struct resource *new);
struct resource *request_resource_conflict(struct resource *root, struct resource *new);

/*
 * Put @new where it fits in the tree below @root: into the smallest resource that contains it,
 * and around those that it contains. Of two equal ranges the one inserted later is the parent.
 * 0, or -EBUSY when a resource overlaps it in part.
 */
int insert_resource(struct resource *root, struct resource *new);
struct resource *insert_resource_conflict(struct resource *root, struct resource *new);

/* Take @old, with everything below it, out of the tree. 0, or -EINVAL when it is not in one. */
int release_resource(struct resource *old);

static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

/* Whether @inner lies wholly inside @outer. */
static inline bool resource_contains(const struct resource *outer, const struct resource *inner)
{
	return resource_type(outer) == resource_type(inner) &&
	       outer->start <= inner->start && inner->end <= outer->end;
}

static inline bool resource_overlaps(const struct resource *a, const struct resource *b)
{
	return a->start <= b->end && b->start <= a->end;
}

#endif /* _LINUX_IOPORT_H */

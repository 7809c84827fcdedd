/* SPDX-License-Identifier: MIT */
/*
 * A device, as far as memory can belong to it: what a driver has got by devm_*() goes when the
 * device does ("managed resources"). There is no tree of devices.
 */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/types.h>

struct device {
	const char *init_name;
	struct list_head devres_head;	/* the latest first */
	void *driver_data;
};

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

/* A device of nobody's, with memory of its own. ERR_PTR(-ENOMEM). Process context. */
struct device *root_device_register(const char *name);
/* It ends, and all that belongs to it is freed. */
void root_device_unregister(struct device *dev);
#define device_unregister(dev)	root_device_unregister(dev)

/* As kmalloc(). Freed with @dev, or before by devm_kfree(). NULL: no memory, or too much. */
void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp) __alloc_size(2);
/* What does not belong to @dev is reported. NULL is nothing. */
void devm_kfree(struct device *dev, const void *p);

static inline __alloc_size(2) void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return devm_kmalloc(dev, size, gfp | __GFP_ZERO);
}

static inline __alloc_size(2, 3) void *devm_kmalloc_array(struct device *dev, size_t n, size_t size,
							  gfp_t flags)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : devm_kmalloc(dev, bytes, flags);
}

static inline __alloc_size(2, 3) void *devm_kcalloc(struct device *dev, size_t n, size_t size,
						    gfp_t flags)
{
	return devm_kmalloc_array(dev, n, size, flags | __GFP_ZERO);
}

#endif /* _LINUX_DEVICE_H */

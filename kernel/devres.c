// SPDX-License-Identifier: MIT
/*
 * Memory that belongs to a device: in front of what a driver sees stands a place on the device's
 * list. The head has the size of kmalloc()'s least alignment, so what follows it is aligned.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>

struct devres {
	struct list_head entry;
	u8 data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	size_t bytes = struct_size((struct devres *)NULL, data, size);
	struct devres *res;

	if (!size)
		return ZERO_SIZE_PTR;
	res = bytes == SIZE_MAX ? NULL : kmalloc(bytes, gfp);
	if (!res)
		return NULL;
	list_add(&res->entry, &dev->devres_head);
	return res->data;
}

void devm_kfree(struct device *dev, const void *p)
{
	struct devres *res;

	if (ZERO_OR_NULL_PTR(p))
		return;
	list_for_each_entry(res, &dev->devres_head, entry) {
		if (res->data == p) {
			list_del(&res->entry);
			kfree(res);
			return;
		}
	}
	WARN(1, "%s: %px does not belong to it\n", dev_name(dev), p);
}

struct device *root_device_register(const char *name)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->init_name = name;
	INIT_LIST_HEAD(&dev->devres_head);
	return dev;
}

void root_device_unregister(struct device *dev)
{
	struct devres *res, *next;

	list_for_each_entry_safe(res, next, &dev->devres_head, entry)
		kfree(res);
	kfree(dev);
}

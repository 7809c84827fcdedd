// SPDX-License-Identifier: MIT
/*
 * scullc: memory as a device (LDD3 chapter 8, "A scull Based on the Slab Caches: scullc"). What is
 * written to it stays until it is opened for writing only, or unloaded; it grows as far as memory
 * goes.
 *
 *	the device ── set 0 ── set 1 ── …
 *	                │ data[0 … scullc_qset - 1], each NULL or a quantum: scullc_quantum bytes
 *
 * Byte b is in quantum b / scullc_quantum, and that in set (b / scullc_quantum) / scullc_qset. What
 * has been skipped has no quantum. Quanta are all of one size, which is what a slab cache is for:
 * they lie side by side, where kmalloc() would round each up to its class. The size can be chosen
 * when the module is loaded, not later: it would take another cache.
 *
 * Quanta are copied from and to user memory, so their cache must allow that as a whole
 * (kmem_cache_create_usercopy()): kmem_cache_create(), which the book uses, forbids it today.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <quarry/proc.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("memory as a device, in quanta from a slab cache");

static int scullc_quantum = 4000;
module_param(scullc_quantum, int, 0444);
MODULE_PARM_DESC(scullc_quantum, "bytes in a quantum");

static int scullc_qset = 500;
module_param(scullc_qset, int, 0444);
MODULE_PARM_DESC(scullc_qset, "quanta in a set");

struct scullc_set {
	struct scullc_set *next;
	void *data[];			/* scullc_qset of them */
};

static struct {
	struct scullc_set *sets;
	size_t size;
} scullc_device;

static struct kmem_cache *scullc_cache;	/* one for all quanta */

/* ---- quanta ---- */

static void free_set(struct scullc_set *set)
{
	for (int i = 0; i < scullc_qset; i++)
		if (set->data[i])
			kmem_cache_free(scullc_cache, set->data[i]);
	kfree(set);
}

static void scullc_trim(void)
{
	struct scullc_set *set, *next;

	for (set = scullc_device.sets; set; set = next) {
		next = set->next;
		free_set(set);
	}
	scullc_device.sets = NULL;
	scullc_device.size = 0;
}

/* Where the @number-th set is linked; those before it are made if need be. NULL: no memory. */
static struct scullc_set *find_set(unsigned int number, bool make)
{
	struct scullc_set **link = &scullc_device.sets;

	for (;; link = &(*link)->next) {
		if (!*link && make)
			*link = kzalloc(struct_size(*link, data, scullc_qset), GFP_KERNEL);
		if (!*link || number-- == 0)
			return *link;
	}
}

/*
 * The byte at @pos, and how many of its quantum follow, itself included; NULL: there is no quantum
 * and none is to be made, or no memory.
 */
static void *find_byte(loff_t pos, bool make, size_t *rest)
{
	u32 offset, index;
	u64 quantum = div_u64_rem(pos, scullc_quantum, &offset);
	struct scullc_set *set = find_set(div_u64_rem(quantum, scullc_qset, &index), make);

	*rest = scullc_quantum - offset;
	if (!set)
		return NULL;
	if (!set->data[index] && make)
		set->data[index] = kmem_cache_zalloc(scullc_cache, GFP_KERNEL);
	return set->data[index] ? set->data[index] + offset : NULL;
}

/* ---- the file ---- */

static int scullc_open(struct inode *inode, struct file *file)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	if ((file->f_flags & O_ACCMODE) == O_WRONLY)
		scullc_trim();
	return 0;
}

static int scullc_release(struct inode *inode, struct file *file)
{
	module_put(THIS_MODULE);
	return 0;
}

/* At most to the end of the quantum; what was skipped in writing ends it, too. */
static ssize_t scullc_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	size_t rest;
	void *from;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= scullc_device.size)
		return 0;
	from = find_byte(*pos, false, &rest);
	if (!from)
		return 0;
	count = min3(count, rest, (size_t)(scullc_device.size - *pos));
	if (copy_to_user(buf, from, count))
		return -EFAULT;
	*pos += count;
	return count;
}

static ssize_t scullc_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	size_t rest;
	void *to;

	if (*pos < 0)
		return -EINVAL;
	if (*pos > INT_MAX)
		return -EFBIG;
	to = find_byte(*pos, true, &rest);
	if (!to)
		return -ENOMEM;
	count = min(count, rest);
	if (copy_from_user(to, buf, count))
		return -EFAULT;
	*pos += count;
	scullc_device.size = max(scullc_device.size, (size_t)*pos);
	return count;
}

extern const struct file_operations scullc_fops;	/* for its test */
const struct file_operations scullc_fops = {
	.owner = THIS_MODULE,
	.open = scullc_open,
	.release = scullc_release,
	.read = scullc_read,
	.write = scullc_write,
};

/* ---- for the hand: cat /proc/driver/scullc, echo WORDS > /proc/driver/scullc ---- */

static int scullc_show(struct seq_file *m, void *v)
{
	char buf[64];
	mm_segment_t before = get_fs();
	loff_t pos = 0;
	ssize_t n;

	if (!scullc_cache)
		return -ENODEV;
	set_fs(KERNEL_DS);
	while ((n = scullc_read(NULL, buf, sizeof(buf), &pos)) > 0)
		seq_write(m, buf, n);
	set_fs(before);
	return n;
}

static ssize_t append(const char *text, size_t length)
{
	loff_t pos = scullc_device.size;
	ssize_t n = 0;

	for (; length && n >= 0; text += n, length -= n) {
		n = scullc_write(NULL, text, length, &pos);
		if (n < 0)
			return n;
	}
	return 0;
}

static int scullc_store(const char *value)
{
	mm_segment_t before = get_fs();
	int error;

	if (!scullc_cache)
		return -ENODEV;
	set_fs(KERNEL_DS);
	error = append(value, strlen(value)) ?: append("\n", 1);
	set_fs(before);
	return error;
}
PROC_FILE(scullc, "driver/scullc", scullc_show, scullc_store);

/* ---- coming and going ---- */

static int __init scullc_init(void)
{
	if (scullc_quantum <= 0 || scullc_qset <= 0)
		return -EINVAL;
	scullc_cache = kmem_cache_create_usercopy("scullc", scullc_quantum, 0, SLAB_HWCACHE_ALIGN,
						  0, scullc_quantum, NULL);
	return scullc_cache ? 0 : -ENOMEM;
}

static void __exit scullc_exit(void)
{
	scullc_trim();
	kmem_cache_destroy(scullc_cache);
}

module_init(scullc_init);
module_exit(scullc_exit);

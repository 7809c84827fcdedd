// SPDX-License-Identifier: MIT
/*
 * The stack depot: see <linux/stackdepot.h>. Its records lie one behind the other and never move;
 * a handle is a record's place in units of 16 bytes, so that 16 bits reach over 1 MiB. A table of
 * chains, picked by a hash of the addresses, finds a backtrace that is there already.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <linux/string.h>

#define UNIT		16
#define HANDLES		0x10000		/* 0 is none */
#define BYTES_A_BUCKET	64		/* about one record: chains have one or two links */

struct record {
	u32 hash;
	u16 next;		/* in the same bucket; 0: the last */
	u16 nr_entries;
	u32 count;		/* stack_depot_count() */
	unsigned long entries[];
};

struct stack_depot stack_depot;
static DEFINE_SPINLOCK(depot_lock);

static struct record *record_at(depot_stack_handle_t handle)
{
	return (struct record *)((char *)stack_depot.records + handle * UNIT);
}

/* NULL for 0 and for numbers that lie behind the last record. */
static struct record *find_record(depot_stack_handle_t handle)
{
	return handle && handle < stack_depot.used ? record_at(handle) : NULL;
}

static u32 units(unsigned int nr_entries)
{
	return DIV_ROUND_UP(sizeof(struct record) + nr_entries * sizeof(unsigned long), UNIT);
}

/* ---- storage ---- */

void stack_depot_use(void *storage, size_t size)
{
	u32 nr_buckets = rounddown_pow_of_two(size / BYTES_A_BUCKET);
	size_t table = ALIGN(nr_buckets * sizeof(u16), UNIT);

	stack_depot = (struct stack_depot){
		.buckets = storage,
		.records = (char *)storage + table,
		.nr_buckets = nr_buckets,
		.size = min_t(size_t, (size - table) / UNIT, HANDLES),
		.used = 1,
	};
}

/* A 64th of RAM; enough for all suites on the least of machines; no more than handles can name. */
int __init stack_depot_init(void)
{
	size_t size = clamp_t(phys_addr_t, memblock_phys_mem_size() / 64, 128 * SZ_1K, SZ_1M);
	void *storage;

	if (stack_depot.records)
		return 0;
	storage = memblock_alloc(size, UNIT);
	if (!storage)
		return -ENOMEM;
	stack_depot_use(storage, size);
	return 0;
}

/* ---- saving ---- */

static u32 hash_entries(const unsigned long *entries, unsigned int nr_entries)
{
	u32 hash = nr_entries;

	while (nr_entries--)
		hash = rol32(__hash_32(hash ^ *entries++), 15);
	return hash;
}

static depot_stack_handle_t find_stack(const unsigned long *entries, unsigned int nr_entries,
				       u32 hash)
{
	depot_stack_handle_t handle = stack_depot.buckets[hash & (stack_depot.nr_buckets - 1)];

	for (; handle; handle = record_at(handle)->next) {
		struct record *record = record_at(handle);

		if (record->hash == hash && record->nr_entries == nr_entries &&
		    !memcmp(record->entries, entries, nr_entries * sizeof(*entries)))
			break;
	}
	return handle;
}

static depot_stack_handle_t add_stack(const unsigned long *entries, unsigned int nr_entries,
				      u32 hash)
{
	u16 *bucket = &stack_depot.buckets[hash & (stack_depot.nr_buckets - 1)];
	depot_stack_handle_t handle = stack_depot.used;
	struct record *record = record_at(handle);

	if (units(nr_entries) > stack_depot.size - stack_depot.used) {
		stack_depot.nr_lost++;
		return 0;
	}
	stack_depot.used += units(nr_entries);
	stack_depot.nr_stacks++;
	record->hash = hash;
	record->next = *bucket;
	record->nr_entries = nr_entries;
	memcpy(record->entries, entries, nr_entries * sizeof(*entries));
	*bucket = handle;
	return handle;
}

depot_stack_handle_t stack_depot_save(unsigned long *entries, unsigned int nr_entries,
				      gfp_t gfp_flags)
{
	depot_stack_handle_t handle;
	unsigned long flags;
	u32 hash;

	if (!nr_entries || !stack_depot.records)
		return 0;
	nr_entries = min(nr_entries, (unsigned int)STACK_DEPOT_MAX_ENTRIES);
	hash = hash_entries(entries, nr_entries);
	spin_lock_irqsave(&depot_lock, flags);
	handle = find_stack(entries, nr_entries, hash);
	if (!handle)
		handle = add_stack(entries, nr_entries, hash);
	spin_unlock_irqrestore(&depot_lock, flags);
	return handle;
}

/* ---- reading ---- */

unsigned int stack_depot_fetch(depot_stack_handle_t handle, unsigned long **entries)
{
	struct record *record = find_record(handle);

	*entries = record ? record->entries : NULL;
	return record ? record->nr_entries : 0;
}

u32 *stack_depot_count(depot_stack_handle_t handle)
{
	struct record *record = find_record(handle);

	return record ? &record->count : NULL;
}

depot_stack_handle_t stack_depot_next(depot_stack_handle_t handle)
{
	handle = handle ? handle + units(record_at(handle)->nr_entries) : 1;
	return find_record(handle) ? handle : 0;
}

void stack_depot_print(depot_stack_handle_t handle)
{
	unsigned long *entries;
	unsigned int i, n = stack_depot_fetch(handle, &entries);

	for (i = 0; i < n; i++)
		pr_info(" %pB\n", (void *)entries[i]);
}

int stack_depot_snprint(depot_stack_handle_t handle, char *buf, size_t size, int spaces)
{
	unsigned long *entries;
	unsigned int i, n = stack_depot_fetch(handle, &entries);
	int length = 0;

	for (i = 0; i < n; i++)
		length += scnprintf(buf + length, size - length, "%*s%pB\n", spaces, "",
				    (void *)entries[i]);
	return length;
}

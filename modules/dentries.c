// SPDX-License-Identifier: MIT
/*
 * dentries: a cache of names, as LKD tells of Linux's (chapter 13, "The Dentry Object"; chapter 12 has
 * its objects' slabs). Which file a path like /usr/bin/vi means is found out name by name, each in the
 * directory before it, and each time the disk would have to be asked. So what was found is kept.
 *
 *	used	somebody holds it, or a name below it is cached	d_count > 0
 *	unused	nobody does: it is kept because it may be wanted again, and is on the LRU list
 *
 * Unused names are worth having as long as there is memory, and no longer: dentries_shrinker gives them
 * back when it is short, those first that have been unused for longest. So the cache needs no limit. A
 * directory goes only after the names in it.
 *
 *	dentries_lock	the hash table, the list, and all counts; short
 *	fs_lock		the file system's own: taken to ask the disk. It may be held while memory is
 *			allocated, and the shrinker wants it: so such requests are GFP_NOFS, and for
 *			them the shrinker does nothing (SHRINK_STOP). It would wait for its own caller.
 *
 * (Linux's "negative" dentries, names that are known not to exist, are not here: our disk has all names.)
 *
 *	quarry> insmod dentries names=4000
 *	quarry> cat /proc/fs/dentries
 *	quarry> echo /usr/bin/vi > /proc/fs/dentries
 */
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/stringhash.h>
#include <quarry/proc.h>

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("a cache of names that gives memory back when it is short");

static unsigned int names;
module_param(names, uint, 0444);
MODULE_PARM_DESC(names, "so many are looked up when it is loaded, in directories of a hundred");

#define HASH_BITS	9
#define NAME_MAX	36

struct dentry {
	struct hlist_node d_hash;
	struct list_head d_lru;		/* on the list while d_count is 0 */
	struct dentry *d_parent;	/* held; NULL: the root */
	unsigned int d_count;
	u32 d_name_hash;
	char d_name[NAME_MAX];
};

static struct dentry root = { .d_count = 1, .d_name = "/" };

static struct kmem_cache *dentries_cache;
static struct hlist_head *hash_table;
static LIST_HEAD(lru);			/* the latest first */
static unsigned long nr_dentries, nr_unused, nr_hits, nr_misses, nr_shrunk;
static DEFINE_SPINLOCK(dentries_lock);
static DEFINE_MUTEX(fs_lock);

/* ---- finding: dentries_lock is taken ---- */

static u32 hash_of(const struct dentry *parent, const char *name, unsigned int length)
{
	return full_name_hash(parent, name, length);
}

static struct hlist_head *bucket(u32 hash)
{
	return &hash_table[hash_32(hash, HASH_BITS)];
}

static struct dentry *find(const struct dentry *parent, const char *name, unsigned int length)
{
	u32 hash = hash_of(parent, name, length);
	struct dentry *dentry;

	hlist_for_each_entry(dentry, bucket(hash), d_hash)
		if (dentry->d_name_hash == hash && dentry->d_parent == parent &&
		    !strncmp(dentry->d_name, name, length) && !dentry->d_name[length])
			return dentry;
	return NULL;
}

static void get(struct dentry *dentry)
{
	if (!dentry->d_count++) {
		list_del_init(&dentry->d_lru);
		nr_unused--;
	}
}

static void put(struct dentry *dentry)
{
	if (!--dentry->d_count) {
		list_add(&dentry->d_lru, &lru);
		nr_unused++;
	}
}

/* ---- making ---- */

/* It is the caller's, and in the cache unless another one of that name came first. */
static struct dentry *insert(struct dentry *new)
{
	struct dentry *parent = new->d_parent, *there;

	spin_lock(&dentries_lock);
	there = find(parent, new->d_name, strlen(new->d_name));
	if (there) {
		get(there);
	} else {
		hlist_add_head(&new->d_hash, bucket(new->d_name_hash));
		parent->d_count++;		/* our caller holds it: it is on no list */
		nr_dentries++;
	}
	spin_unlock(&dentries_lock);
	return there ? there : new;
}

/* Ask the disk. The directory must not change meanwhile. */
static struct dentry *read_from_disk(struct dentry *parent, const char *name, unsigned int length)
{
	struct dentry *new, *dentry = NULL;

	mutex_lock(&fs_lock);
	new = kmem_cache_zalloc(dentries_cache, GFP_NOFS);	/* GFP_KERNEL would come back to fs_lock */
	if (new) {
		new->d_parent = parent;
		new->d_count = 1;
		new->d_name_hash = hash_of(parent, name, length);
		memcpy(new->d_name, name, length);
		INIT_LIST_HEAD(&new->d_lru);
		dentry = insert(new);
	}
	mutex_unlock(&fs_lock);
	if (new && dentry != new)
		kmem_cache_free(dentries_cache, new);
	return dentry;
}

/* The name in the directory @parent, which the caller holds; now he holds both. NULL: no memory. */
static struct dentry *lookup(struct dentry *parent, const char *name, unsigned int length)
{
	struct dentry *dentry;

	spin_lock(&dentries_lock);
	dentry = find(parent, name, length);
	if (dentry) {
		get(dentry);
		nr_hits++;
	} else {
		nr_misses++;
	}
	spin_unlock(&dentries_lock);
	return dentry ? dentry : read_from_disk(parent, name, length);
}

/* ---- for everybody ---- */

/*
 * The dentry of @path, to be given back with dentries_put(). -ENOMEM, or -ENAMETOOLONG. Process context.
 */
struct dentry *dentries_lookup(const char *path);
void dentries_put(struct dentry *dentry);

void dentries_put(struct dentry *dentry)
{
	spin_lock(&dentries_lock);
	put(dentry);
	spin_unlock(&dentries_lock);
	module_put(THIS_MODULE);
}

static struct dentry *step(struct dentry *from, const char *name, unsigned int length)
{
	struct dentry *to = length < NAME_MAX ? lookup(from, name, length) : ERR_PTR(-ENAMETOOLONG);

	spin_lock(&dentries_lock);
	put(from);
	spin_unlock(&dentries_lock);
	return to ? to : ERR_PTR(-ENOMEM);
}

struct dentry *dentries_lookup(const char *path)
{
	struct dentry *dentry = &root;

	__module_get(THIS_MODULE);
	spin_lock(&dentries_lock);
	get(dentry);
	spin_unlock(&dentries_lock);
	while (!IS_ERR(dentry) && *(path += strspn(path, "/"))) {
		unsigned int length = strcspn(path, "/");

		dentry = step(dentry, path, length);
		path += length;
	}
	if (IS_ERR(dentry))
		module_put(THIS_MODULE);
	return dentry;
}

/* ---- shrinking ---- */

/* Out of the cache, onto @dead. Its directory may be unused from now on, and have its turn later. */
static void kill(struct dentry *dentry, struct list_head *dead)
{
	hlist_del(&dentry->d_hash);
	list_move(&dentry->d_lru, dead);
	nr_unused--;
	nr_dentries--;
	put(dentry->d_parent);
}

/* The last @nr of the list. */
static void pick_dead(unsigned long nr, struct list_head *dead)
{
	spin_lock(&dentries_lock);
	for (; nr && !list_empty(&lru); nr--)
		kill(list_last_entry(&lru, struct dentry, d_lru), dead);
	spin_unlock(&dentries_lock);
}

static unsigned long free_dead(struct list_head *dead)
{
	struct dentry *dentry, *next;
	unsigned long freed = 0;

	list_for_each_entry_safe(dentry, next, dead, d_lru) {
		kmem_cache_free(dentries_cache, dentry);
		freed++;
	}
	return freed;
}

static unsigned long dentries_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	return READ_ONCE(nr_unused);
}

static unsigned long dentries_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	LIST_HEAD(dead);
	unsigned long freed;

	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	mutex_lock(&fs_lock);
	pick_dead(sc->nr_to_scan, &dead);
	freed = free_dead(&dead);
	nr_shrunk += freed;
	mutex_unlock(&fs_lock);
	return freed;
}

static struct shrinker dentries_shrinker = {
	.count_objects = dentries_count,
	.scan_objects = dentries_scan,
	.seeks = DEFAULT_SEEKS,
};

/* ---- /proc/fs/dentries: what there is; and a path that is written to it is looked up ---- */

static int dentries_show(struct seq_file *m, void *v)
{
	if (!hash_table)
		return -ENODEV;
	seq_printf(m, "dentries %lu\nunused %lu\nhits %lu\nmisses %lu\nshrunk %lu\n", nr_dentries,
		   nr_unused, nr_hits, nr_misses, nr_shrunk);
	return 0;
}

static int look_up_and_put(const char *path)
{
	struct dentry *dentry = dentries_lookup(path);

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dentries_put(dentry);
	return 0;
}

static int dentries_store(const char *path)
{
	return hash_table ? look_up_and_put(path) : -ENODEV;
}
PROC_FILE(dentries, "fs/dentries", dentries_show, dentries_store);

/* ---- coming and going ---- */

static int fill(void)
{
	char path[32];
	int error = 0;

	for (unsigned int i = 0; i < names && !error; i++) {
		snprintf(path, sizeof(path), "/dir%u/name%u", i / 100, i);
		error = look_up_and_put(path);
	}
	return error;
}

/* Nobody holds any: a reference to one is a reference to the module. */
static void empty(void)
{
	LIST_HEAD(dead);

	while (!list_empty(&lru)) {
		pick_dead(nr_unused, &dead);
		free_dead(&dead);
		INIT_LIST_HEAD(&dead);
	}
	WARN_ON(nr_dentries);
}

static void tear_down(void)
{
	unregister_shrinker(&dentries_shrinker);
	empty();
	kmem_cache_destroy(dentries_cache);
	kfree(hash_table);
}

static int __init dentries_init(void)
{
	int error;

	dentries_cache = kmem_cache_create("dentries", sizeof(struct dentry), 0, SLAB_RECLAIM_ACCOUNT,
					   NULL);
	if (!dentries_cache)
		return -ENOMEM;
	hash_table = kcalloc(1 << HASH_BITS, sizeof(*hash_table), GFP_KERNEL);
	error = hash_table ? register_shrinker(&dentries_shrinker, "dentries") : -ENOMEM;
	if (error) {
		kfree(hash_table);
		kmem_cache_destroy(dentries_cache);
		return error;
	}
	error = fill();
	if (error)
		tear_down();
	return error;
}

static void __exit dentries_exit(void)
{
	tear_down();
}

module_init(dentries_init);
module_exit(dentries_exit);

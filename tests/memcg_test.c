// SPDX-License-Identifier: MIT
/* Memory control groups: the tree, who is charged, pages. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "memcg_sandbox.h"

static struct mem_cgroup *web, *db, *mail;

static int memcg_test_init(struct kunit *test)
{
	web = memcg_sandbox_group(test, "test-web", NULL);
	db = memcg_sandbox_group(test, "db", web);
	mail = memcg_sandbox_group(test, "test-mail", NULL);
	return 0;
}

/* ---- the tree ---- */

/* ledger: G13 */
static void memcg_names(struct kunit *test)
{
	char path[64];

	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("", NULL)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("a/b", NULL)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("a-name-of-thirty-two-characters!", NULL)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("test-web", NULL)), -EEXIST);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("db", web)), -EEXIST);
	KUNIT_EXPECT_STREQ(test, mem_cgroup_path(db, path, sizeof(path)), "/test-web/db");
	KUNIT_EXPECT_STREQ(test, mem_cgroup_path(web, path, sizeof(path)), "/test-web");
	KUNIT_EXPECT_STREQ(test, mem_cgroup_path(root_mem_cgroup, path, sizeof(path)), "/");
}

static void expect_found(struct kunit *test, const char *path, struct mem_cgroup *expected)
{
	struct mem_cgroup *memcg = mem_cgroup_find(path);

	KUNIT_EXPECT_PTR_EQ_MSG(test, memcg, expected, "%s", path);
	mem_cgroup_put(memcg);
}

/* ledger: G13 */
static void memcg_is_found(struct kunit *test)
{
	expect_found(test, "test-web", web);
	expect_found(test, "/test-web/db", db);
	expect_found(test, "test-web/db/", db);
	expect_found(test, "db", NULL);
	expect_found(test, "test-we", NULL);
	expect_found(test, "test-web/d", NULL);
	expect_found(test, "/", root_mem_cgroup);
	expect_found(test, "", root_mem_cgroup);
}

/* ledger: G13 */
static void memcg_iter_parents_first(struct kunit *test)
{
	struct mem_cgroup *memcg = mem_cgroup_iter(web, NULL, NULL);

	KUNIT_EXPECT_PTR_EQ(test, memcg, web);
	memcg = mem_cgroup_iter(web, memcg, NULL);
	KUNIT_EXPECT_PTR_EQ(test, memcg, db);
	memcg = mem_cgroup_iter(web, memcg, NULL);
	KUNIT_EXPECT_NULL(test, memcg);
	KUNIT_EXPECT_TRUE(test, mem_cgroup_is_descendant(db, web));
	KUNIT_EXPECT_TRUE(test, mem_cgroup_is_descendant(web, web));
	KUNIT_EXPECT_TRUE(test, mem_cgroup_is_descendant(db, root_mem_cgroup));
	KUNIT_EXPECT_FALSE(test, mem_cgroup_is_descendant(web, db));
	KUNIT_EXPECT_FALSE(test, mem_cgroup_is_descendant(mail, web));
}

/* ledger: G13 */
static void memcg_remove_refuses(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(web), -EBUSY);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(root_mem_cgroup), -EBUSY);
	mem_cgroup_get(db);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(db), 0);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(db), -ENOENT);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mem_cgroup_create("x", db)), -EINVAL);
	mem_cgroup_put(db);
	expect_found(test, "test-web/db", NULL);
}

/* ---- pages ---- */

/* ledger: G13 */
static void memcg_page(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PageMemcgKmem(page));
	KUNIT_EXPECT_EQ(test, usage(db), 1);
	KUNIT_EXPECT_EQ(test, usage(web), 1);
	KUNIT_EXPECT_EQ(test, usage(mail), 0);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	__free_page(page);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, usage(web), 0);
	KUNIT_EXPECT_EQ(test, db->memory.watermark, 1);
}

/* ledger: G13 */
static void memcg_who_is_not_charged(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(NULL, GFP_KERNEL_ACCOUNT, 0);
	struct page *other = memcg_sandbox_page(db, GFP_KERNEL, 0);
	struct page *of_root = memcg_sandbox_page(root_mem_cgroup, GFP_KERNEL_ACCOUNT, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_NOT_NULL(test, of_root);
	KUNIT_EXPECT_FALSE(test, PageMemcgKmem(page));
	KUNIT_EXPECT_FALSE(test, PageMemcgKmem(other));
	KUNIT_EXPECT_FALSE(test, PageMemcgKmem(of_root));
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, db->memory.watermark, 0);
	__free_page(page);
	__free_page(other);
	__free_page(of_root);
}

/* What is freed goes off the account that it was charged to, whoever frees it. ledger: G13 */
static void memcg_active_moves(struct kunit *test)
{
	struct mem_cgroup *old = set_active_memcg(db);
	struct page *first = alloc_page(GFP_KERNEL_ACCOUNT), *second;

	KUNIT_EXPECT_PTR_EQ(test, set_active_memcg(mail), db);
	second = alloc_page(GFP_KERNEL_ACCOUNT);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, usage(db), 1);
	KUNIT_EXPECT_EQ(test, usage(mail), 1);
	__free_page(first);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, usage(mail), 1);
	set_active_memcg(old);
	__free_page(second);
	KUNIT_EXPECT_EQ(test, usage(mail), 0);
}

/* ledger: G13 */
static void memcg_blocks(struct kunit *test)
{
	struct page *plain = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 3);
	struct page *compound = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT | __GFP_COMP | __GFP_ZERO, 2);

	KUNIT_ASSERT_NOT_NULL(test, plain);
	KUNIT_ASSERT_NOT_NULL(test, compound);
	KUNIT_EXPECT_EQ(test, usage(db), 12);
	KUNIT_EXPECT_EQ(test, usage(web), 12);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	get_page(compound + 1);
	__free_pages(compound, 2);
	KUNIT_EXPECT_EQ(test, usage(db), 12);	/* somebody holds it still */
	put_page(compound);
	KUNIT_EXPECT_EQ(test, usage(db), 8);
	__free_pages(plain, 3);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ledger: G13 */
static void memcg_split_page(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	split_page(page, 2);
	for (unsigned int i = 0; i < 4; i++) {
		KUNIT_EXPECT_TRUE(test, PageMemcgKmem(page + i));
		KUNIT_EXPECT_EQ(test, usage(db), 4 - i);
		KUNIT_EXPECT_TRUE(test, memcg_validate());
		__free_page(page + i);
	}
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* A block of which somebody else holds the first page: the rest goes, that stays. ledger: G13 */
static void memcg_first_page_shared(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	__free_pages(page, 2);
	KUNIT_EXPECT_EQ(test, usage(db), 1);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	put_page(page);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ledger: G13 */
static void memcg_forms(struct kunit *test)
{
	struct mem_cgroup *old = set_active_memcg(db);
	void *exact = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	unsigned long one = get_zeroed_page(GFP_KERNEL_ACCOUNT);
	unsigned long two = __get_free_pages(GFP_KERNEL_ACCOUNT, 1);
	void *large = kmalloc(3 * PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	struct page *bulk[5] = { };
	unsigned long filled = alloc_pages_bulk_array(GFP_KERNEL_ACCOUNT, 5, bulk);
	char *area = __vmalloc(6 * PAGE_SIZE, GFP_KERNEL_ACCOUNT);

	set_active_memcg(old);
	KUNIT_EXPECT_EQ(test, filled, 5);
	KUNIT_EXPECT_EQ(test, usage(db), 3 + 1 + 2 + 4 + 5 + 6);
	KUNIT_EXPECT_TRUE(test, one && !memchr_inv((void *)one, 0, PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	vfree(area);
	vm_unmap_aliases();		/* or its pages go later */
	KUNIT_EXPECT_EQ(test, usage(db), 15);
	for (unsigned int i = 0; i < filled; i++)
		__free_page(bulk[i]);
	KUNIT_EXPECT_EQ(test, usage(db), 10);
	kfree(large);
	free_pages(two, 1);
	free_page(one);
	KUNIT_EXPECT_EQ(test, usage(db), 3);
	free_pages_exact(exact, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
}

/* ---- the end of a group ---- */

/* ledger: G13 */
static void memcg_remove_hands_on(struct kunit *test)
{
	struct page *page = memcg_sandbox_page(db, GFP_KERNEL_ACCOUNT, 1);
	void *object = memcg_sandbox_kmalloc(db, 100, GFP_KERNEL_ACCOUNT);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_NOT_NULL(test, object);
	mem_cgroup_get(db);
	KUNIT_EXPECT_EQ(test, usage(web), 3);
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(db), 0);
	KUNIT_EXPECT_EQ(test, usage(db), 0);		/* nothing is left charged to it … */
	KUNIT_EXPECT_EQ(test, usage(web), 3);		/* … and nothing was forgotten */
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	/* Who still has it works for its parent now. */
	KUNIT_ASSERT_EQ(test, mem_cgroup_remove(mail), 0);
	mail = NULL;
	kfree(object);
	object = memcg_sandbox_kmalloc(db, 100, GFP_KERNEL_ACCOUNT);
	KUNIT_EXPECT_EQ(test, usage(db), 0);
	KUNIT_EXPECT_EQ(test, usage(web), 3);
	mem_cgroup_put(db);
	/* And then to the root, where it is seen no more. */
	KUNIT_EXPECT_EQ(test, mem_cgroup_remove(web), 0);
	KUNIT_EXPECT_EQ(test, usage(root_mem_cgroup), 3);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
	__free_pages(page, 1);
	kfree(object);
	KUNIT_EXPECT_EQ(test, usage(root_mem_cgroup), 0);
	KUNIT_EXPECT_EQ(test, nr_obj_cgroups(), 0);
	KUNIT_EXPECT_TRUE(test, memcg_validate());
}

static struct kunit_case memcg_cases[] = {
	KUNIT_CASE(memcg_names),
	KUNIT_CASE(memcg_is_found),
	KUNIT_CASE(memcg_iter_parents_first),
	KUNIT_CASE(memcg_remove_refuses),
	KUNIT_CASE(memcg_page),
	KUNIT_CASE(memcg_who_is_not_charged),
	KUNIT_CASE(memcg_active_moves),
	KUNIT_CASE(memcg_blocks),
	KUNIT_CASE(memcg_split_page),
	KUNIT_CASE(memcg_first_page_shared),
	KUNIT_CASE(memcg_forms),
	KUNIT_CASE(memcg_remove_hands_on),
	{}
};

static struct kunit_suite memcg_suite = {
	.name = "memcg",
	.init = memcg_test_init,
	.exit = memcg_sandbox_end,
	.test_cases = memcg_cases,
};

kunit_test_suite(memcg_suite);

// SPDX-License-Identifier: MIT
/* Memory that goes with its device. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/string.h>

/* ledger: K5 */
static void devres_goes_with_the_device(struct kunit *test)
{
	struct device *dev = root_device_register("devres-test");
	char *zeros, *other, *array;
	size_t too_much = SIZE_MAX - 2;

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
	zeros = devm_kzalloc(dev, 100, GFP_KERNEL);
	other = devm_kmalloc(dev, 60, GFP_KERNEL);
	array = devm_kcalloc(dev, 5, 20, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, zeros);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_ASSERT_NOT_NULL(test, array);
	KUNIT_EXPECT_NULL(test, memchr_inv(zeros, 0, 100));
	KUNIT_EXPECT_NULL(test, memchr_inv(array, 0, 100));
	KUNIT_EXPECT_EQ(test, (unsigned long)other % ARCH_KMALLOC_MINALIGN, 0);
	KUNIT_EXPECT_NULL(test, devm_kmalloc_array(dev, SIZE_MAX / 2, 3, GFP_KERNEL));
	OPTIMIZER_HIDE_VAR(too_much);
	KUNIT_EXPECT_NULL(test, devm_kmalloc(dev, too_much, GFP_KERNEL | __GFP_NOWARN));
	devm_kfree(dev, other);
	devm_kfree(dev, NULL);
	devm_kfree(dev, devm_kmalloc(dev, 0, GFP_KERNEL));
	KUNIT_EXPECT_REPORT(test, "devres-test: * does not belong to it", devm_kfree(dev, test));
	root_device_unregister(dev);
}

static struct kunit_case devres_cases[] = {
	KUNIT_CASE(devres_goes_with_the_device),
	{}
};

static struct kunit_suite devres_suite = {
	.name = "devres",
	.test_cases = devres_cases,
};
kunit_test_suite(devres_suite);

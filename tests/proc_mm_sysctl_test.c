// SPDX-License-Identifier: MIT
/*
 * /proc/sys/vm and the boot parameters of the same names: what they accept, what they refuse, and
 * what the watermarks and reserves are afterwards by Linux's formulas.
 */
#include <kunit/report.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <quarry/params.h>
#include <quarry/proc.h>

#include "../mm/internal.h"
#include "text_lines.h"

#define MIN_FREE	"/proc/sys/vm/min_free_kbytes"
#define SCALE		"/proc/sys/vm/watermark_scale_factor"
#define RATIO		"/proc/sys/vm/lowmem_reserve_ratio"

static struct tunables {
	int min_free, user_min_free, scale, ratio[MAX_NR_ZONES];
} saved;

static struct tunables tunables_now(void)
{
	struct tunables now = {
		.min_free = min_free_kbytes,
		.user_min_free = user_min_free_kbytes,
		.scale = watermark_scale_factor,
	};

	memcpy(now.ratio, sysctl_lowmem_reserve_ratio, sizeof(now.ratio));
	return now;
}

static int sysctl_init(struct kunit *test)
{
	saved = tunables_now();
	return 0;
}

static void sysctl_exit(struct kunit *test)
{
	min_free_kbytes = saved.min_free;
	user_min_free_kbytes = saved.user_min_free;
	watermark_scale_factor = saved.scale;
	memcpy(sysctl_lowmem_reserve_ratio, saved.ratio, sizeof(saved.ratio));
	setup_per_zone_wmarks();
	setup_per_zone_lowmem_reserve();
	drain_all_pages(NULL);
}

/* ---- Linux's formulas, from the sizes of the zones ---- */

static void expect_watermarks(struct kunit *test, unsigned int min_kbytes, unsigned int scale)
{
	unsigned long lowmem = 0, min, step;
	const struct zone *zone;

	for_each_zone(zone)
		lowmem += zone_idx(zone) < ZONE_HIGHMEM ? zone->managed_pages : 0;
	for_each_zone(zone) {
		u64 managed = zone->managed_pages;
		u64 share = div_u64(managed * (min_kbytes / 4), lowmem);

		step = max(div_u64(share, 4), div_u64(managed * scale, 10000));
		min = share;
		if (zone_idx(zone) == ZONE_HIGHMEM ||
		    (zone_idx(zone) == ZONE_MOVABLE && max_pfn > max_low_pfn))
			min = clamp(zone->managed_pages / 1024, 32UL, 128UL);
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_MIN], min, "%s", zone->name);
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_LOW], min + step, "%s",
				    zone->name);
		KUNIT_EXPECT_EQ_MSG(test, zone->_watermark[WMARK_HIGH], min + 2 * step, "%s",
				    zone->name);
	}
}

/* Zone i keeps from zone j's requests a part of all that lies between them, j included. */
static void expect_reserves(struct kunit *test, const int *ratio)
{
	const struct zone *zones = contig_page_data.node_zones;
	int i, j, k;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		for (j = 0; j < MAX_NR_ZONES; j++) {
			unsigned long between = 0;

			for (k = i + 1; k <= j; k++)
				between += zones[k].managed_pages;
			if (!ratio[i] || !zones[i].managed_pages)
				between = 0;
			KUNIT_EXPECT_EQ_MSG(test, zones[i].lowmem_reserve[j],
					    ratio[i] ? between / ratio[i] : 0, "zone %d against %d",
					    i, j);
		}
	}
}

static void expect_text(struct kunit *test, const char *path, const char *text)
{
	read_proc(test, path);
	KUNIT_EXPECT_STREQ(test, whole_text(), text);
}

/* ---- writing ---- */

static void sysctl_defaults(struct kunit *test)	/* ledger: P12 I1 */
{
	expect_watermarks(test, saved.min_free, saved.scale);
	expect_reserves(test, saved.ratio);
	read_proc(test, MIN_FREE);
	EXPECT_LINE(test, "%d", saved.min_free);
	read_proc(test, SCALE);
	EXPECT_LINE(test, "%d", saved.scale);
	read_proc(test, RATIO);
	EXPECT_LINE(test, "%d\t%d\t%d\t%d", saved.ratio[0], saved.ratio[1], saved.ratio[2],
		    saved.ratio[3]);
}

static void sysctl_min_free_kbytes(struct kunit *test)	/* ledger: P12 */
{
	KUNIT_EXPECT_EQ(test, proc_store(MIN_FREE, "400"), 0);
	expect_text(test, MIN_FREE, "400\n");
	KUNIT_EXPECT_EQ(test, user_min_free_kbytes, 400);
	expect_watermarks(test, 400, saved.scale);
	KUNIT_EXPECT_EQ(test, proc_store(MIN_FREE, " 0x100\n"), 0);
	expect_text(test, MIN_FREE, "256\n");
	expect_watermarks(test, 256, saved.scale);
	KUNIT_EXPECT_EQ(test, proc_store(MIN_FREE, "0"), 0);
	expect_watermarks(test, 0, saved.scale);
	expect_reserves(test, saved.ratio);
}

static void sysctl_watermark_scale_factor(struct kunit *test)	/* ledger: P12 */
{
	KUNIT_EXPECT_EQ(test, proc_store(SCALE, "3000"), 0);
	expect_text(test, SCALE, "3000\n");
	expect_watermarks(test, saved.min_free, 3000);
	KUNIT_EXPECT_EQ(test, proc_store(SCALE, "1"), 0);
	expect_watermarks(test, saved.min_free, 1);
}

static void sysctl_lowmem_reserve(struct kunit *test)	/* ledger: P12 */
{
	int ratio[MAX_NR_ZONES] = { 16, 8, 4, 2 };

	KUNIT_EXPECT_EQ(test, proc_store(RATIO, "16 8\t4  2"), 0);
	expect_text(test, RATIO, "16\t8\t4\t2\n");
	expect_reserves(test, ratio);
	KUNIT_EXPECT_EQ(test, proc_store(RATIO, "64"), 0);	/* the others stay */
	expect_text(test, RATIO, "64\t8\t4\t2\n");
	ratio[0] = 64;
	expect_reserves(test, ratio);
	KUNIT_EXPECT_EQ(test, proc_store(RATIO, "-5 0 1"), 0);	/* less than 1: no reserve */
	expect_text(test, RATIO, "0\t0\t1\t2\n");
	expect_reserves(test, (int []){ 0, 0, 1, 2 });
	expect_watermarks(test, saved.min_free, saved.scale);
}

static const struct refusal {
	const char *path, *value;
} refusals[] = {
	{ MIN_FREE, "" }, { MIN_FREE, "x" }, { MIN_FREE, "400x" }, { MIN_FREE, "400 500" },
	{ MIN_FREE, "-1" }, { MIN_FREE, "+400" }, { MIN_FREE, "2147483648" },
	{ MIN_FREE, "99999999999999999999" }, { MIN_FREE, "400," },
	{ SCALE, "0" }, { SCALE, "3001" }, { SCALE, "-1" }, { SCALE, "1.5" }, { SCALE, "" },
	{ RATIO, "" }, { RATIO, "x" }, { RATIO, "16 x" }, { RATIO, "16,8" },
	{ RATIO, "1 2 3 4 5" }, { RATIO, "16 2147483648" },
};

static void refusal_name(const struct refusal *r, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: \"%s\"", strrchr(r->path, '/') + 1, r->value);
}
KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

static void sysctl_refuses(struct kunit *test)	/* ledger: P12 */
{
	const struct refusal *r = test->param_value;
	struct tunables now;

	KUNIT_EXPECT_EQ(test, proc_store(r->path, r->value), -EINVAL);
	now = tunables_now();
	KUNIT_EXPECT_MEMEQ(test, &now, &saved, sizeof(now));
	expect_watermarks(test, saved.min_free, saved.scale);
	expect_reserves(test, saved.ratio);
}

/* ---- at boot: the variables only ---- */

static void parse(const char *words)
{
	static char line[128];

	strscpy(line, words, sizeof(line));
	parse_params(line);
}

static void sysctl_boot_parameters(struct kunit *test)	/* ledger: P12 */
{
	parse("min_free_kbytes=4321 watermark_scale_factor=77 lowmem_reserve_ratio=9,8");
	KUNIT_EXPECT_EQ(test, user_min_free_kbytes, 4321);
	KUNIT_EXPECT_EQ(test, watermark_scale_factor, 77);
	KUNIT_EXPECT_EQ(test, sysctl_lowmem_reserve_ratio[0], 9);
	KUNIT_EXPECT_EQ(test, sysctl_lowmem_reserve_ratio[1], 8);
	KUNIT_EXPECT_EQ(test, sysctl_lowmem_reserve_ratio[2], saved.ratio[2]);

	parse("sysctl.vm.min_free_kbytes=0x10 sysctl.vm.watermark_scale_factor=78");
	parse("sysctl.vm.lowmem_reserve_ratio=\"5 6 7 -1\"");
	KUNIT_EXPECT_EQ(test, user_min_free_kbytes, 16);
	KUNIT_EXPECT_EQ(test, watermark_scale_factor, 78);
	KUNIT_EXPECT_MEMEQ(test, sysctl_lowmem_reserve_ratio, ((int []){ 5, 6, 7, 0 }),
			   sizeof(saved.ratio));
}

static const char *const malformed[] = {
	"min_free_kbytes", "min_free_kbytes=-1", "min_free_kbytes=1M", "watermark_scale_factor=0",
	"sysctl.vm.watermark_scale_factor=3001", "lowmem_reserve_ratio", "lowmem_reserve_ratio=",
	"lowmem_reserve_ratio=1,,2", "lowmem_reserve_ratio=1,2,3,4,5",
};

static void malformed_name(const char *const *word, char *desc)
{
	strcpy(desc, *word);
}
KUNIT_ARRAY_PARAM(malformed, malformed, malformed_name);

static void sysctl_malformed_parameters(struct kunit *test)	/* ledger: P12 */
{
	const char *word = *(const char *const *)test->param_value;
	struct tunables now;
	char report[128];

	snprintf(report, sizeof(report),
		 "Malformed kernel command line parameter \"%s\", ignored", word);
	KUNIT_EXPECT_REPORT(test, report, parse(word));
	now = tunables_now();
	KUNIT_EXPECT_MEMEQ(test, &now, &saved, sizeof(now));
}

static struct kunit_case sysctl_cases[] = {
	KUNIT_CASE(sysctl_defaults),
	KUNIT_CASE(sysctl_min_free_kbytes),
	KUNIT_CASE(sysctl_watermark_scale_factor),
	KUNIT_CASE(sysctl_lowmem_reserve),
	KUNIT_CASE_PARAM(sysctl_refuses, refusal_gen_params),
	KUNIT_CASE(sysctl_boot_parameters),
	KUNIT_CASE_PARAM(sysctl_malformed_parameters, malformed_gen_params),
	{}
};

static struct kunit_suite sysctl_suite = {
	.name = "proc_mm_sysctl",
	.init = sysctl_init,
	.exit = sysctl_exit,
	.test_cases = sysctl_cases,
};
kunit_test_suite(sysctl_suite);

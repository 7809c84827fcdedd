// SPDX-License-Identifier: MIT
/*
 * `slabtop`: which caches take the memory, in the words of procps' program of that name. Its
 * sorting keys are the same; without one, the caches with the most objects come first.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "../slab.h"
#include "show.h"

#define ROWS	20	/* fit on a screen, with the sums above them */

/* ---- numbers as they are printed ---- */

/* @dividend / @divisor to the nearest number; to the even one, if two are as near: as printf(). */
static u64 nearest(u64 dividend, u32 divisor)
{
	u64 down = div_u64(dividend, divisor), twice = 2 * (dividend - down * divisor);

	return down + (twice > divisor || (twice == divisor && (down & 1)));
}

/* "28.6%": @part of @whole. */
static const char *percent(u64 part, u32 whole, char buf[16])
{
	unsigned int tenths = whole ? nearest(part * 1000, whole) : 0;

	snprintf(buf, 16, "%u.%u%%", tenths / 10, tenths % 10);
	return buf;
}

/* "0.09K": bytes in KiB. */
static const char *kbytes(u32 bytes, char buf[24])
{
	u32 hundredths = nearest(bytes * 100ULL, 1024);

	snprintf(buf, 24, "%u.%02uK", hundredths / 100, hundredths % 100);
	return buf;
}

static unsigned int use_of(const struct cache_view *c)
{
	return c->objects ? div_u64(100ULL * c->with_owners, c->objects) : 0;
}

/* ---- sums over all caches ---- */

struct sums {
	unsigned long objects, active_objects, slabs, active_slabs, caches, active_caches;
	unsigned int least, most;	/* bytes of an object */
	u32 bytes, active_bytes;	/* they lie in the direct map */
};

static void add_up(struct sums *s, const struct cache_view *c)
{
	s->objects += c->objects;
	s->active_objects += c->with_owners;
	s->slabs += c->slabs;
	s->active_slabs += c->slabs_in_use;
	s->caches++;
	s->active_caches += c->objects > 0;
	s->least = min(s->least, c->size);
	s->most = max(s->most, c->size);
	s->bytes += c->objects * c->size;
	s->active_bytes += c->with_owners * c->size;
}

static void print_share(const char *what, unsigned long part, unsigned long whole)
{
	char share[16];

	monitor_printf(" Active / Total %s (%% used)%*s : %lu / %lu (%s)\n", what,
		       (int)(10 - strlen(what)), "", part, whole, percent(part, whole, share));
}

static void print_sums(const struct sums *s)
{
	char one[24], two[24], three[24], share[16];

	print_share("Objects", s->active_objects, s->objects);
	print_share("Slabs", s->active_slabs, s->slabs);
	print_share("Caches", s->active_caches, s->caches);
	monitor_printf(" Active / Total Size (%% used)       : %s / %s (%s)\n",
		       kbytes(s->active_bytes, one), kbytes(s->bytes, two),
		       percent(s->active_bytes, s->bytes, share));
	monitor_printf(" Minimum / Average / Maximum Object : %s / %s / %s\n\n",
		       kbytes(s->least, one),
		       kbytes(s->objects ? s->bytes / s->objects : 0, two),
		       kbytes(s->most, three));
}

/* ---- the table ---- */

/* The first ROWS caches in the order of @key; ties as in /proc/slabinfo. */
struct table {
	char key;
	unsigned int rows;
	struct cache_view row[ROWS];
};

static unsigned long value_of(const struct cache_view *c, char key)
{
	switch (key) {
	case 'a':	return c->with_owners;
	case 'b':	return c->num;
	case 'c':	return c->slabs * c->pages;
	case 'l':	return c->slabs;
	case 'p':	return c->pages;
	case 's':	return c->size;
	case 'u':	return use_of(c);
	case 'v':	return c->slabs_in_use;
	default:	return c->objects;
	}
}

static bool goes_before(const struct cache_view *a, const struct cache_view *b, char key)
{
	if (key == 'n')
		return strcmp(a->name, b->name) < 0;
	return value_of(a, key) > value_of(b, key);
}

static void sort_in(struct table *table, const struct cache_view *cache)
{
	unsigned int at = table->rows;

	while (at && goes_before(cache, &table->row[at - 1], table->key))
		at--;
	if (at == ROWS)
		return;
	table->rows = min(table->rows + 1, (unsigned int)ROWS);
	memmove(&table->row[at + 1], &table->row[at],
		(table->rows - 1 - at) * sizeof(table->row[0]));
	table->row[at] = *cache;
}

static void print_row(const struct cache_view *c)
{
	char size[24];

	monitor_printf("%6lu %6lu %3u%% %8s %6lu %8u %9luK %s\n", c->objects, c->with_owners,
		       use_of(c), kbytes(c->size, size), c->slabs, c->num,
		       (c->slabs * c->pages) << (PAGE_SHIFT - 10), c->name);
}

/* ---- the command ---- */

static const char keys[] = "abclnopsuv";

static int cmd_slabtop(int argc, char **argv)
{
	static struct table table;
	struct sums sums = { .least = UINT_MAX };
	struct cache_view cache;

	if (argc > 2 || (argc == 2 && (!argv[1][0] || argv[1][1] || !strchr(keys, argv[1][0]))))
		return -EINVAL;
	table.key = argc == 2 ? argv[1][0] : 'o';
	table.rows = 0;
	for (unsigned int n = 0; peek_cache(n, &cache); n++) {
		add_up(&sums, &cache);
		sort_in(&table, &cache);
	}
	print_sums(&sums);
	monitor_printf("  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME\n");
	for (unsigned int i = 0; i < table.rows; i++)
		print_row(&table.row[i]);
	if (sums.caches > table.rows)
		monitor_printf("and %lu more: \"cat /proc/slabinfo\" has them all\n",
			       sums.caches - table.rows);
	return 0;
}

static const char *complete_slabtop(int arg, unsigned int n)
{
	static char key[2];

	key[0] = arg == 1 && n < strlen(keys) ? keys[n] : '\0';
	return key[0] ? key : NULL;
}

MONITOR_COMMAND_COMPLETE(slabtop, "[a|b|c|l|n|o|p|s|u|v]",
			 "list the largest caches; sorted by KEY, as the program of that name",
			 cmd_slabtop, complete_slabtop);

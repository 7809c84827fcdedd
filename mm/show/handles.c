// SPDX-License-Identifier: MIT
/*
 * alloc, free, handles: allocating by hand. What has been allocated gets a number, by which it is
 * given back; the allocators themselves are kinds, which the table below lists.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "show.h"

#define HANDLES	64

static const struct memory_kind *const kinds[] = {
	&page_kind,
};

static struct held_memory held[HANDLES];	/* [0] is #1 */

static int number_of(const struct held_memory *h)
{
	return h - held + 1;
}

static void print_held(const struct held_memory *h)
{
	monitor_printf("#%d: ", number_of(h));
	h->kind->describe(h);
	monitor_printf("\n");
}

struct held_memory *find_handle(const char *command, const char *word)
{
	unsigned int number;

	if (kstrtouint(word + (*word == '#'), 10, &number) || number < 1 || number > HANDLES) {
		monitor_printf("%s: %s: not a handle; they go from #1 to #%d\n", command, word,
			       HANDLES);
		return NULL;
	}
	if (!held[number - 1].kind) {
		monitor_printf("%s: #%u: nothing is held by this handle\n", command, number);
		return NULL;
	}
	return &held[number - 1];
}

/* ---- alloc ---- */

static struct held_memory *free_handle(void)
{
	struct held_memory *h;

	for (h = held; h < held + HANDLES; h++)
		if (!h->kind)
			return h;
	return NULL;
}

static const struct memory_kind *find_kind(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

static void print_kinds(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		monitor_printf("%s%s", i ? ", " : "", kinds[i]->name);
	monitor_printf("\n");
}

static int cmd_alloc(int argc, char **argv)
{
	const struct memory_kind *kind = argc > 1 ? find_kind(argv[1]) : NULL;
	struct held_memory *h = free_handle();
	struct held_memory new = { .kind = kind };
	bool watched;
	int error;

	if (argc < 2)
		return -EINVAL;
	if (!kind) {
		monitor_printf("alloc: %s: no such kind; there is: ", argv[1]);
		print_kinds();
		return -ENOENT;
	}
	if (!h) {
		monitor_printf("alloc: all %d handles are taken; \"free all\" frees them\n",
			       HANDLES);
		return -ENOSPC;
	}
	watched = buddy_watch_begin();
	error = kind->alloc(&new, argc - 2, argv + 2);
	if (!error) {
		*h = new;
		print_held(h);
	}
	if (watched)
		buddy_watch_end(error);
	return error;
}

static const char *complete_alloc(int arg, unsigned int n)
{
	if (arg == 1)
		return n < ARRAY_SIZE(kinds) ? kinds[n]->name : NULL;
	return kinds[0]->complete(arg - 1, n);
}

/* ---- free ---- */

static void free_one(struct held_memory *h)
{
	struct held_memory old = *h;

	h->kind = NULL;
	old.kind->free(&old);
}

static int free_all(void)
{
	unsigned int count = 0;

	for (struct held_memory *h = held; h < held + HANDLES; h++) {
		if (h->kind) {
			free_one(h);
			count++;
		}
	}
	monitor_printf("%u freed\n", count);
	return 0;
}

static int cmd_free(int argc, char **argv)
{
	struct held_memory *h = NULL;
	bool all, watched;

	if (argc != 2)
		return -EINVAL;
	all = !strcmp(argv[1], "all");
	if (!all && !(h = find_handle("free", argv[1])))
		return -ENOENT;
	watched = buddy_watch_begin();
	if (all)
		free_all();
	else
		free_one(h);
	if (watched)
		buddy_watch_end(0);
	return 0;
}

static const char *nth_handle(unsigned int n)
{
	static char name[8];

	for (struct held_memory *h = held; h < held + HANDLES; h++) {
		if (h->kind && n-- == 0) {
			snprintf(name, sizeof(name), "#%d", number_of(h));
			return name;
		}
	}
	return NULL;
}

static const char *complete_free(int arg, unsigned int n)
{
	if (arg != 1)
		return NULL;
	return n ? nth_handle(n - 1) : "all";
}

/* ---- handles ---- */

static int cmd_handles(int argc, char **argv)
{
	unsigned int count = 0;

	if (argc > 1)
		return -EINVAL;
	for (struct held_memory *h = held; h < held + HANDLES; h++) {
		if (h->kind) {
			print_held(h);
			count++;
		}
	}
	if (!count)
		monitor_printf("nothing is held; \"alloc\" allocates\n");
	return 0;
}

MONITOR_COMMAND_COMPLETE(alloc, "pages ORDER [FLAGS]", "allocate by hand; what comes gets a number",
			 cmd_alloc, complete_alloc);
MONITOR_COMMAND_COMPLETE(free, "HANDLE|all", "give back what alloc has got", cmd_free,
			 complete_free);
MONITOR_COMMAND(handles, "", "list what alloc has got and free has not given back", cmd_handles);

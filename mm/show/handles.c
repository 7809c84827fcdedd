// SPDX-License-Identifier: MIT
/*
 * alloc, free, handles: allocating by hand. What has been allocated gets a number, by which it is
 * given back. The allocators are kinds (show.h), each registered by the file that knows it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "show.h"

#define HANDLES	64

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
	const struct memory_kind *const *k;

	for_each_registered(memory_kinds, k)
		if (!strcmp((*k)->name, name))
			return *k;
	return NULL;
}

static void print_kinds(void)
{
	const struct memory_kind *const *k;

	for_each_registered(memory_kinds, k)
		monitor_printf("%s%s", k == __start_registry_memory_kinds ? "" : ", ", (*k)->name);
	monitor_printf("\n");
}

/* The words that @kind, or each one (NULL), takes: the monitor's usage line does not know kinds. */
static void print_usages(const struct memory_kind *kind)
{
	const struct memory_kind *const *k;

	for_each_registered(memory_kinds, k)
		if (!kind || *k == kind)
			monitor_printf("alloc %s %s\n", (*k)->name, (*k)->usage);
}

static int alloc_as(const struct memory_kind *kind, struct held_memory *h, int argc, char **argv)
{
	struct held_memory new = { .kind = kind };
	bool watched = buddy_watch_begin();
	int error = kind->alloc(&new, argc, argv);

	if (!error) {
		*h = new;
		print_held(h);
	}
	if (watched)
		buddy_watch_end(error);
	return error;
}

static int cmd_alloc(int argc, char **argv)
{
	const struct memory_kind *kind = argc > 1 ? find_kind(argv[1]) : NULL;
	struct held_memory *h = free_handle();
	int error = -EINVAL;

	if (argc > 1 && !kind) {
		monitor_printf("alloc: %s: no such kind; there is: ", argv[1]);
		print_kinds();
		return -ENOENT;
	}
	if (kind && !h) {
		monitor_printf("alloc: all %d handles are taken; \"free all\" frees them\n",
			       HANDLES);
		return -ENOSPC;
	}
	if (kind)
		error = alloc_as(kind, h, argc - 2, argv + 2);
	if (error == -EINVAL)
		print_usages(kind);
	return error;
}

static const char *complete_alloc(int argc, char **argv, unsigned int n)
{
	const struct memory_kind *kind;

	if (argc == 1)
		return n < registry_size(memory_kinds) ? __start_registry_memory_kinds[n]->name :
							 NULL;
	kind = find_kind(argv[1]);
	return kind && kind->complete ? kind->complete(argc - 1, n) : NULL;
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

static const struct monitor_command alloc_command = {
	.name = "alloc",
	.usage = "KIND WORDS...",
	.help = "allocate by hand; what comes gets a number (`alloc` alone: the kinds)",
	.run = cmd_alloc,
	.complete_after = complete_alloc,
};
REGISTER(monitor_commands, alloc_command);
MONITOR_COMMAND_COMPLETE(free, "HANDLE|all", "give back what alloc has got", cmd_free,
			 complete_free);
MONITOR_COMMAND(handles, "", "list what alloc has got and free has not given back", cmd_handles);

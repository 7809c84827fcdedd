// SPDX-License-Identifier: MIT
/*
 * memcg: the groups as a tree, and one of them in cgroup v2's files and texts, as
 * `grep "" memory.*` shows them in its directory in Linux. And by hand what a script does there:
 * making groups, limiting them, removing them, and running a command for one.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <quarry/monitor.h>

#include "show.h"

/* ---- looking ---- */

static u64 bytes(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

/* "max", or so many bytes. */
static const char *limit_text(const struct mem_cgroup *memcg, char *buf, size_t size)
{
	unsigned long max = READ_ONCE(memcg->memory.max);

	if (max == PAGE_COUNTER_MAX)
		return "max";
	snprintf(buf, size, "%llu", bytes(max));
	return buf;
}

static void show_line(const struct mem_cgroup *memcg)
{
	unsigned int depth = 0;
	char max[24];

	for (const struct mem_cgroup *m = memcg->parent; m; m = m->parent)
		depth++;
	monitor_printf("%*s%-*s %12llu %12s %12llu %8lu\n", depth * 2, "", 28 - (int)depth * 2,
		       depth ? memcg->name : "/", bytes(page_counter_read(&memcg->memory)),
		       limit_text(memcg, max, sizeof(max)), bytes(memcg->memory.watermark),
		       memcg->memory.failcnt);
}

static int show_tree(void)
{
	struct mem_cgroup *memcg = NULL;

	monitor_printf("%-28s %12s %12s %12s %8s\n", "group", "current", "max", "peak", "refused");
	while ((memcg = mem_cgroup_iter(NULL, memcg, NULL)))
		show_line(memcg);
	return 0;
}

static void show_events(const char *file, const atomic_long_t *events)
{
	static const char *const names[MEMCG_NR_MEMORY_EVENTS] = {
		"low", "high", "max", "oom", "oom_kill", "oom_group_kill",
	};

	for (unsigned int i = 0; i < MEMCG_NR_MEMORY_EVENTS; i++)
		monitor_printf("%s:%s %ld\n", file, names[i], atomic_long_read(&events[i]));
}

static int show_group(struct mem_cgroup *memcg)
{
	struct memcg_stat stat;
	char max[24];

	mem_cgroup_get_stat(memcg, &stat);
	monitor_printf("memory.current:%llu\n", bytes(page_counter_read(&memcg->memory)));
	show_events("memory.events", memcg->memory_events);
	show_events("memory.events.local", memcg->memory_events_local);
	monitor_printf("memory.max:%s\n", limit_text(memcg, max, sizeof(max)));
	monitor_printf("memory.peak:%llu\n", bytes(memcg->memory.watermark));
	monitor_printf("memory.stat:kernel %llu\n", stat.kernel);
	monitor_printf("memory.stat:slab_reclaimable %llu\n", stat.slab_reclaimable);
	monitor_printf("memory.stat:slab_unreclaimable %llu\n", stat.slab_unreclaimable);
	monitor_printf("memory.stat:slab %llu\n", stat.slab_reclaimable + stat.slab_unreclaimable);
	return 0;
}

/* ---- changing ---- */

/* The group at @path, held; NULL after saying that there is none. */
static struct mem_cgroup *find_group(const char *path)
{
	struct mem_cgroup *memcg = mem_cgroup_find(path);

	if (!memcg)
		monitor_printf("memcg: %s: no such group\n", path);
	return memcg;
}

static int parse_limit(const char *word, unsigned long *pages)
{
	if (!page_counter_memparse(word, "max", pages))
		return 0;
	monitor_printf("memcg: %s: not a size, like 64K, 4M or max\n", word);
	return -ERANGE;
}

/* The last name of @path, which ends before it: "web/db" is "web" and "db". */
static char *split_path(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return path;
	*slash = '\0';
	return slash + 1;
}

static int create_in(struct mem_cgroup *parent, const char *name, unsigned long max)
{
	struct mem_cgroup *memcg = mem_cgroup_create(name, parent);

	if (IS_ERR(memcg)) {
		monitor_printf("memcg: %s: %s\n", name,
			       memcg == ERR_PTR(-EEXIST) ? "there is such a group already" :
			       memcg == ERR_PTR(-ENOMEM) ? "no memory" : "no name for a group");
		return PTR_ERR(memcg) == -EINVAL ? -ERANGE : PTR_ERR(memcg);
	}
	mem_cgroup_set_max(memcg, max);
	return 0;
}

static int new_group(int argc, char **argv)
{
	unsigned long max = PAGE_COUNTER_MAX;
	struct mem_cgroup *parent;
	char *name;
	int error;

	if (argc > 3)
		return -EINVAL;
	if (argc == 3 && parse_limit(argv[2], &max))
		return -ERANGE;
	name = split_path(argv[1]);
	parent = find_group(name == argv[1] ? "" : argv[1]);
	if (!parent)
		return -ENOENT;
	error = create_in(parent, name, max);
	mem_cgroup_put(parent);
	return error;
}

static int set_max(struct mem_cgroup *memcg, int argc, char **argv)
{
	unsigned long max;

	if (argc != 1)
		return -EINVAL;
	if (parse_limit(argv[0], &max))
		return -ERANGE;
	mem_cgroup_set_max(memcg, max);
	return 0;
}

static int remove_group(struct mem_cgroup *memcg, int argc, char **argv)
{
	unsigned long usage = page_counter_read(&memcg->memory);
	int error;

	if (argc)
		return -EINVAL;
	error = mem_cgroup_remove(memcg);
	if (error)
		monitor_printf("memcg: %s\n", error == -ENOENT ? "it has gone already" :
			       memcg->parent ? "there are groups in it" : "the root stays");
	else if (usage)
		monitor_printf("%llu bytes are still in use, and charged to its parent now\n",
			       bytes(usage));
	return error;
}

/* ---- running a command for a group ---- */

static const struct monitor_command *find_command(const char *name)
{
	const struct monitor_command *const *c;

	for_each_registered(monitor_commands, c)
		if (!strcmp((*c)->name, name))
			return *c;
	monitor_printf("memcg: %s: no such command\n", name);
	return NULL;
}

static int exec(struct mem_cgroup *memcg, int argc, char **argv)
{
	const struct monitor_command *command;
	struct mem_cgroup *old;
	int result;

	if (!argc)
		return -EINVAL;
	command = find_command(argv[0]);
	if (!command)
		return -ENOENT;
	old = set_active_memcg(memcg);
	result = command->run(argc, argv);
	set_active_memcg(old);
	return result;
}

static int alloc(struct mem_cgroup *memcg, int argc, char **argv)
{
	char *words[] = { "alloc", "kmalloc", argv[0], "kernel|account" };

	return argc == 1 ? exec(memcg, ARRAY_SIZE(words), words) : -EINVAL;
}

/* ---- the word ---- */

static const struct {
	const char *word;
	int (*run)(struct mem_cgroup *memcg, int argc, char **argv);	/* the words behind the path */
} actions[] = {
	{ "max", set_max },
	{ "rm", remove_group },
	{ "alloc", alloc },
	{ "exec", exec },
};

static int act(int (*run)(struct mem_cgroup *memcg, int argc, char **argv), int argc, char **argv)
{
	struct mem_cgroup *memcg = find_group(argv[1]);
	int result;

	if (!memcg)
		return -ENOENT;
	result = run(memcg, argc - 2, argv + 2);
	mem_cgroup_put(memcg);
	return result;
}

static int show_named(struct mem_cgroup *memcg, int argc, char **argv)
{
	return show_group(memcg);
}

static int cmd_memcg(int argc, char **argv)
{
	if (argc == 1)
		return show_tree();
	if (argc == 2)
		return act(show_named, argc, argv);
	if (!strcmp(argv[1], "new"))
		return new_group(argc - 1, argv + 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(argv[1], actions[i].word))
			return act(actions[i].run, argc - 1, argv + 1);
	return -EINVAL;
}

static const char *complete_memcg(int arg, unsigned int n)
{
	static const char *const words[] = { "new", "max", "rm", "alloc", "exec" };

	return arg == 1 && n < ARRAY_SIZE(words) ? words[n] : NULL;
}

MONITOR_COMMAND_COMPLETE(memcg,
			 "[GROUP | new GROUP [MAX] | max GROUP SIZE|max | rm GROUP | "
			 "alloc GROUP SIZE | exec GROUP COMMAND...]",
			 "memory control groups: who owes what", cmd_memcg, complete_memcg);

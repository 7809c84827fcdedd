// SPDX-License-Identifier: MIT
/* The scheduler on several CPUs: threads that are sent, fetched, pinned. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <quarry/test_seed.h>

/* ---- a waker beside it ---- */

static int wander_off(void *unused)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			return 0;		/* by the book: in that state still */
		schedule();
	}
}

static int wake_often(void *data)
{
	struct task_struct *task = data;

	while (!kthread_should_stop()) {
		wake_up_process(task);
		yield();
	}
	return 0;
}

/* One that ends while another one, on its own CPU or elsewhere, keeps waking it up. */
static void die_beside_waker(struct kunit *test, unsigned int cpu)
{
	struct task_struct *task = kthread_create_on_cpu(wander_off, NULL, cpu, "w/%u"), *waker;

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	waker = kthread_run(wake_often, task, "waker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(waker));
	yield();
	KUNIT_EXPECT_LE(test, kthread_stop(task), 0);	/* -EINTR: before it began */
	kthread_stop(waker);
	put_task_struct(task);
}

/* A waker may have seen it about to sleep, and write RUNNING when it says that it is dead. */
static void dies_while_it_is_woken(struct kunit *test)
{
	unsigned int cpu, i;

	for (i = 0; i < kunit_rounds(30); i++)
		for_each_online_cpu(cpu)
			die_beside_waker(test, cpu);
}

/* ---- going from CPU to CPU ---- */

static int roam(void *data)
{
	unsigned long *visited = data;

	while (!kthread_should_stop()) {
		set_bit(raw_smp_processor_id(), visited);
		cond_resched();
	}
	return 0;
}

static void goes_where_it_is_sent(struct kunit *test)
{
	unsigned long visited = 0;
	struct task_struct *task;
	unsigned int cpu;

	task = kthread_run(roam, &visited, "roam");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(task, cpumask_of(cpu)), 0);
		WRITE_ONCE(visited, 0);
		while (!READ_ONCE(visited))
			yield();
		schedule_timeout_uninterruptible(2);
		KUNIT_EXPECT_EQ(test, READ_ONCE(visited), BIT(cpu));
	}
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(task, &CPU_MASK_NONE), -EINVAL);
	kthread_stop(task);
}

/* They are all woken up here; CPUs with nothing to do come and fetch them. */
static void idle_cpus_fetch_work(struct kunit *test)
{
	struct task_struct *task[NR_CPUS];
	unsigned long visited[NR_CPUS] = {}, all = 0;
	unsigned int i, n = num_online_cpus();

	for (i = 0; i < n; i++) {
		task[i] = kthread_run(roam, &visited[i], "roam/%u", i);
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
	}
	schedule_timeout_uninterruptible(20);
	for (i = 0; i < n; i++) {
		kthread_stop(task[i]);
		all |= visited[i];
	}
	KUNIT_EXPECT_EQ(test, all, cpumask_bits(cpu_online_mask)[0]);
}

static int stay(void *data)
{
	unsigned int cpu;

	while (!kthread_should_stop()) {
		migrate_disable();
		cpu = raw_smp_processor_id();
		for (unsigned int i = 0; i < 10; i++) {
			yield();
			if (raw_smp_processor_id() != cpu)
				(*(unsigned int *)data)++;
		}
		migrate_enable();
	}
	return 0;
}

static void migrate_disable_pins(struct kunit *test)
{
	unsigned int moved = 0, cpu;
	struct task_struct *task;

	task = kthread_run(stay, &moved, "stay");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (unsigned int i = 0; i < 10; i++)
		for_each_online_cpu(cpu) {
			set_cpus_allowed_ptr(task, cpumask_of(cpu));
			yield();
		}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, moved, 0);
}

struct sleeper {
	unsigned long wanted, woken, wrong;
};

/* Wakes up as often as it is told to, and looks where. */
static int sleep_anywhere(void *data)
{
	struct sleeper *s = data;

	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(s->wanted) == s->woken && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(s->woken, READ_ONCE(s->wanted));
	}
	return 0;
}

/* Asleep, awake, on its way: whoever wakes it up must find it, and only once. */
static void sent_away_while_it_is_woken(struct kunit *test)
{
	struct task_struct *task, *waker;
	struct sleeper s = {};
	unsigned int cpu, i;

	task = kthread_run(sleep_anywhere, &s, "sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	waker = kthread_run(wake_often, task, "waker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(waker));
	for (i = 0; i < kunit_rounds(30); i++)
		for_each_online_cpu(cpu) {
			KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(task, cpumask_of(cpu)), 0);
			if (READ_ONCE(task->on_cpu) && task_cpu(task) != cpu)
				s.wrong++;
			WRITE_ONCE(s.wanted, s.wanted + 1);
			wake_up_process(task);
			while (READ_ONCE(s.woken) != s.wanted)
				yield();
			KUNIT_EXPECT_EQ(test, task_cpu(task), cpu);
		}
	kthread_stop(waker);
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, s.wrong, 0);
}

static int needs_cpus(struct kunit *test)
{
	if (num_online_cpus() < 2)
		kunit_skip(test, "one CPU");
	return 0;
}

static struct kunit_case sched_smp_cases[] = {
	KUNIT_CASE(dies_while_it_is_woken),
	KUNIT_CASE(goes_where_it_is_sent),
	KUNIT_CASE(idle_cpus_fetch_work),
	KUNIT_CASE(migrate_disable_pins),
	KUNIT_CASE(sent_away_while_it_is_woken),
	{}
};

static struct kunit_suite sched_smp_suite = {
	.name = "sched_smp",
	.init = needs_cpus,
	.test_cases = sched_smp_cases,
};
kunit_test_suite(sched_smp_suite);

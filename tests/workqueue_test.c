// SPDX-License-Identifier: MIT
/* Work queues: once, in order, not twice at a time, not after a cancel; and who sleeps stops nobody. */
#include <kunit/report.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>
#include <quarry/proc.h>

/* A work that says when it is there, and goes on when it is let. */
struct job {
	struct work_struct work;
	struct completion begun, go_on;
	unsigned int runs;
	int running, at_a_time;		/* in it at this moment, and the most of it */
	int order, cpu, ticks;
	struct task_struct *worker;
	bool again;			/* it queues itself */
	bool by_rescuer;
};

static int turn;

static void run(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	job->at_a_time = max(job->at_a_time, ++job->running);
	job->worker = current;
	job->cpu = raw_smp_processor_id();
	job->order = ++turn;
	job->runs++;
	if (job->again)
		schedule_work(work);
	job->running--;
}

static void run_and_wait(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	job->at_a_time = max(job->at_a_time, ++job->running);
	job->worker = current;
	job->by_rescuer = !strcmp(current->comm, "rescued");
	complete(&job->begun);
	wait_for_completion(&job->go_on);
	job->order = ++turn;
	job->runs++;
	job->running--;
}

static void run_for_some_ticks(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	schedule_timeout_uninterruptible(job->ticks);
	WRITE_ONCE(job->runs, job->runs + 1);
}

static void job_init(struct job *job, work_func_t func)
{
	*job = (struct job){};
	INIT_WORK(&job->work, func);
	init_completion(&job->begun);
	init_completion(&job->go_on);
}

/* ledger: T4 */
static void a_work_runs_once_in_a_worker(struct kunit *test)
{
	struct job job;

	job_init(&job, run);
	KUNIT_EXPECT_FALSE(test, flush_work(&job.work));
	preempt_disable();		/* the worker must wait for us */
	KUNIT_EXPECT_TRUE(test, schedule_work_on(raw_smp_processor_id(), &job.work));
	KUNIT_EXPECT_FALSE(test, schedule_work(&job.work));
	KUNIT_EXPECT_TRUE(test, work_pending(&job.work));
	KUNIT_EXPECT_EQ(test, work_busy(&job.work), WORK_BUSY_PENDING);
	preempt_enable();
	flush_work(&job.work);
	KUNIT_EXPECT_EQ(test, job.runs, 1);
	KUNIT_EXPECT_PTR_NE(test, job.worker, current);
	KUNIT_EXPECT_EQ(test, job.cpu, raw_smp_processor_id());
	KUNIT_EXPECT_EQ(test, work_busy(&job.work), 0);
	KUNIT_EXPECT_TRUE(test, schedule_work(&job.work));
	flush_scheduled_work();
	KUNIT_EXPECT_EQ(test, job.runs, 2);
}

/* Another worker goes on with the next work of the same CPU. */
/* ledger: T4 */
static void a_work_that_sleeps_stops_nobody(struct kunit *test)
{
	struct job sleeper, other;
	int cpu = raw_smp_processor_id();

	job_init(&sleeper, run_and_wait);
	job_init(&other, run);
	schedule_work_on(cpu, &sleeper.work);
	wait_for_completion(&sleeper.begun);
	schedule_work_on(cpu, &other.work);
	flush_work(&other.work);
	KUNIT_EXPECT_EQ(test, other.runs, 1);
	KUNIT_EXPECT_EQ(test, sleeper.runs, 0);
	KUNIT_EXPECT_PTR_NE(test, other.worker, sleeper.worker);
	KUNIT_EXPECT_EQ(test, work_busy(&sleeper.work), WORK_BUSY_RUNNING);
	complete(&sleeper.go_on);
	flush_work(&sleeper.work);
	KUNIT_EXPECT_EQ(test, sleeper.runs, 1);
}

/* The next one is in the list already: nobody but the scheduler can tell that it may begin now. */
static void the_next_work_begins_when_one_falls_asleep(struct kunit *test)
{
	struct job sleeper, other;
	unsigned int tries = HZ;

	job_init(&sleeper, run_and_wait);
	job_init(&other, run);
	preempt_disable();		/* the worker must wait until both are there */
	schedule_work_on(raw_smp_processor_id(), &sleeper.work);
	schedule_work_on(raw_smp_processor_id(), &other.work);
	preempt_enable();
	while (!READ_ONCE(other.runs) && tries--)
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(other.runs), 1U);
	KUNIT_EXPECT_EQ(test, sleeper.runs, 0);
	complete(&sleeper.go_on);
	flush_work(&sleeper.work);
	flush_work(&other.work);
	KUNIT_EXPECT_PTR_NE(test, other.worker, sleeper.worker);
}

static void never_twice_at_a_time(struct kunit *test)
{
	struct job job;

	job_init(&job, run_and_wait);
	queue_work(system_unbound_wq, &job.work);
	wait_for_completion(&job.begun);
	KUNIT_EXPECT_TRUE(test, queue_work(system_unbound_wq, &job.work));
	KUNIT_EXPECT_EQ(test, work_busy(&job.work), WORK_BUSY_RUNNING | WORK_BUSY_PENDING);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_FALSE(test, completion_done(&job.begun));
	complete(&job.go_on);
	complete(&job.go_on);
	flush_work(&job.work);
	KUNIT_EXPECT_EQ(test, job.runs, 2);
	KUNIT_EXPECT_EQ(test, job.at_a_time, 1);
}

static void an_ordered_queue_keeps_the_order(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ordered", 0);
	struct job job[8];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	turn = 0;
	for (i = 0; i < ARRAY_SIZE(job); i++) {
		job_init(&job[i], i ? run : run_and_wait);
		queue_work(wq, &job[i].work);
	}
	wait_for_completion(&job[0].begun);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, turn, 0);
	KUNIT_EXPECT_TRUE(test, cancel_work(&job[4].work));
	complete(&job[0].go_on);
	flush_workqueue(wq);
	for (i = 0; i < ARRAY_SIZE(job); i++)
		KUNIT_EXPECT_EQ(test, job[i].order, i < 4 ? i + 1 : i == 4 ? 0 : i);
	destroy_workqueue(wq);
}

/* Not only until the first one is through. */
static void a_flush_waits_for_all(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_workqueue("flushed", WQ_UNBOUND, 4);
	struct job job[4];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	for (i = 0; i < ARRAY_SIZE(job); i++) {
		job_init(&job[i], run_for_some_ticks);
		job[i].ticks = 3 * (ARRAY_SIZE(job) - i);
		queue_work(wq, &job[i].work);
	}
	flush_workqueue(wq);
	for (i = 0; i < ARRAY_SIZE(job); i++)
		KUNIT_EXPECT_EQ(test, READ_ONCE(job[i].runs), 1U);
	destroy_workqueue(wq);
}

static void max_active_is_a_limit(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_workqueue("limit", WQ_UNBOUND, 2);
	struct job job[4];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	for (i = 0; i < ARRAY_SIZE(job); i++) {
		job_init(&job[i], run_and_wait);
		queue_work(wq, &job[i].work);
	}
	wait_for_completion(&job[0].begun);
	wait_for_completion(&job[1].begun);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, work_busy(&job[2].work), WORK_BUSY_PENDING);
	complete(&job[1].go_on);
	wait_for_completion(&job[2].begun);
	KUNIT_EXPECT_FALSE(test, completion_done(&job[3].begun));
	for (i = 0; i < ARRAY_SIZE(job); i++)
		complete(&job[i].go_on);
	destroy_workqueue(wq);
	for (i = 0; i < ARRAY_SIZE(job); i++)
		KUNIT_EXPECT_EQ(test, job[i].runs, 1);
}

static struct job *flush_waits_for;
static struct task_struct *who_flushes;

static void flush_it(struct work_struct *work)
{
	WRITE_ONCE(who_flushes, current);
	flush_work(&flush_waits_for->work);
	run(work);
}

static void flush_waits_for_one_run(struct kunit *test)
{
	struct job job, flusher;

	turn = 0;
	job_init(&job, run_and_wait);
	job_init(&flusher, flush_it);
	flush_waits_for = &job;
	queue_work(system_unbound_wq, &job.work);
	wait_for_completion(&job.begun);
	WRITE_ONCE(who_flushes, NULL);
	queue_work(system_unbound_wq, &flusher.work);
	while (!READ_ONCE(who_flushes) || !wait_task_inactive(who_flushes, TASK_UNINTERRUPTIBLE))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, flusher.runs, 0);
	queue_work(system_unbound_wq, &job.work);	/* again: that one is not waited for */
	complete(&job.go_on);
	flush_work(&flusher.work);
	KUNIT_EXPECT_EQ(test, flusher.runs, 1);
	KUNIT_EXPECT_EQ(test, job.runs, 1);
	complete(&job.go_on);
	flush_work(&job.work);
	KUNIT_EXPECT_EQ(test, job.runs, 2);
}

static void cancel_stops_what_queues_itself(struct kunit *test)
{
	struct job job;
	unsigned int runs;

	job_init(&job, run);
	job.again = true;
	schedule_work(&job.work);
	while (READ_ONCE(job.runs) < 3)
		schedule_timeout_uninterruptible(1);
	cancel_work_sync(&job.work);
	runs = job.runs;
	KUNIT_EXPECT_EQ(test, work_busy(&job.work), 0);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, job.runs, runs);
	KUNIT_EXPECT_FALSE(test, cancel_work_sync(&job.work));
	job.again = false;
	KUNIT_EXPECT_TRUE(test, schedule_work(&job.work));	/* and can be used again */
	flush_work(&job.work);
	KUNIT_EXPECT_EQ(test, job.runs, runs + 1);
}

struct late {
	struct delayed_work work;
	unsigned long ran_at;
	unsigned int runs;
};

static void note_time(struct work_struct *work)
{
	struct late *late = container_of(to_delayed_work(work), struct late, work);

	late->ran_at = jiffies;
	late->runs++;
}

static void delayed_works(struct kunit *test)
{
	struct late late = {};
	unsigned long start = jiffies;

	INIT_DELAYED_WORK(&late.work, note_time);
	KUNIT_EXPECT_TRUE(test, schedule_delayed_work(&late.work, 3));
	KUNIT_EXPECT_FALSE(test, schedule_delayed_work(&late.work, 1));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&late.work));
	while (!READ_ONCE(late.runs))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_TRUE(test, time_after_eq(late.ran_at, start + 3));

	schedule_delayed_work(&late.work, 1000 * HZ);
	KUNIT_EXPECT_TRUE(test, flush_delayed_work(&late.work));	/* at once */
	KUNIT_EXPECT_EQ(test, late.runs, 2);

	schedule_delayed_work(&late.work, 1000 * HZ);
	KUNIT_EXPECT_TRUE(test, mod_delayed_work(system_wq, &late.work, 1));
	while (READ_ONCE(late.runs) < 3)
		schedule_timeout_uninterruptible(1);

	schedule_delayed_work(&late.work, 2);
	KUNIT_EXPECT_TRUE(test, cancel_delayed_work_sync(&late.work));
	schedule_timeout_uninterruptible(4);
	KUNIT_EXPECT_EQ(test, late.runs, 3);
	KUNIT_EXPECT_FALSE(test, cancel_delayed_work(&late.work));
}

static atomic_t visited;

static void visit(struct work_struct *work)
{
	atomic_add(1 << raw_smp_processor_id() * 4, &visited);
}

static void each_cpu_once(struct kunit *test)
{
	unsigned int cpu;

	atomic_set(&visited, 0);
	KUNIT_EXPECT_EQ(test, schedule_on_each_cpu(visit), 0);
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, (atomic_read(&visited) >> cpu * 4) & 15, cpu_online(cpu));
}

static void leaves_preemption_off(struct work_struct *work)
{
	preempt_disable();
}

static void a_leaked_lock_is_reported(struct kunit *test)
{
	struct work_struct work;

	INIT_WORK(&work, leaves_preemption_off);
	KUNIT_EXPECT_REPORT(test, "BUG: workqueue leaked lock or atomic: kworker/*/0x00000001/*", {
		schedule_work(&work);
		flush_work(&work);
	});
}

static void failslab(struct kunit *test, const char *probability, const char *ignore_wait)
{
	KUNIT_EXPECT_EQ(test, proc_store("failslab/times", "-1"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/verbose", "0"), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/ignore-gfp-wait", ignore_wait), 0);
	KUNIT_EXPECT_EQ(test, proc_store("failslab/probability", probability), 0);
}

/* In a pool that nobody else uses: its one worker is busy, and no other can be made. */
static void the_rescuer_needs_no_memory(struct kunit *test)
{
	struct workqueue_struct *wq = alloc_workqueue("rescued", WQ_UNBOUND | WQ_HIGHPRI |
						      WQ_MEM_RECLAIM, 0);
	struct job job[3];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, wq);
	job_init(&job[0], run_and_wait);
	queue_work(wq, &job[0].work);
	wait_for_completion(&job[0].begun);
	failslab(test, "100", "N");
	for (i = 1; i < 3; i++) {
		job_init(&job[i], run_and_wait);
		complete(&job[i].go_on);
		queue_work(wq, &job[i].work);
	}
	for (i = 1; i < 3; i++) {
		flush_work(&job[i].work);
		KUNIT_EXPECT_EQ(test, job[i].runs, 1);
		KUNIT_EXPECT_TRUE(test, job[i].by_rescuer);
	}
	failslab(test, "0", "Y");
	complete(&job[0].go_on);
	destroy_workqueue(wq);
}

/* Each pool keeps one; the others end. */
static void workers_go_when_there_is_nothing_to_do(struct kunit *test)
{
	struct job job[6];
	unsigned int i, before;

	job_init(&job[0], run);
	queue_work(system_unbound_wq, &job[0].work);
	flush_work(&job[0].work);
	schedule_timeout_uninterruptible(2);
	before = nr_threads;
	for (i = 0; i < ARRAY_SIZE(job); i++) {
		job_init(&job[i], run_and_wait);
		queue_work(system_unbound_wq, &job[i].work);
	}
	for (i = 0; i < ARRAY_SIZE(job); i++)
		wait_for_completion(&job[i].begun);
	KUNIT_EXPECT_EQ(test, nr_threads, before + ARRAY_SIZE(job) - 1);
	for (i = 0; i < ARRAY_SIZE(job); i++)
		complete(&job[i].go_on);
	flush_workqueue(system_unbound_wq);
	for (i = 0; i < 100 && READ_ONCE(nr_threads) != before; i++)
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_EQ(test, nr_threads, before);
}

static struct kunit_case workqueue_cases[] = {
	KUNIT_CASE(a_work_runs_once_in_a_worker),
	KUNIT_CASE(a_work_that_sleeps_stops_nobody),
	KUNIT_CASE(the_next_work_begins_when_one_falls_asleep),
	KUNIT_CASE(never_twice_at_a_time),
	KUNIT_CASE(an_ordered_queue_keeps_the_order),
	KUNIT_CASE(a_flush_waits_for_all),
	KUNIT_CASE(max_active_is_a_limit),
	KUNIT_CASE(flush_waits_for_one_run),
	KUNIT_CASE(cancel_stops_what_queues_itself),
	KUNIT_CASE(delayed_works),
	KUNIT_CASE(each_cpu_once),
	KUNIT_CASE(a_leaked_lock_is_reported),
	KUNIT_CASE(the_rescuer_needs_no_memory),
	KUNIT_CASE(workers_go_when_there_is_nothing_to_do),
	{}
};

static struct kunit_suite workqueue_suite = {
	.name = "workqueue",
	.test_cases = workqueue_cases,
};
kunit_test_suite(workqueue_suite);

/* SPDX-License-Identifier: MIT */
/*
 * Sequence counters: readers take no lock, but read again if somebody wrote meanwhile.
 *
 *	do {
 *		seq = read_seqbegin(&lock);
 *		copy = thing;
 *	} while (read_seqretry(&lock, seq));
 *
 * The counter is odd while somebody writes. What a reader has seen is worth nothing until it was
 * compared: it may not follow pointers. A writer must not be interrupted, on its CPU, by a reader, who
 * would wait for ever: so preemption is off while one writes, and interrupts, if they read.
 *
 * seqcount_t is the counter alone, whose writers have a lock of their own; seqlock_t has one.
 */
#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H

#include <asm/barrier.h>
#include <asm/processor.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

#define SEQCNT_ZERO(name)	{ .sequence = 0 }

static inline void seqcount_init(seqcount_t *s)
{
	s->sequence = 0;
}

/* ---- reading a seqcount_t ---- */

/* As it is, odd or not. */
#define raw_read_seqcount(s)		smp_load_acquire(&(s)->sequence)

/* When nobody writes. */
static inline unsigned int read_seqcount_begin(const seqcount_t *s)
{
	return smp_cond_load_acquire(&s->sequence, !(VAL & 1));
}
#define raw_read_seqcount_begin(s)	read_seqcount_begin(s)

/* Without waiting: if somebody writes, retry will say so. */
static inline unsigned int raw_seqcount_begin(const seqcount_t *s)
{
	return raw_read_seqcount(s) & ~1U;
}

/* Has somebody written since? */
static inline int read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	smp_rmb();
	return unlikely(READ_ONCE(s->sequence) != start);
}
#define __read_seqcount_retry(s, start)	(READ_ONCE((s)->sequence) != (start))

/* ---- writing it: one at a time, by the caller's lock ---- */

static inline void raw_write_seqcount_begin(seqcount_t *s)
{
	WRITE_ONCE(s->sequence, s->sequence + 1);
	smp_wmb();
}

static inline void raw_write_seqcount_end(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
}

static inline void write_seqcount_begin(seqcount_t *s)
{
	preempt_disable();
	raw_write_seqcount_begin(s);
}

static inline void write_seqcount_end(seqcount_t *s)
{
	raw_write_seqcount_end(s);
	preempt_enable();
}

/* Whatever is being read is wrong. */
static inline void write_seqcount_invalidate(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 2);
}

/* ---- seqlock_t ---- */

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define __SEQLOCK_UNLOCKED(name) { SEQCNT_ZERO(name), __SPIN_LOCK_INITIALIZER(name.lock) }
#define DEFINE_SEQLOCK(name)	seqlock_t name = __SEQLOCK_UNLOCKED(name)

#define seqlock_init(sl) \
do { \
	spin_lock_init(&(sl)->lock); \
	seqcount_init(&(sl)->seqcount); \
} while (0)

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	return read_seqcount_begin(&sl->seqcount);
}

static inline unsigned int read_seqretry(const seqlock_t *sl, unsigned int start)
{
	return read_seqcount_retry(&sl->seqcount, start);
}

static inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	raw_write_seqcount_begin(&sl->seqcount);
}

static inline void write_sequnlock(seqlock_t *sl)
{
	raw_write_seqcount_end(&sl->seqcount);
	spin_unlock(&sl->lock);
}

static inline void write_seqlock_irq(seqlock_t *sl)
{
	spin_lock_irq(&sl->lock);
	raw_write_seqcount_begin(&sl->seqcount);
}

static inline void write_sequnlock_irq(seqlock_t *sl)
{
	raw_write_seqcount_end(&sl->seqcount);
	spin_unlock_irq(&sl->lock);
}

static inline void write_seqlock_bh(seqlock_t *sl)
{
	spin_lock_bh(&sl->lock);
	raw_write_seqcount_begin(&sl->seqcount);
}

static inline void write_sequnlock_bh(seqlock_t *sl)
{
	raw_write_seqcount_end(&sl->seqcount);
	spin_unlock_bh(&sl->lock);
}

#define write_seqlock_irqsave(sl, flags) \
do { \
	spin_lock_irqsave(&(sl)->lock, flags); \
	raw_write_seqcount_begin(&(sl)->seqcount); \
} while (0)

static inline void write_sequnlock_irqrestore(seqlock_t *sl, unsigned long flags)
{
	raw_write_seqcount_end(&sl->seqcount);
	spin_unlock_irqrestore(&sl->lock, flags);
}

/* Readers who keep writers out instead, and each other. */
#define read_seqlock_excl(sl)			spin_lock(&(sl)->lock)
#define read_sequnlock_excl(sl)			spin_unlock(&(sl)->lock)
#define read_seqlock_excl_irq(sl)		spin_lock_irq(&(sl)->lock)
#define read_sequnlock_excl_irq(sl)		spin_unlock_irq(&(sl)->lock)
#define read_seqlock_excl_bh(sl)		spin_lock_bh(&(sl)->lock)
#define read_sequnlock_excl_bh(sl)		spin_unlock_bh(&(sl)->lock)
#define read_seqlock_excl_irqsave(sl, flags)	spin_lock_irqsave(&(sl)->lock, flags)
#define read_sequnlock_excl_irqrestore(sl, flags) spin_unlock_irqrestore(&(sl)->lock, flags)

/* Without the lock while *@seq is even, with it when it is odd: for a second try that must succeed. */
static inline void read_seqbegin_or_lock(seqlock_t *sl, int *seq)
{
	if (*seq & 1)
		read_seqlock_excl(sl);
	else
		*seq = read_seqbegin(sl);
}

static inline int need_seqretry(seqlock_t *sl, int seq)
{
	return !(seq & 1) && read_seqretry(sl, seq);
}

static inline void done_seqretry(seqlock_t *sl, int seq)
{
	if (seq & 1)
		read_sequnlock_excl(sl);
}

#endif /* _LINUX_SEQLOCK_H */

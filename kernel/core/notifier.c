// SPDX-License-Identifier: MIT
/* Notifier chains: lists by priority, walked under a rw-semaphore. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/notifier.h>

/* Behind those of the same priority. */
static int insert(struct notifier_block **link, struct notifier_block *nb)
{
	for (; *link && (*link)->priority >= nb->priority; link = &(*link)->next)
		if (*link == nb)
			return -EEXIST;
	nb->next = *link;
	*link = nb;
	return 0;
}

static int take_out(struct notifier_block **link, struct notifier_block *nb)
{
	for (; *link; link = &(*link)->next) {
		if (*link == nb) {
			*link = nb->next;
			return 0;
		}
	}
	return -ENOENT;
}

int blocking_notifier_chain_register(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	int error;

	down_write(&nh->rwsem);
	error = insert(&nh->head, nb);
	up_write(&nh->rwsem);
	return error;
}
EXPORT_SYMBOL(blocking_notifier_chain_register);

int blocking_notifier_chain_unregister(struct blocking_notifier_head *nh, struct notifier_block *nb)
{
	int error;

	down_write(&nh->rwsem);
	error = take_out(&nh->head, nb);
	up_write(&nh->rwsem);
	return error;
}
EXPORT_SYMBOL(blocking_notifier_chain_unregister);

int blocking_notifier_call_chain(struct blocking_notifier_head *nh, unsigned long val, void *v)
{
	int answer = NOTIFY_DONE;

	down_read(&nh->rwsem);
	for (struct notifier_block *nb = nh->head; nb && !(answer & NOTIFY_STOP_MASK); nb = nb->next)
		answer = nb->notifier_call(nb, val, v);
	up_read(&nh->rwsem);
	return answer;
}
EXPORT_SYMBOL(blocking_notifier_call_chain);

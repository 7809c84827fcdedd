# SPDX-License-Identifier: MIT
"""
q-locks: who has, and who waits for, which lock. Sleeping locks are known of every thread, a spinlock only
while a CPU waits for it; in a build that checks the order of locks (DEBUG=1) all that a thread has.
"""
import gdb
from target import command, name_of, say, text, variable
from threads import tasks

KINDS = ("mutex", "semaphore", "rw-semaphore")		# enum lock_kind
LOCK_WAITERS = 1


def who(task):
    return f"{text(task['comm'])}/{int(task['pid'])}"


def lock_name(address):
    return name_of(address) or f"{address:#010x}"


def owner_text(word):
    """@word: a thread's address, perhaps with LOCK_WAITERS."""
    word &= ~LOCK_WAITERS & 0xFFFFFFFF
    if not word:
        return ""
    return f", which {who(gdb.Value(word).cast(gdb.lookup_type('struct task_struct').pointer()).dereference())} has"


def queue(address):
    return gdb.Value(address).cast(gdb.lookup_type("struct lock_queue").pointer()).dereference()


def sleeping_lines(task):
    locks = task["sleeping_locks"]
    for i in range(int(locks["nr_held"])):
        address = int(locks["held"][i]) & 0xFFFFFFFF
        yield f"{who(task)} has {KINDS[int(queue(address)['kind'])]} {lock_name(address)}"
    if int(locks["nr"]) > int(locks["nr_held"]):
        yield f"{who(task)} has {int(locks['nr']) - int(locks['nr_held'])} more"
    address = int(task["blocked_on"]) & 0xFFFFFFFF
    if address:
        waited = queue(address)
        yield (f"{who(task)} waits for {KINDS[int(waited['kind'])]} {lock_name(address)}"
               + owner_text(int(waited["owner"])))


def checked_lines(task):
    """What a DEBUG build knows: all locks, and where each was asked for."""
    if "lockdep" not in {field.name for field in task.type.fields()}:
        return
    held = task["lockdep"]
    for i in range(int(held["depth"])):
        lock = held["held"][i]
        yield (f"{who(task)} has or wants {text(lock['map']['name']) if lock['map']['name'] else 'a lock'} since "
               f"{name_of(int(lock['ip']) & 0xFFFFFFFF)}")


def spinning_lines():
    waited = gdb.parse_and_eval("&lock_waited_for")
    online = int(variable("__cpu_online_mask")["bits"][0])
    for cpu in range(int(variable("nr_cpu_ids"))):
        distance = int(variable("__per_cpu_offset")[cpu])
        lock = (waited.cast(gdb.lookup_type("char").pointer()) + distance).cast(waited.type).dereference()
        address = int(lock) & 0xFFFFFFFF
        if online >> cpu & 1 and address:
            word = int(gdb.Value(address).cast(gdb.lookup_type("unsigned int").pointer()).dereference())
            yield f"CPU {cpu} spins for {lock_name(address)}" + owner_text(word if word >= 0xC0000000 else 0)


@command("q-locks")
def q_locks(words):
    """Show which threads have, and wait for, which locks; and the spinlocks that CPUs wait for.

Example:  q-locks"""
    lines = [line for task in tasks() for line in (*sleeping_lines(task), *checked_lines(task))]
    lines += spinning_lines()
    for line in lines or ["no thread has or waits for a lock that is known"]:
        say(line)

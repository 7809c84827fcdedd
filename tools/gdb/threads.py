# SPDX-License-Identifier: MIT
"""
q-ps and q-bt: the threads, and how each came to where it is. A thread that does not run has left its
registers on its stack (kernel/x86/switch.S): GDB is made to believe that they are the CPU's, asked for
a backtrace, and given the true ones back.
"""
import gdb
from target import command, say, symbol, text, variable

IDLE, DEAD, PARKED, UNINTERRUPTIBLE, INTERRUPTIBLE = 0x402, 0x80, 0x40, 0x2, 0x1


def tasks():
    """All threads, by number; the idle ones, which are number 0, first."""
    head = variable("init_task")
    kind = gdb.lookup_type("struct task_struct")
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == "tasks")
    found, node = [], head["tasks"]["next"]
    while node and int(node) != int(head["tasks"].address):
        found.append((node.cast(gdb.lookup_type("char").pointer()) - offset).cast(kind.pointer()).dereference())
        node = node["next"]
    return idle_tasks() + sorted(found, key=lambda task: int(task["pid"]))


def idle_tasks():
    online = int(variable("__cpu_online_mask")["bits"][0])
    queue = gdb.parse_and_eval("&runqueues")
    found = []
    for cpu in range(int(variable("nr_cpu_ids"))):
        if online >> cpu & 1:
            distance = int(variable("__per_cpu_offset")[cpu])
            idle = (queue.cast(gdb.lookup_type("char").pointer()) + distance).cast(queue.type)["idle"]
            found.append(idle.dereference() if idle else variable("init_task"))
    return found


def state(task):
    bits = int(task["__state"])
    if bits & IDLE == IDLE:
        return "I"
    for mask, letter in ((DEAD, "X"), (PARKED, "P"), (UNINTERRUPTIBLE, "D"), (INTERRUPTIBLE, "S")):
        if bits & mask:
            return letter
    return "R"


def line_of(task):
    return f"{int(task['pid']):5d} {int(task['cpu']):3d} {int(task['prio']) - 20:3d} {state(task)} " \
           f"{'on its CPU' if task['on_cpu'] else '':10s} {int(task.address) & 0xffffffff:08x} {text(task['comm'])}"


@command("q-ps")
def q_ps(words):
    """List the threads: number, CPU, niceness, state, task_struct, name.

Example:  q-ps
The letters are ps's: R runs or waits for a CPU, S and D sleep, I has nothing to do, P is parked."""
    say("  PID CPU  NI S            TASK     COMMAND")
    for task in tasks():
        say(line_of(task))


def backtrace(task):
    say(line_of(task))
    if task["on_cpu"]:
        gdb.execute(f"thread apply {int(task['cpu']) + 1} -q backtrace")	# GDB's threads are QEMU's CPUs
        return
    saved = {name: int(gdb.parse_and_eval(f"(unsigned long)${name}")) for name in ("eip", "esp", "ebp")}
    try:
        gdb.execute(f"set $esp = {int(task['thread']['sp'])}")
        gdb.execute(f"set $eip = {symbol('thread_resumes')}")
        gdb.execute("backtrace")
    finally:
        for name in ("esp", "ebp", "eip"):
            gdb.execute(f"set ${name} = {saved[name]}")


@command("q-bt")
def q_bt(words):
    """Show the backtrace of a thread, or of all.

Examples:  q-bt
           q-bt 3       the thread with this number"""
    gdb.execute(f"thread {gdb.selected_thread().num}", to_string=True)	# its innermost frame
    chosen = [task for task in tasks() if not words or int(task["pid"]) == int(words[0], 0)]
    if not chosen:
        raise gdb.GdbError(f"There is no thread {words[0]}: see q-ps.")
    for task in chosen:
        backtrace(task)

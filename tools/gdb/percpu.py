# SPDX-License-Identifier: MIT
"""
q-percpu: what each CPU has of its own; and per_cpu(), this_cpu() for other scripts. A per-CPU variable's
address in the image is where the pattern of its copies lies: CPU c's own is __per_cpu_offset[c] further.
"""
import gdb
from target import command, say, variable

CELLS = 64			# mm/show/percpu.c
PAGE_SIZE, WORD = 4096, 4	# WORD: PCPU_MIN_ALLOC_SIZE


def nr_cpus():
    return int(variable("nr_cpu_ids"))


def offset_of(cpu):
    return int(variable("__per_cpu_offset")[cpu]) & 0xFFFFFFFF


def per_cpu(name, cpu):
    """CPU @cpu's copy of a per-CPU variable."""
    pattern = variable(name)
    address = (int(pattern.address) + offset_of(cpu)) & 0xFFFFFFFF
    return gdb.Value(address).cast(pattern.type.pointer()).dereference()


def this_cpu():
    """The kernel's number of the CPU that GDB looks at: QEMU shows each as a thread."""
    try:
        base = int(gdb.newest_frame().read_register("fs_base")) & 0xFFFFFFFF
        found = [cpu for cpu in range(nr_cpus()) if offset_of(cpu) == base]
        if len(found) == 1:
            return found[0]
    except (gdb.error, ValueError):
        pass
    thread = gdb.selected_thread()
    return min(thread.num - 1 if thread else 0, nr_cpus() - 1)


def bits(words, count):
    """A bitmap as a list of booleans."""
    return [bool(int(words[bit // 32]) >> bit % 32 & 1) for bit in range(count)]


def chunks():
    head = variable("pcpu_chunks")
    kind = gdb.lookup_type("struct pcpu_chunk")
    link, seen = head["next"], set()
    while int(link) != int(head.address):
        if int(link) in seen or not int(link):
            say(f"(damaged: the list of chunks leads to {int(link) & 0xFFFFFFFF:08x})")
            return
        seen.add(int(link))
        yield link.cast(kind.pointer()).dereference()	# the link is its first member
        link = link["next"]


def cell(used, first, end, populated):
    part = used[first:end]
    return " " if first >= populated else "#" if all(part) else "+" if any(part) else "."


def show_chunk(number, chunk, unit_size):
    words, pages = unit_size // WORD, int(chunk["populated"])
    used, nr = bits(chunk["map"], words), int(chunk["nr"])
    say(f"  chunk {number} at {int(chunk['base']) & 0xFFFFFFFF:08x}: {pages} of {unit_size // PAGE_SIZE} pages, "
        f"{nr} allocation{'' if nr == 1 else 's'}, {unit_size - int(chunk['free']) * WORD} of {unit_size} bytes in use")
    row = "".join(cell(used, i * words // CELLS, (i + 1) * words // CELLS, pages * PAGE_SIZE // WORD)
                  for i in range(CELLS))
    say(f"    |{row}|")
    if used.count(False) != int(chunk["free"]):
        say(f"(damaged: {int(chunk['free'])} words are counted as free)")


def show_chunks():
    unit_size = int(variable("pcpu_unit_size"))
    if not unit_size:
        raise gdb.GdbError("There are no per-CPU areas yet: setup_per_cpu_areas() has not run (break behind it).")
    start, end = (int(variable(name).address) for name in ("__per_cpu_start", "__per_cpu_end"))
    pages = sum(int(chunk["populated"]) for chunk in chunks()) * nr_cpus()
    say(f"percpu: {nr_cpus()} CPUs, units of {unit_size} bytes, {end - start} of them variables; {pages} pages in all")
    for number, chunk in enumerate(chunks()):
        show_chunk(number, chunk, unit_size)


@command("q-percpu")
def q_percpu(words):
    """Show what each CPU has of its own, as the monitor's `percpu`; or one variable on all CPUs.

Examples:  q-percpu
           q-percpu runqueues
           q-percpu current_task->comm
The part behind the name is evaluated for each CPU's copy. The CPU that GDB looks at is marked."""
    if not words:
        show_chunks()
        return
    expression = " ".join(words)
    name = expression.split("-")[0].split(".")[0].split("[")[0].strip()
    rest = expression[len(name):]
    variable(name)
    for cpu in range(nr_cpus()):
        copy = per_cpu(name, cpu)
        gdb.set_convenience_variable("percpu", copy)
        value = gdb.parse_and_eval("$percpu" + rest)
        say(f"CPU {cpu}{'*' if cpu == this_cpu() else ' '} {int(copy.address) & 0xFFFFFFFF:08x}: "
            f"{value.format_string(max_elements=16)}")

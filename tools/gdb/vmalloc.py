# SPDX-License-Identifier: MIT
"""
q-vmalloc, q-kmaps: the window above the direct map, of a stopped kernel: who has which addresses, and beside it what
the page tables say. The texts are those of /proc/vmallocinfo and of the monitor's `kmaps` (mm/show/).
"""
import bisect
import struct

import gdb
from page_tables import ADDRESS, KMAP, PRESENT, Tables, fixed_address
from percpu import per_cpu, this_cpu
from target import PAGE_OFFSET, command, lowmem_end, read_virtual, say, symbol, variable

PAGE_SIZE = 4096
STALE, STALE_CPUS_SHIFT = 0x200, 1	# <asm/pgtable.h>
NR_CPUS, KM_MAX_IDX = 8, 16		# <asm/fixmap.h>
VM_IOREMAP, VM_NO_GUARD, VM_SPARE, VM_RAM, VM_LAZY = 0x1, 0x40, 0x10000000, 0x40000000, 0x80000000	# <linux/vmalloc.h>, mm/vmalloc.h
VM_WORDS = ((0x1, "ioremap"), (0x2, "vmalloc"), (0x4, "vmap"), (0x8, "user"), (0x10, "dma-coherent"))
AREAS = "'mm/vmap_area.c'::areas"
LAZY_PAGES, LAZY_LIMIT = "'mm/vmalloc.c'::lazy_pages", "'mm/vmalloc.c'::lazy_limit"
MOST_RUNS = 4				# of pages in one state that a line tells one by one


class Names:
    """The image's own symbol table: an address as %pS prints it (kernel/lib/kallsyms.c)."""

    def __init__(self):
        count, = struct.unpack("<I", read_virtual(symbol("ksyms_count"), 4))
        self.starts = struct.unpack(f"<{count + 1}I", read_virtual(symbol("ksyms_addresses"), 4 * (count + 1)))
        self.names = struct.unpack(f"<{count}I", read_virtual(symbol("ksyms_names"), 4 * count))

    def text(self, address):
        at = bisect.bisect(self.starts, address) - 1
        if not 0 <= at < len(self.names):
            return f"{address:#x}"
        name = gdb.parse_and_eval(f"(char *){symbol('ksyms_text') + self.names[at]}").string()
        return f"{name}+{address - self.starts[at]:#x}/{self.starts[at + 1] - self.starts[at]:#x}"


# ---- the states of pages ----

def state(entry):
    """What <asm/pgtable.h> calls the state of a page of the window."""
    if entry & PRESENT:
        return "mapped"
    if not entry & 0xFFFFFFFF:
        return "empty"
    if not entry & STALE:
        return "damaged"
    cpus = [str(cpu) for cpu in range(NR_CPUS) if entry >> STALE_CPUS_SHIFT >> cpu & 1]
    return "stale" + (f" (not flushed by CPU {', '.join(cpus)})" if cpus else "")


def state_runs(tables, start, end):
    """(pages, state) of the pages from @start to @end, neighbours of one state together."""
    runs = []
    for address in range(start, end, PAGE_SIZE):
        now = state(tables.walk(address)[-1])
        if runs and runs[-1][1] == now:
            runs[-1][0] += 1
        else:
            runs.append([1, now])
    return runs


def states_text(runs):
    if len(runs) <= MOST_RUNS:
        return ", ".join(f"{pages} {name}" for pages, name in runs)
    names = dict.fromkeys(name for _, name in runs)
    return ", ".join(f"{sum(pages for pages, other in runs if other == name)} {name}" for name in names) + (
        f", in {len(runs)} runs")


# ---- q-vmalloc ----

def vmalloc_range():
    return PAGE_OFFSET + lowmem_end() + (8 << 20), KMAP - PAGE_SIZE


class Area:
    """A struct vm_struct."""

    def __init__(self, value):
        self.start, self.bytes, self.flags = (int(value[name]) & 0xFFFFFFFF for name in ("addr", "size", "flags"))
        self.end = self.start + self.bytes
        self.hole, self.pages = int(value["hole"]), int(value["nr_pages"])
        self.phys = int(value["phys_addr"]) if self.flags & VM_IOREMAP else 0
        self.caller = int(value["caller"])

    def text(self, names):
        """A line of /proc/vmallocinfo."""
        line = f"0x{self.start:08x}-0x{self.end:08x} {self.bytes:7d}"
        if self.flags & VM_LAZY:
            return line + (" spare" if self.flags & VM_SPARE else " unpurged vm_area")
        if self.flags & VM_RAM:
            return line + " vm_map_ram"
        return (line + (f" {names.text(self.caller)}" if self.caller else "")
                + (f" pages={self.pages}" if self.pages else "") + (f" phys=0x{self.phys:016x}" if self.phys else "")
                + "".join(f" {word}" for bit, word in VM_WORDS if self.flags & bit))

    def states(self, tables):
        guard = 0 if self.flags & VM_NO_GUARD else PAGE_SIZE
        runs = states_text(state_runs(tables, self.start, self.end - guard))
        if not guard:
            return runs + ", no guard"
        behind = state(tables.walk(self.end - PAGE_SIZE)[-1])
        return runs + (", guard" if behind == "empty" else f", and its guard page is {behind}")


def in_order(root):
    """The nodes of a red-black tree, as addresses; a damaged tree is named, and left."""
    kind = gdb.lookup_type("struct rb_node").pointer()
    node, waiting, seen = int(root["rb_node"]), [], set()
    while node or waiting:
        while node:
            if node in seen:
                say(f"(damaged: the tree leads to the node at {node:08x} twice)")
                return
            seen.add(node)
            waiting.append(node)
            node = int(gdb.Value(node).cast(kind)["rb_left"])
        yield waiting[-1]
        node = int(gdb.Value(waiting.pop()).cast(kind)["rb_right"])


def areas_and_end():
    """All areas by address; the last one has no size, and stands at the range's end."""
    kind = gdb.lookup_type("struct vm_struct")
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == "rb_node")
    return [Area(gdb.Value(node - offset).cast(kind.pointer()).dereference())
            for node in in_order(variable(AREAS))]


def show_hole(tables, start, end):
    runs = state_runs(tables, start, end)
    say(f"0x{start:08x}-0x{end:08x} {end - start:7d} hole"
        + ("" if [name for _, name in runs] == ["empty"] else f"  | {states_text(runs)}: DAMAGED"))


@command("q-vmalloc")
def q_vmalloc(words):
    """List the vmalloc range by address: areas, holes, and the states of their pages.

Example:  q-vmalloc
What stands before the bar is as in /proc/vmallocinfo. Behind it is what the page tables say, from the first page to
the last: mapped; stale, which is unmapped but perhaps still known to a CPU; or empty."""
    start, end = vmalloc_range()
    if not int(variable(AREAS)["rb_node"]):
        raise gdb.GdbError("There is no vmalloc yet: vmalloc_init() has not run (break behind it).")
    areas, tables, names, at = areas_and_end(), Tables(), Names(), start
    lazy = [area for area in areas if area.flags & (VM_LAZY | VM_SPARE) == VM_LAZY]
    say(f"vmalloc range 0x{start:08x}-0x{end:08x}; areas: {sum(area.bytes > 0 for area in areas)}, freed and not flushed: {len(lazy)}; "
        f"pages waiting for the flush: {int(variable(LAZY_PAGES))} of at most {int(variable(LAZY_LIMIT))}")
    for area in areas:
        if area.start < at or area.start - area.hole != at:
            say(f"(damaged: a hole of {area.hole} bytes is noted before 0x{area.start:08x}, found are {area.start - at})")
        if area.start > at:
            show_hole(tables, at, area.start)
        if area.bytes:
            say(f"{area.text(names)}  | {area.states(tables)}")
        at = area.end
    if at != end:
        say(f"(damaged: the tree ends at 0x{at:08x})")


# ---- q-kmaps ----

class Slot:
    """One of kmap()'s."""

    def __init__(self, number, value, mem_map):
        self.number, self.count, self.caller = number, int(value["count"]), int(value["caller"])
        self.address = KMAP + number * PAGE_SIZE
        page = int(value["page"])
        self.pfn = (page - mem_map) // 16 if page else None

    def goes_on(self, other):
        """Whether @other, the one behind it, belongs on its line."""
        if self.count != other.count:
            return False
        return not self.count or (other.caller == self.caller and other.pfn == self.pfn + 1)

    def fault(self, tables):
        """What the page tables say, where that is something else; or ""."""
        entry = tables.walk(self.address)[-1]
        now = state(entry)
        if now != ("mapped" if self.count else "empty"):
            return f"DAMAGED: slot {self.number} is {now}"
        frame = (entry & ADDRESS) >> 12
        return f"DAMAGED: slot {self.number} maps pfn {frame:#x}" if self.count and frame != self.pfn else ""


def slot_lines(slots):
    """The slots in runs that make one line."""
    run = []
    for slot in slots:
        if run and not run[-1].goes_on(slot):
            yield run
            run = []
        run.append(slot)
    yield run


def kmap_slots():
    array, mem_map = variable("kmap_slots"), int(variable("mem_map"))
    return [Slot(number, array[number], mem_map) for number in range(array.type.range()[1] + 1)]


def show_kmap(tables, names):
    slots = kmap_slots()
    used, unused = sum(slot.count > 1 for slot in slots), sum(slot.count == 1 for slot in slots)
    say(f"kmap: {used} of {len(slots)} slots in use, {unused} unused but still mapped, {len(slots) - used - unused} free")
    say(f"      next slot {(int(variable('last_pkmap_nr')) + 1) % len(slots)}; unused ones were freed "
        f"{int(variable('kmap_flushes'))} times")
    for run in slot_lines(slots):
        first = run[0]
        if first.count:
            numbers, more = (f"…{run[-1].number:<3d}", "…") if len(run) > 1 else (" " * 4, "")
            say(f"  {first.number:3d}{numbers} {first.address:08x}: pfn {first.pfn:#x}{more}, "
                f"{first.count - 1} user{'' if first.count == 2 else 's'}, kmap() by {names.text(first.caller)}")
        for fault in filter(None, (slot.fault(tables) for slot in run)):
            say(f"  {fault}")


def show_kmap_local(tables):
    """The slots of this CPU are a stack; a mapping that is not on it should not be there."""
    here = this_cpu()
    depth = int(per_cpu("current_task", here)["kmap_ctrl"]["idx"])
    say(f"kmap_local: {depth} of {KM_MAX_IDX} slots in use on CPU {here}")
    lowest = fixed_address("FIX_KMAP_BEGIN") - (KM_MAX_IDX - 1) * PAGE_SIZE	# CPU 0's slot 0 (mm/highmem.h)
    for number in range(NR_CPUS * KM_MAX_IDX):
        cpu, slot = divmod(number, KM_MAX_IDX)
        address = lowest + (slot - cpu * KM_MAX_IDX) * PAGE_SIZE
        entry = tables.walk(address)[-1]
        in_use = cpu == here and slot < depth
        if in_use and entry & PRESENT:
            say(f"  {slot:3d}     {address:08x}: pfn {(entry & ADDRESS) >> 12:#x}")
        elif in_use or state(entry) != "empty":
            say(f"  DAMAGED: slot {slot} of CPU {cpu}, {address:08x}, is {state(entry)}")


@command("q-kmaps")
def q_kmaps(words):
    """Show how high memory is mapped: kmap()'s slots and kmap_local's, as the monitor's `kmaps`.

Example:  q-kmaps
Slots with the same number of users, by the same caller, of frames that follow each other, make one line. A slot
whose page-table entry says something else is named."""
    if not int(variable("mem_map")):
        raise gdb.GdbError("There is no memory map yet: mm_init() has not run (break behind it).")
    tables, names = Tables(), Names()
    show_kmap(tables, names)
    show_kmap_local(tables)

# SPDX-License-Identifier: MIT
"""
q-page, q-zones, q-buddy, q-split: the page allocator of a stopped kernel, read from its structures.
The texts are those of the monitor's commands `page`, `buddy` and `buddy watch` (mm/show/).
"""
import struct

import gdb
from page_tables import KMAP
from target import PAGE_OFFSET, command, read_virtual, say, variable

PAGE_SHIFT = 12
PAGE_SIZE_OF_STRUCT = 16	# <linux/mm_types.h>
STATE_SHIFT, STATE_MASK = 18, 7	# <linux/page-flags.h>
ORDER_SHIFT, ORDER_MASK = 21, 31
ZONE_SHIFT = 30
PAGEBLOCK_ORDER = 9		# <linux/mmzone.h>
TYPE_LETTERS = "UMRHCI"		# mm/show/buddy_picture.c
BAR = 36
CELLS, CELLS_ORDER = 32, 5	# mm/show/buddy_watch.c
STATE_TEXTS = {			# mm/show/page_command.c
    "PAGE_FREE": "free",
    "PAGE_PCP": "free, on a CPU's list",
    "PAGE_ALLOCATED": "allocated",
    "PAGE_RESERVED": "reserved: taken before there was an allocator",
    "PAGE_HOLE": "a hole: no RAM",
    "PAGE_QUARANTINED": "quarantined: out of service",
}


def parameter(name):
    """A parameter of the newest function, as a number."""
    return int(gdb.newest_frame().read_var(name))


def enumerator(name):
    return int(gdb.parse_and_eval(name))


def name_in(array, number):
    """An entry of an array of strings in the kernel."""
    return variable(array)[number].string()


class Page:
    """One entry of the memory map, as it is now."""

    def __init__(self, pfn):
        start = int(variable("mem_map"))
        if not start:
            raise gdb.GdbError("There is no memory map yet: mm_init() has not run (break behind it).")
        if not 0 <= pfn < int(variable("max_mapnr")):
            raise gdb.GdbError(f"Frame {pfn:#x} is not in the memory map, which ends at "
                               f"{int(variable('max_mapnr')):#x}.")
        self.pfn, self.address = pfn, start + pfn * PAGE_SIZE_OF_STRUCT
        self.words = struct.unpack("<4I", read_virtual(self.address, PAGE_SIZE_OF_STRUCT))
        self.flags, self.count, self.next_pfn, _ = self.words

    @property
    def state(self):
        return self.flags >> STATE_SHIFT & STATE_MASK

    @property
    def order(self):
        return self.flags >> ORDER_SHIFT & ORDER_MASK

    @property
    def zone(self):
        return self.flags >> ZONE_SHIFT

    def in_high_memory(self):
        return self.flags >> 31

    def head(self):
        """The first page of the block this one is in; None in a damaged map."""
        for order in range(11):
            head = Page(self.pfn & ~((1 << order) - 1))
            if head.state != enumerator("PAGE_INTERIOR"):
                return head if head.order >= order else None
        return None


# ---- q-page ----

def frame_of(word):
    """What may be meant by a page, as a frame number: what the monitor's `page` takes, and C."""
    try:
        return frame_of_value(*word.rpartition(":")[::2])
    except gdb.MemoryError:
        raise
    except gdb.error as error:
        raise gdb.GdbError(f"q-page: {word}: {error}") from None


def frame_of_value(prefix, rest):
    value = gdb.parse_and_eval(rest)
    if prefix == "phys":
        return int(value) >> PAGE_SHIFT
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT and kind.tag == "page":
        value, kind = value.address, value.address.type
    if kind.code == gdb.TYPE_CODE_PTR and kind.target().strip_typedefs().tag == "page":
        return ((int(value) - int(variable("mem_map"))) & 0xFFFFFFFF) // PAGE_SIZE_OF_STRUCT
    number = int(value) & 0xFFFFFFFF
    if prefix == "pfn" or number < PAGE_OFFSET:
        return number
    return (number - PAGE_OFFSET) >> PAGE_SHIFT


def flags_text(page):
    """As %pGp prints them (kernel/lib/vsprintf_pointer.c)."""
    names, words, rest = variable("pageflag_names"), [], page.flags & (1 << STATE_SHIFT) - 1
    i = 0
    while int(names[i]["name"]):
        if rest & int(names[i]["mask"]):
            words.append(names[i]["name"].string())
        i += 1
    reserved = page.state == enumerator("PAGE_RESERVED") and page.flags & 1 << enumerator("PG_reserved")
    if page.state != enumerator("PAGE_ALLOCATED") and not reserved:
        words.append(name_in("page_state_names", page.state))
    if page.order:
        words.append(f"order={page.order}")
    return f"{page.flags:#x}({'|'.join(words + [f'zone={page.zone}'])})"


def block_text(page):
    head = page.head()
    if not head:
        return "in no block: the memory map is damaged"
    states = {enumerator(name): text for name, text in STATE_TEXTS.items()}
    return (f"{states.get(head.state, 'damaged')}; block [{head.pfn:#x},+{1 << head.order}) of order {head.order}"
            + (", compound" if head.flags & 1 << enumerator("PG_head") else "")
            + (f", page {page.pfn - head.pfn} of it" if head.pfn != page.pfn else ""))


def place_text(page):
    if not page.in_high_memory():
        return f"at {PAGE_OFFSET + (page.pfn << PAGE_SHIFT):08x}"
    slots = variable("kmap_slots")
    for number in range(slots.type.range()[1] + 1):
        if int(slots[number]["page"]) == page.address and slots[number]["count"]:
            return f"at {KMAP + (number << PAGE_SHIFT):08x}, by kmap()"
    return "no address: high memory"


@command("q-page", gdb.COMPLETE_SYMBOL)
def q_page(words):
    """Show what is known about a page frame: its block, zone, type, references and flags.

Examples:  q-page 0x1234          a frame number
           q-page 0xc1234000      an address in the direct map
           q-page phys:0x1234000  a physical address
           q-page page            a `struct page *` of the function at hand"""
    if len(words) != 1:
        raise gdb.GdbError("usage: q-page PFN|ADDR|phys:N|POINTER")
    page = Page(frame_of(words[0]))
    zone = variable("contig_page_data")["node_zones"][page.zone]
    type_name = name_in("migratetype_names", int(variable("pageblock_types")[page.pfn >> PAGEBLOCK_ORDER]))
    say(f"pfn {page.pfn:#x}: physical 0x{page.pfn << PAGE_SHIFT:09x}, zone {zone['name'].string()}, "
        + place_text(page))
    say(f"  {block_text(page)}")
    say(f"  pageblock [{page.pfn & -1 << PAGEBLOCK_ORDER:#x},+{1 << PAGEBLOCK_ORDER}) is {type_name}")
    say(f"  struct page at {page.address:08x}: {' '.join(f'{word:08x}' for word in page.words)}")
    say(f"  references {page.count - (page.count >> 31 << 32)}, flags {flags_text(page)}")


# ---- q-zones ----

def zones():
    """Those that have RAM, in order."""
    array = variable("contig_page_data")["node_zones"]
    found = [array[i] for i in range(array.type.range()[1] + 1) if int(array[i]["present_pages"])]
    if not found:
        raise gdb.GdbError("There are no zones yet: mm_init() has not run (break behind it).")
    return found


def numbers(array):
    return [int(array[i]) for i in range(array.type.range()[1] + 1)]


@command("q-zones")
def q_zones(words):
    """Show each zone: its span, its pages, watermarks, reserves and the CPUs' lists.

Example:  q-zones
All numbers are pages, as in /proc/zoneinfo."""
    for zone in zones():
        start, spanned = int(zone["zone_start_pfn"]), int(zone["spanned_pages"])
        say(f"zone {zone['name'].string()}: frames {start:#x}-{start + spanned - 1:#x}")
        say(f"  spanned {spanned}, present {int(zone['present_pages'])}, managed {int(zone['managed_pages'])}")
        say(f"  free {int(zone['nr_free_pages'])}, isolated {int(zone['nr_isolated_free'])}, "
            f"quarantined {int(zone['nr_quarantined'])}")
        say("  min %d, low %d, high %d; reserved against (DMA, Normal, HighMem, Movable): %s" % (
            *numbers(zone["_watermark"]), ", ".join(str(n) for n in numbers(zone["lowmem_reserve"]))))
        pcps = zone["per_cpu_pageset"]
        for cpu in range(pcps.type.range()[1] + 1):
            pcp = pcps[cpu]
            if int(pcp["nr_alloc"]) or int(pcp["count"]) or cpu == 0:
                say(f"  CPU {cpu}: {int(pcp['count'])} on its lists (high {int(pcp['high'])}, "
                    f"batch {int(pcp['batch'])})")


# ---- q-buddy ----

def list_length(first, most):
    """Blocks on a free list; a list that goes round, or out of the map, is named as damaged."""
    count, pfn = 0, first
    while pfn:
        count, page = count + 1, Page(pfn)
        if count > most or page.state != enumerator("PAGE_FREE"):
            say(f"(damaged: the list that begins at frame {first:#x} leads to {pfn:#x}, which is not free)")
            break
        pfn = page.next_pfn
    return count


def print_row(order, blocks, most):
    bar = "".join(letter * -(-(count << order) * BAR // most) for letter, count in zip(TYPE_LETTERS, blocks))
    say(f"{order:5d} {4 << order:8d} {sum(blocks):7d} {sum(blocks) * 4 << order:10d}{bar and '  ' + bar}")


def print_zone(zone):
    areas, present = zone["free_area"], int(zone["present_pages"])
    rows = [[list_length(first, present) for first in numbers(areas[order]["first"])]
            for order in range(areas.type.range()[1] + 1)]
    most = max(1, *(sum(blocks) << order for order, blocks in enumerate(rows)))
    pcps = zone["per_cpu_pageset"]
    on_lists = sum(int(pcps[cpu]["count"]) for cpu in range(pcps.type.range()[1] + 1))
    free = int(zone["nr_free_pages"]) + int(zone["nr_isolated_free"])
    say(f"zone {zone['name'].string()}: {free * 4} of {int(zone['managed_pages']) * 4} KB are free, "
        f"and {on_lists * 4} KB on CPUs' lists")
    say("order KB/block  blocks         KB")
    for order, blocks in enumerate(rows):
        print_row(order, blocks, most)


@command("q-buddy")
def q_buddy(words):
    """Draw the free blocks of each zone: a row an order, a letter for each migrate type.

Example:  q-buddy
It is the picture of the monitor's `buddy`. Each free block is read by itself, so on a machine of many
gigabytes it takes a while."""
    for zone in zones():
        print_zone(zone)
    say("Types: U unmovable, M movable, R reclaimable, H high-atomic, C CMA, I isolated.")


# ---- q-split ----

def bar_text(pfn, order):
    """A block that is split into halves of @order, as `buddy watch` draws it."""
    scale = CELLS_ORDER if order + 1 > CELLS_ORDER else 0
    first, half = (pfn >> scale) % CELLS, (1 << order) >> scale
    return (" " * first + "#" * half + "." * half).ljust(CELLS)


class FreeLists:
    """The heads and counts of a zone's free lists at one moment."""

    def __init__(self, zone):
        areas = zone["free_area"]
        data = read_virtual(int(areas.address), areas.type.sizeof)
        types = len(TYPE_LETTERS)
        words = struct.unpack(f"<{len(data) // 4}I", data)
        self.first = [words[at:at + types] for at in range(0, len(words), types + 1)]
        self.count = words[types::types + 1]

    def added_since(self, before, order):
        """The block that has come to the lists of an order; None when there is no more than there was."""
        if self.count[order] <= before.count[order]:
            return None
        return next(new for old, new in zip(before.first[order], self.first[order]) if old != new)


def in_buddy_alloc():
    frame = gdb.newest_frame()
    while frame and frame.name() != "buddy_alloc":
        frame = frame.older()
    return frame is not None


def continue_to(stop):
    """Continue to a breakpoint or watchpoint, which is deleted then, and print nothing."""
    stop.silent = True      # GDB shows where it stops on the terminal, even when asked for a string
    try:
        gdb.execute("continue", to_string=True)
        return stop.hit_count > 0
    except gdb.error:
        raise gdb.GdbError("The machine ended before a block was split.") from None
    finally:
        stop.delete()


def run_to_a_split():
    """Continue to a buddy_alloc() that has no block of the order it wants: (zone, order)."""
    while True:
        if not continue_to(gdb.Breakpoint("buddy_alloc", internal=True)):
            raise gdb.GdbError("The kernel stopped before a block was split.")
        zone, order, kind = (gdb.newest_frame().read_var(name) for name in ("zone", "order", "migratetype"))
        zone = zone.dereference()
        if not FreeLists(zone).first[int(order)][int(kind)]:
            return zone, int(order)


def run_until_free(zone, before, order):
    """Continue until an order has a free block more than before; the frame it begins at."""
    count = zone["free_area"][order]["nr_free"]
    while True:
        pfn = FreeLists(zone).added_since(before, order)
        if pfn:
            return pfn
        place = f"*(unsigned long *){int(count.address):#x}"
        hit = continue_to(gdb.Breakpoint(place, gdb.BP_WATCHPOINT, internal=True))
        if not hit or not in_buddy_alloc():
            raise gdb.GdbError("The kernel left buddy_alloc() before the block was split.")


def largest_order(lists):
    return max(order for order, count in enumerate(lists.count) if count)


@command("q-split")
def q_split(words):
    """Run to the next split of a free block in the buddy allocator, and walk it step by step.

Example:  q-split
Stops in take_block(), inside buddy_alloc() of mm/buddy.c, behind the instruction that counts the last half: all
halves are on their lists, and the block itself is not marked as taken yet (`backtrace`, `finish`). The steps are
told from how the lists' counts change. The monitor's `buddy watch` shows the same without a debugger."""
    zones()
    zone, want = run_to_a_split()
    before = FreeLists(zone)
    order = next((k for k in range(want, len(before.count)) if before.first[k][parameter("migratetype")]),
                 largest_order(before))
    say(f"buddy_alloc(): zone {zone['name'].string()}, order {order} down to {want}")
    while order > want:
        order -= 1
        upper, half = run_until_free(zone, before, order), 1 << order
        say(f"split {order + 1:2d} -> {order:<2d}  |{bar_text(upper - half, order)}|  "
            f"keeps {upper - half:#x}+{half}, frees {upper:#x}+{half}")

# SPDX-License-Identifier: MIT
"""
q-caches, q-slab, q-obj: the slabs of a stopped kernel, read from its structures. The texts are those of
/proc/slabinfo and of the monitor's commands `slab` and `obj` (mm/show/).
"""
import gdb
from pages import Page, enumerator
from target import PAGE_OFFSET, address_of, command, lowmem_end, name_of, say, variable

PAGE_SIZE = 4096
ROW_CELLS, SLABS_SHOWN = 64, 16		# mm/show/slab_picture.c
KMALLOC_LARGE = 1			# mm/slab.h
LISTS = ("full", "partial", "free")
HEADER = ("slabinfo - version: 2.1\n"
          "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
          " : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>")


def plural(count):
    return "" if count == 1 else "s"


def pointer(value):
    return int(value) & 0xFFFFFFFF


def at(address, kind):
    """The object of a type at an address."""
    return gdb.Value(address).cast(gdb.lookup_type(kind).pointer()).dereference()


def on_list(head, kind):
    """The objects on a list whose link is their member "list"; a damaged list is named, and left."""
    offset = next(field.bitpos // 8 for field in gdb.lookup_type(kind).fields() if field.name == "list")
    start, link, seen = pointer(head.address), pointer(head["next"]), set()
    while link != start:
        if link in seen or not link:
            say(f"(damaged: the list at {start:08x} leads to {link:08x}{' twice' if link else ''})")
            return
        seen.add(link)
        yield at(link - offset, kind)
        link = pointer(at(link, "struct list_head")["next"])


class Slab:
    def __init__(self, cache, value):
        self.cache, self.value = cache, value
        self.description, self.objects = pointer(value.address), pointer(value["objects"])
        self.nr_free, self.nr_aside = int(value["nr_free"]), int(value["nr_aside"])
        self.address = self.objects & ~(cache.pages * PAGE_SIZE - 1)
        words = value["free"]
        self.free = sum(pointer(words[i]) << 32 * i for i in range((cache.num + 31) // 32))

    def is_free(self, index):
        return self.free >> index & 1

    def object(self, index):
        return self.objects + index * self.cache.size + self.cache.object_offset

    def list_name(self):
        return "full" if not self.nr_free else "partial" if self.nr_free < self.cache.num else "free"

    def cells(self, rounds):
        return "".join("." if self.is_free(i) else "m" if self.object(i) in rounds else "#"
                       for i in range(self.cache.num))

    def draw(self, rounds):
        cells = self.cells(rounds)
        for first in range(0, len(cells), ROW_CELLS):
            before = f"  {self.address:08x} " if not first else " " * 11
            aside = f" {self.nr_aside} set aside" if self.nr_aside and not first else ""
            say(f"{before}|{cells[first:first + ROW_CELLS]}|{aside}")
        if cells.count(".") != self.nr_free:
            say(f"(damaged: {self.nr_free} are counted as free)")


class Cache:
    """A struct kmem_cache."""

    def __init__(self, value):
        self.value, self.name = value, value["name"].string(errors="replace")
        for name in ("object_size", "size", "object_offset", "num", "align", "nr_colours"):
            setattr(self, name, int(value[name]))
        self.pages = 1 << int(value["gfporder"])

    def slabs(self, name):
        return [Slab(self, slab) for slab in on_list(self.value[name], "struct slab")]

    def magazines(self):
        """(CPU or None for the depot, magazine, its top) of each that there is."""
        cpus = self.value["cpu"]
        for cpu in range(cpus.type.range()[1] + 1):
            loaded, previous = cpus[cpu]["loaded"], cpus[cpu]["previous"]
            if pointer(loaded):
                yield cpu, loaded, pointer(cpus[cpu]["top"])
            if pointer(previous):
                yield cpu, previous, pointer(previous["top"])
        for name in ("full", "empty"):
            magazine = self.value["depot"][name]
            while pointer(magazine):
                yield None, magazine, pointer(magazine["top"])
                magazine = magazine["next"]

    def rounds(self):
        """Where each object in a magazine is: address -> CPU, or None for the depot."""
        found = {}
        for cpu, magazine, top in self.magazines():
            for i in range((top - pointer(magazine["floor"].address)) // 4):
                found[pointer(magazine["round"][i])] = cpu
        return found

    def magazine_size(self):
        """As mm/show/slab_walk.c finds it: 0 where there has been none yet."""
        if not self.value["has_magazines"]:
            return 0
        depot, size = self.value["depot"], 0
        for name in ("full", "empty"):
            size = int(depot[name]["rounds"]) if pointer(depot[name]) else size
        cpus = self.value["cpu"]
        for cpu in range(cpus.type.range()[1] + 1):
            for name in ("previous", "loaded"):
                size = int(cpus[cpu][name]["rounds"]) if pointer(cpus[cpu][name]) else size
        return size

    def counts(self):
        """objects, with owners, in magazines, in the depot; slabs in use, slabs."""
        rounds, slabs = self.rounds(), int(self.value["nr_slabs"])
        objects, free = slabs * self.num, int(self.value["nr_free_objects"])
        return (objects, objects - free - len(rounds), len(rounds), sum(cpu is None for cpu in rounds.values()),
                slabs - int(self.value["nr_free_slabs"]), slabs)

    def line(self):
        """As in /proc/slabinfo."""
        objects, with_owners, _, in_depot, in_use, slabs = self.counts()
        size = self.magazine_size()
        limit = int(self.value["depot"]["limit"]) if self.value["has_magazines"] else 0
        return (f"{self.name:<17s} {with_owners:6d} {objects:6d} {self.size:6d} {self.num:4d} {self.pages:4d}"
                f" : tunables {2 * size:4d} {size:4d} {limit:4d}"
                f" : slabdata {in_use:6d} {slabs:6d} {in_depot:6d}")


def caches():
    """All of them, the newest first."""
    head = variable("slab_caches")
    if pointer(head["next"]) in (0, pointer(head.address)):
        raise gdb.GdbError("There are no caches yet: kmem_cache_init() has not run (break behind it).")
    return [Cache(value) for value in on_list(head, "struct kmem_cache")][::-1]


# ---- q-caches ----

@command("q-caches")
def q_caches(words):
    """List all caches, the newest first, as /proc/slabinfo does.

Example:  q-caches"""
    found = caches()
    say(HEADER)
    for cache in found:
        say(cache.line())


# ---- q-slab ----

def tell_cut(cache):
    outside = pointer(cache.value["slab_cache"])
    apart = f", {cache.size} from one to the next" if cache.size != cache.object_size else ""
    say(f"{cache.name}: objects of {cache.object_size} bytes{apart}, aligned to {cache.align}")
    say(f"  a slab is {cache.pages} page{plural(cache.pages)} with {cache.num} object{plural(cache.num)} and "
        f"{cache.nr_colours} colour{plural(cache.nr_colours)}; its description is {'outside' if outside else 'in it'}")
    constructor = pointer(cache.value["ctor"]) or pointer(cache.value["ctor26"])
    if constructor:
        say(f"  constructor {name_of(constructor)}")


def tell_counts(cache):
    objects, with_owners, in_magazines, *_ = cache.counts()
    made, returned = int(cache.value["nr_grown"]), int(cache.value["nr_reaped"])
    say(f"  {objects} object{plural(objects)}: {with_owners} with owners, {in_magazines} in magazines, "
        f"{int(cache.value['nr_free_objects'])} free; {made} slab{plural(made)} made, {returned} returned")
    size, depot = cache.magazine_size(), cache.value["depot"]
    if size:
        say(f"  magazines of {size}; in the depot {int(depot['nr_full'])} with objects, of at most "
            f"{int(depot['limit'])}, and {int(depot['nr_empty'])} empty")
    else:
        say("  no magazines" + (": checkers watch it" if cache.value["watched"] else
                                " yet" if cache.value["has_magazines"] else ""))


def tell_list(cache, name, rounds, most):
    slabs = cache.slabs(name)
    say(f"{name}: {len(slabs)} slab{plural(len(slabs))}")
    for slab in slabs[:most]:
        slab.draw(rounds)
        if slab.list_name() != name:
            say(f"(damaged: this slab is {slab.list_name()})")
    if len(slabs) > most:
        say(f'  and {len(slabs) - most} more: "slab {cache.name} all" draws them')


@command("q-slab")
def q_slab(words):
    """Draw the slabs of a cache on their three lists, an object a cell.

Examples:  q-slab kmalloc-96
           q-slab kmalloc-96 all    all slabs, and not only the first of each list
It is the picture of the monitor's `slab`."""
    if not words or len(words) > 2 or words[1:] not in ([], ["all"]):
        raise gdb.GdbError("usage: q-slab CACHE [all]; q-caches lists the caches")
    cache = next((cache for cache in reversed(caches()) if cache.name == words[0]), None)
    if not cache:
        raise gdb.GdbError(f"q-slab: {words[0]}: no such cache; q-caches lists them all")
    rounds = cache.rounds()
    tell_cut(cache)
    tell_counts(cache)
    for name in LISTS:
        tell_list(cache, name, rounds, SLABS_SHOWN if len(words) == 1 else len(cache.slabs(name)))
    say("A cell is an object: # somebody has it, m free in a magazine, . free in its slab.")


# ---- q-obj ----

def slab_page(address):
    """The page of a slab that an address lies in; None where there is none."""
    if not PAGE_OFFSET <= address < PAGE_OFFSET + lowmem_end():
        return None
    page = Page((address - PAGE_OFFSET) >> 12)
    return page if page.flags & 1 << enumerator("PG_slab") else None


def place_in_slot(slab, index, address, state):
    cache, object_ = slab.cache, slab.object(index)
    offset = address - object_
    where = (f"the slot, {-offset} bytes before" if offset < 0 else
             f"byte {offset} of" if offset < cache.object_size else
             f"the slot, {offset - cache.object_size} bytes behind the end of")
    return f"{where} the {cache.object_size}-byte {cache.name} object 0x{object_:08x}{state}"


def tell_object(slab, address):
    """What the monitor's `obj` prints of an address in a slab."""
    cache = slab.cache
    index = (address - slab.objects) // cache.size
    if not 0 <= index < cache.num:
        bits = 4 * ((cache.num + 31) // 32)
        described = 0 <= address - slab.description < gdb.lookup_type("struct slab").sizeof + bits
        part = ("the description of" if described else
                "the unused beginning of" if index < 0 else "the unused end of")
        say(f"{address:08x}: {part} the {cache.name} slab 0x{slab.address:x}")
        return
    rounds = cache.rounds()
    free, in_magazine = slab.is_free(index), slab.object(index) in rounds
    state = ", which is free" if free else ", which is free (in a magazine)" if in_magazine else ""
    say(f"{address:08x}: {place_in_slot(slab, index, address, state)}")
    say(f"  number {index} of {cache.num} in the slab at {slab.address:x}, which is {slab.list_name()}: "
        f"{slab.nr_free} free")
    if free:
        say("  it is free, in its slab")
    elif in_magazine:
        cpu = rounds[slab.object(index)]
        say("  it is free, in a magazine " + ("in the depot" if cpu is None else f"of CPU {cpu}"))
    else:
        say("  somebody has it" + (", or it is one of those set aside" if slab.nr_aside else ""))


def tell_block(address):
    """A large block of kmalloc()'s. False: it is none."""
    if not PAGE_OFFSET <= address < PAGE_OFFSET + lowmem_end():
        return False
    head = Page((address - PAGE_OFFSET) >> 12).head()
    if not head or head.state != enumerator("PAGE_ALLOCATED") or head.words[2] != KMALLOC_LARGE:
        return False
    start = PAGE_OFFSET + (head.pfn << 12)
    say(f"{address:08x}: byte {address - start} of the {PAGE_SIZE << head.order}-byte kmalloc block 0x{start:08x}")
    return True


@command("q-obj", gdb.COMPLETE_EXPRESSION)
def q_obj(words):
    """Tell which object of which cache an address is, and who has it.

Examples:  q-obj 0xc0213460
           q-obj area          where a pointer points, in C
It is the answer of the monitor's `obj`."""
    if len(words) != 1:
        raise gdb.GdbError("usage: q-obj ADDRESS")
    try:
        address = address_of(words[0])
    except gdb.MemoryError:
        raise
    except gdb.error as error:
        raise gdb.GdbError(f"q-obj: {words[0]}: {error}") from None
    caches()
    page = slab_page(address)
    if page:
        tell_object(Slab(Cache(at(page.words[2], "struct kmem_cache")), at(page.words[3], "struct slab")), address)
    elif not tell_block(address):
        say(f"{address:08x}: no object; q-page, q-vmalloc and q-pt know more")

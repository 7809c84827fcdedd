# SPDX-License-Identifier: MIT
"""
q-reclaim: how short of memory a stopped kernel is, and what it does about it. The numbers are those of the
monitor's `watermarks` and `shrinkers` and of /proc/vmstat.
"""
import gdb
from pages import enumerator, numbers, zones
from percpu import nr_cpus, per_cpu
from target import command, say, text, variable

PAGES_TO_KB = 4
MAX_RECLAIM_RETRIES = 16	# mm/vmscan.h
SHRINK_BATCH = 128		# <linux/shrinker.h>
EVENTS = (			# <linux/vm_event_item.h>; what is counted each time a rung of the ladder is stood on, too
    "PGSTEAL_KSWAPD", "PGSTEAL_DIRECT", "SLABS_SCANNED", "PAGEOUTRUN", "DROP_SLAB", "OOM_KILL",
    "RUNG_ENTER", "RUNG_KSWAPD", "RUNG_RESERVES", "RUNG_LAST_RESERVES", "RUNG_RECLAIM", "RUNG_COMPACTION", "RUNG_OOM",
    "RUNG_RETRY", "RUNG_NOFAIL", "RUNG_FAIL",
)


def where_between(free, marks):
    """In words, as mm/vmscan.c draws it."""
    least, low, high = marks
    if free > high:
        return "above high"
    if free > low:
        return "above low: kswapd, if it works, goes on"
    return "at low: kswapd is called" if free > least else "at min: who can wait reclaims"


def show_zone(zone):
    free, marks = int(zone["nr_free_pages"]), numbers(zone["_watermark"])
    say(f"zone {zone['name'].string()}: free {free}, min {marks[0]}, low {marks[1]}, high {marks[2]} pages; "
        f"{where_between(free, marks)}")
    if int(zone["nr_reserved_highatomic"]):
        say(f"  {int(zone['nr_reserved_highatomic'])} of them are kept back for atomic blocks")


def show_kswapd():
    kswapd = variable("kswapd_of_node")
    failures, head = int(kswapd["failures"]), kswapd["wait"]["head"]
    if failures >= MAX_RECLAIM_RETRIES:
        state = f"has given up: {failures} runs brought nothing"
    elif int(kswapd["wanted"]):
        state = f"is called, for order {int(kswapd['order'])}, zone {int(kswapd['highest'])} and below"
    else:
        state = "works" if int(head["next"]) == int(head.address) else "sleeps"
    say(f"kswapd {state}; runs in a row that brought nothing: {failures}")


def shrinkers():
    """In the order in which they are asked; a damaged list is named, and left."""
    head = variable("'mm/shrinker.c'::shrinkers")
    kind = gdb.lookup_type("struct shrinker")
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == "list")
    link, seen = int(head["next"]), set()
    while link != int(head.address):
        if link in seen or not link:
            say(f"(damaged: the list of shrinkers leads to {link & 0xFFFFFFFF:08x})")
            return
        seen.add(link)
        shrinker = gdb.Value(link - offset).cast(kind.pointer()).dereference()
        yield shrinker
        link = int(shrinker["list"]["next"])


def show_shrinkers():
    say("shrinker             deferred seeks batch  who counts, who frees")
    for s in shrinkers():
        functions = ", ".join(str(s[name]).partition("<")[2].rstrip(">") for name in ("count_objects", "scan_objects"))
        say(f"{text(s['name']).partition(chr(0))[0]:20s} {int(s['nr_deferred']['counter']):8d} {int(s['seeks']):5d} "
            f"{int(s['batch']) or SHRINK_BATCH:5d}  {functions}")


def event_sums():
    """(name, sum over all CPUs) of those that tell of reclaim and have happened."""
    names = variable("'mm/show/vmstat.c'::event_names")
    for event in EVENTS:
        item = enumerator(event)
        yield names[item].string(), sum(int(per_cpu("vm_event_states", cpu)["event"][item]) for cpu in range(nr_cpus()))


def show_stalls():
    psi = variable("psi_system")
    for state, word in ((0, "some"), (1, "full")):
        say(f"stalled, {word}: {int(psi['total'][state]) // 1000} us{', now' if int(psi['holds'][state]) else ''}")


@command("q-reclaim")
def q_reclaim(words):
    """Show how short memory is: zones against their marks, kswapd, shrinkers, what reclaim has done, stalls.

Example:  q-reclaim
How many objects a shrinker could free only its own function can tell; here is which one that is, and what it still
owes from earlier rounds. Events that never happened are left out."""
    for zone in zones():
        show_zone(zone)
    show_kswapd()
    show_shrinkers()
    say("; ".join(f"{name} {count}" for name, count in event_sums() if count) or "nothing was ever reclaimed")
    show_stalls()

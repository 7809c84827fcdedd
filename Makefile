# SPDX-License-Identifier: MIT
#
# Quarry's front door. `make` alone says what can be done; `make run` and `make test` are all the
# set-up there is: tools/doctor looks for what they need first, and installs it where it can.

# ---- what you may set ----

MEM	?= 128M#		RAM of the machine: 4M … 60G
SMP	?= 1#			its CPUs
CPU	?= qemu32#		its CPU model: qemu32 (no NX), max, …
APPEND	?=#			the kernel's command line
O	?= build#		where everything built goes
CROSS_COMPILE ?=#		prefix of a cross toolchain, e.g. i686-elf-
CC	:= $(if $(filter default undefined,$(origin CC)),$(CROSS_COMPILE)gcc,$(CC))
LD	:= $(if $(filter default undefined,$(origin LD)),$(CROSS_COMPILE)ld,$(LD))
NM	?= $(CROSS_COMPILE)nm
READELF	?= $(CROSS_COMPILE)readelf
GRUB_MKRESCUE ?= $(firstword $(shell command -v grub-mkrescue grub2-mkrescue i686-elf-grub-mkrescue) \
			grub-mkrescue)
DEBUG	?=#			1: compile for stepping (-Og), with the order of locks checked, into $(O)/debug
STACK_4K ?=#			1: threads have stacks of one page
KASAN	?=#			1: with gcc's address sanitizer, all into $(O)/kasan
UBSAN	?=#			1: with the one for undefined behaviour, all into $(O)/ubsan
WERROR	?=#			1: warnings are errors, as in CI
V	?=#			1: show the commands

# A sanitized build has images, logs and tests of its own: all of it goes into a folder of its own.
# (A make that this one starts has been given that folder already.)
VARIANT	:= $(subst $() ,-,$(strip $(if $(KASAN),kasan) $(if $(UBSAN),ubsan)))
override O := $(strip $(O))
override O := $(O)$(if $(VARIANT),$(if $(filter %/$(VARIANT),$(O)),,/$(VARIANT)))
WERROR	:= $(or $(WERROR),$(CI))
OUT	:= $(O)$(if $(DEBUG),/debug)
IMAGE	:= $(OUT)/quarry.elf
Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))
export MEM SMP CPU APPEND O CROSS_COMPILE CC LD

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help all run run-iso test debug record rewind iso bench doctor layers stats mutants soak format lint clean FORCE

# ---- what goes into the image ----

# The chapters of the book, in reading order.
CHAPTERS := memblock firmware_map mmzone mm_init buddy page_pcp watermark highatomic page_alloc \
	    page_slow vmstat shrinker vmscan oom_kill oom_report oom_reaper page_forms \
	    page_bulk page_isolation bad_page show_mem hooks observers slab_layout slab \
	    slab_reap slab_depot slab_cpu slab_bulk slab_magazines slab_common slab_shrink \
	    slab_report kmalloc slab_init kmalloc_forms usercopy highmem kmap_local \
	    set_memory vmap_area vmalloc vmalloc_forms vmalloc_report vmap mempool \
	    mempool_forms percpu_init percpu kfree_rcu process memory \
	    page_counter memcg_tree memcg_stat memcg_charge memcg_owners memcg_slab memcontrol
# What memory stands on, a room each: printk and panic, locks, threads, interrupts, clocks, RCU.
CORE	:= core locking sched irq time rcu
SOURCES	:= boot/start.S boot/multiboot.c \
	   $(sort $(wildcard kernel/lib/*.c $(CORE:%=kernel/%/*.c) kernel/x86/*.[cS] drivers/*.c)) \
	   $(CHAPTERS:%=mm/%.c) \
	   $(sort $(wildcard mm/debug/*.c mm/show/*.c kernel/*.c kernel/monitor/*.c kernel/kunit/*.c)) \
	   $(sort $(wildcard modules/*.c tests/*.c bench/*.c))
# What only sanitized builds have: the sanitizers' runtime, and tests of it.
SOURCES	+= $(if $(KASAN),$(sort $(wildcard kernel/x86/kasan/*.c mm/debug/kasan/*.c tests/kasan/*.c))) \
	   $(if $(UBSAN),$(sort $(wildcard kernel/core/ubsan/*.c tests/ubsan/*.c)))
RED_SOURCES := $(sort $(wildcard tests/red/*.c))
object	= $(addprefix $(OUT)/obj/,$(addsuffix .o,$(1)))
OBJECTS	:= $(call object,$(SOURCES))
RED_OBJECTS := $(call object,$(RED_SOURCES))

# ---- how ----

IS_CLANG := $(findstring clang,$(CC))
# -mregparm=3: arguments in registers, as every i386 Linux has it. clang's own calls of memcpy do
# not follow it, so clang builds without.
CFLAGS	:= -std=gnu11 -m32 -march=i686 -mtune=generic $(if $(DEBUG),-Og,-O2) -g \
	   -ffreestanding -nostdinc -isystem $(shell $(CC) -print-file-name=include) -Iinclude \
	   -fno-pic -fno-pie -mno-sse -mno-mmx -mgeneral-regs-only \
	   -fno-strict-aliasing -fno-common -fwrapv -fno-delete-null-pointer-checks \
	   -fno-stack-protector -fno-asynchronous-unwind-tables -ffile-prefix-map="$(CURDIR)"=. \
	   -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-type-limits -Wstrict-prototypes \
	   -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror) \
	   $(if $(IS_CLANG),-mstack-alignment=4,-mregparm=3 -mpreferred-stack-boundary=$(if $(KASAN),3,2))
ASFLAGS	:= -m32 -march=i686 -g -Iinclude -D__ASSEMBLY__ -ffile-prefix-map="$(CURDIR)"=.
# The sanitizers (gcc's; clang's calls of their runtime do not follow -mregparm). The shadow of an
# address is at address / 8 + 2 GiB: <linux/kasan.h>. Frames must begin at multiples of 8, whoever
# calls; -maccumulate-outgoing-args makes gcc align them in a way that unwind.c can follow. And
# functions stay in one piece: backtraces name them, and not their rare parts (foo.cold).
KASAN_FLAGS := -fsanitize=kernel-address -fasan-shadow-offset=0x80000000 --param asan-stack=1 \
	--param asan-globals=1 --param asan-instrument-allocas=1 -fsanitize-address-use-after-scope \
	--param asan-instrumentation-with-call-threshold=10000 -mincoming-stack-boundary=2 \
	-maccumulate-outgoing-args -fno-reorder-blocks-and-partition
UBSAN_FLAGS := -fsanitize=bool,bounds,enum,integer-divide-by-zero,shift,unreachable,vla-bound \
	-fno-reorder-blocks-and-partition
SANITIZE := $(if $(KASAN),$(KASAN_FLAGS)) $(if $(UBSAN),$(UBSAN_FLAGS))
CFLAGS	+= $(if $(DEBUG),-DCONFIG_LOCKDEP) $(if $(STACK_4K),-DCONFIG_STACK_4K)
CFLAGS	+= $(if $(KASAN),-DCONFIG_KASAN) $(if $(UBSAN),-DCONFIG_UBSAN)
ASFLAGS	+= $(if $(KASAN),-DCONFIG_KASAN)
# Their own runtime is not for them to watch; and one test has assembly that needs EBP, which no
# function with an aligned frame can give away.
$(addprefix $(OUT)/obj/,kernel/x86/kasan/% mm/debug/kasan/% kernel/core/ubsan/% tests/traps_test.c.o): \
	SANITIZE :=
$(if $(and $(VARIANT),$(IS_CLANG)),$(error $(VARIANT): gcc only))
LDFLAGS	:= -m elf_i386 -T linker.ld -nostdlib --build-id=none -z noexecstack -z max-page-size=4096
LINK	= tools/link --cc "$(CC) -m32" --ld "$(LD) $(LDFLAGS)" --nm $(NM) --readelf $(READELF)

help:	## this list
	@printf 'Quarry: a teaching kernel about kernel memory. Start with `make run`, then `make test`.\n\n'
	@sed -n 's/^\([a-z][a-zA-Z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sort | awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'
	@printf '\nvariables (with their defaults):\n'
	@sed -n 's/^\([A-Z_]*\)[ \t]*?= *\([^#]*\)#[ \t]*/\1\t\2\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  %-14s %-8s %s\n", $$1, $$2, $$3 }'

all: $(IMAGE)	## build the image, build/quarry.elf

$(IMAGE): $(OBJECTS) linker.ld tools/link $(OUT)/obj/.flags
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS)

# The kernel without its tests and benchmarks: what `make stats` weighs.
$(OUT)/quarry-bare.elf: $(filter-out $(OUT)/obj/tests/% $(OUT)/obj/bench/%,$(OBJECTS)) linker.ld tools/link $(OUT)/obj/.flags
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(filter %.o,$^)

# The kernel without its tests: what `make bench` measures. The suites would take RAM in it.
$(OUT)/quarry-bench.elf: $(filter-out $(OUT)/obj/tests/%,$(OBJECTS)) linker.ld tools/link $(OUT)/obj/.flags
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(filter %.o,$^)

# Nobody counts the instructions of the suites; but on the least machine, each KiB of them counts.
$(OUT)/obj/tests/%.o: CFLAGS += $(if $(DEBUG)$(KASAN),,-Os -fomit-frame-pointer)
# KASAN makes the largest of their functions so large that gcc takes longer to find out where each
# variable is at each instruction, for the debugger, than for all the rest.
$(OUT)/obj/tests/%.o: CFLAGS += $(if $(KASAN),-fno-var-tracking)

# As where they come from: a module knows that it is one.
$(OUT)/obj/modules/%.o: CFLAGS += -DMODULE

# The image with suites that must come out red: what tests the test harness.
$(OUT)/quarry-red.elf: $(OBJECTS) $(RED_OBJECTS) linker.ld tools/link $(OUT)/obj/.flags
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(RED_OBJECTS)

$(OUT)/obj/%.c.o: %.c $(OUT)/obj/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SANITIZE) -DKBUILD_MODNAME='"$(notdir $*)"' -MMD -MP -c -o $@ $<

$(OUT)/obj/%.S.o: %.S $(OUT)/obj/.flags
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ASFLAGS) -MMD -MP -c -o $@ $<

# Changes when a flag or the list of files does, and then everything is built anew.
$(OUT)/obj/.flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) $(SOURCES)' | cmp -s - $@ || \
		printf '%s\n' '$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) $(SOURCES)' > $@

-include $(OBJECTS:.o=.d) $(RED_OBJECTS:.o=.d)

# ---- running it ----

# A second make builds, once the tools are there; on all CPUs, unless you said -j yourself.
BUILD = $(MAKE) --no-print-directory \
	$(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

# Look for the tools that a target needs, once: `make doctor` looks again.
$(O)/.doctor-%:
	@tools/doctor --for $* --stamp $@

run: | $(O)/.doctor-run	## boot it: the monitor on the serial line; leave with `poweroff` or Ctrl-A X
	@$(BUILD) $(IMAGE)
	@tools/run

iso: | $(O)/.doctor-iso	## build the bootable CD image, build/quarry.iso
	@$(BUILD) $(OUT)/quarry.iso

run-iso: iso		## boot it through GRUB from the ISO
	@ISO=1 tools/run

# quarry.iso waits at its menu; quarry-test.iso runs the tests at once.
$(OUT)/quarry.iso: ISO_SETTINGS = TIMEOUT=3
$(OUT)/quarry-test.iso: ISO_SETTINGS = TIMEOUT=0 APPEND=test
$(OUT)/%.iso: $(IMAGE) iso/grub.cfg $(OUT)/obj/.append
	$(call say,ISO,$@)
	@rm -rf $@.dir && mkdir -p $@.dir/boot/grub
	@cp $(IMAGE) $@.dir/boot/quarry.elf
	@$(ISO_SETTINGS) tools/fill-in TIMEOUT APPEND < iso/grub.cfg > $@.dir/boot/grub/grub.cfg
	$(Q)$(GRUB_MKRESCUE) -o $@ $@.dir $(if $(V),,> $@.log 2>&1) || { cat $@.log; exit 1; }

$(OUT)/obj/.append: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$APPEND" | cmp -s - $@ || printf '%s\n' "$$APPEND" > $@

debug: | $(O)/.doctor-debug	## start it stopped, with GDB attached, compiled for stepping
	@$(BUILD) DEBUG=1 $(O)/debug/quarry.elf
	@tools/debug

record: | $(O)/.doctor-debug	## run it and record every step of the machine, for `make rewind`
	@$(BUILD) $(IMAGE)
	@tools/record

rewind: | $(O)/.doctor-debug	## replay the recording under GDB, forwards and backwards (q-who-wrote ADDR)
	@tools/record --rewind

# ---- testing and measuring it ----

test: test-images	## all tests on all machines of tests/matrix; test-NAME: one row, or the suites named so
	@tools/test/run-tests

# Only what is asked for by name: a pattern rule would also match <kunit/test-bug.h>.
TEST_GOALS := $(filter-out test-images,$(filter test-%,$(MAKECMDGOALS)))
.PHONY: test-images $(TEST_GOALS)
$(TEST_GOALS): test-%: test-images
	@tools/test/run-tests $*

# A sanitized build boots; it is not also compiled in other ways, or run on the host.
export MATRIX := tests/matrix$(if $(KASAN),.kasan,$(if $(UBSAN),.ubsan))

ifneq ($(VARIANT),)
test-images: | $(O)/.doctor-test
	@$(BUILD) $(IMAGE)
else
test-images: | $(O)/.doctor-test
	@$(BUILD) $(IMAGE) $(OUT)/quarry-bare.elf $(OUT)/quarry-red.elf $(OUT)/quarry-test.iso
	@$(BUILD) DEBUG=1 $(O)/debug/quarry-bare.elf
	@$(BUILD) -s -C tests/host O=$(abspath $(O))/host
endif

soak: test-images	## the same tests with long budgets
	@SOAK=1 tools/test/run-tests

mutants: | $(O)/.doctor-test	## put in small faults, one at a time: the tests must notice each
	@tools/mutants

bench: | $(O)/.doctor-bench	## count instructions, compare with Linux, write build/bench.csv
	@$(BUILD) $(OUT)/quarry-bench.elf
	@tools/bench --kernel $(OUT)/quarry-bench.elf

# ---- keeping it in order ----

doctor:			## look for the tools all this needs, and install what is missing
	@rm -f $(O)/.doctor-*
	@tools/doctor --for all

layers:			## check who includes and who calls whom
	@$(BUILD) $(IMAGE)
	@tools/layers

stats:			## sizes of files, functions and image, against their limits
	@$(BUILD) $(IMAGE) $(OUT)/quarry-bare.elf
	@tools/stats

lint: | $(O)/.doctor-lint	## sparse, clang-tidy, shellcheck, and the house's own rules
	@tools/lint

format:			## clang-format for the files you changed
	@git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' | xargs -r clang-format -i

clean:			## remove everything built
	rm -rf $(O)

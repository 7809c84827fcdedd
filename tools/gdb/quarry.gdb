# SPDX-License-Identifier: MIT
#
# GDB's set-up for Quarry. tools/debug and tools/record read it. By hand, beside a QEMU that was
# started with `-s`:
#
#	gdb build/debug/quarry.elf -x tools/gdb/quarry.gdb -ex 'target remote :1234'
#
# Breakpoints. Before boot/start.S switches paging on, nothing is mapped at 0xC0000000, where all
# but the first page of the image is linked. A software breakpoint is an instruction written over
# another one, so there it cannot be written; worse, the loader may copy the image over it. A
# hardware breakpoint (`hbreak`, `thbreak`) is an address that the CPU compares: it can be set
# before anything is there. `_start` lies in section .boot, which is linked at its physical address,
# 1 MiB, and is found there before paging; no longer afterwards, when low addresses are unmapped.
# A real CPU has four hardware breakpoints; QEMU's number is not limited.

set architecture i386
set confirm off
set pagination off
set print pretty on
set disassembly-flavor att
set backtrace limit 64

source tools/gdb/quarry.py

python
import os
if "QUARRY_GDB_SOCKET" in os.environ:
    gdb.execute("target remote " + os.environ["QUARRY_GDB_SOCKET"])
end

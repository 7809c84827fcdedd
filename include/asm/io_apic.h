/* SPDX-License-Identifier: MIT */
#ifndef _ASM_IO_APIC_H
#define _ASM_IO_APIC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* IO-APIC number @index of the MADT is mapped at @regs. All its inputs are masked. */
void io_apic_init(unsigned int index, void __iomem *regs);

/* The ISA lines are the IO-APICs', as the MADT says: request_irq() is about these. */
void io_apic_connect(void);

#endif /* _ASM_IO_APIC_H */

/* SPDX-License-Identifier: MIT */
/* The local APIC: each CPU's own interrupt controller and timer. (kernel/x86/apic.c) */
#ifndef _ASM_APIC_H
#define _ASM_APIC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Interrupts come by local APICs and IO-APIC; else by the 8259s, and there is one CPU. */
extern bool apic_present;

/* Should they, and can they? */
bool apic_wanted(void);

/* They do: this CPU's APIC is mapped at @regs and gets ready. */
void apic_init(void __iomem *regs);

/* This CPU's APIC gets ready: for the others. Interrupts off. */
void apic_init_cpu(void);

/* This CPU's number on the APICs' bus. */
u32 apic_id(void);

/* Done with the interrupt: the next one may come. Only where apic_present. */
void apic_eoi(void);
/* The same for @vector if the APIC has really sent it (and is there at all). */
bool apic_ack_if_in_service(unsigned int vector);

/*
 * Interrupt the CPU whose APIC is @apic_id by @vector. Any context. apic_icr_write(): any message;
 * @low is the command register's lower half (APIC_DM_*, APIC_DEST_*).
 */
void apic_send_ipi(u32 apic_id, u8 vector);
void apic_icr_write(u32 apic_id, u32 low);

#define APIC_DM_FIXED		0x00000
#define APIC_DM_NMI		0x00400
#define APIC_DM_INIT		0x00500
#define APIC_DM_STARTUP		0x00600
#define APIC_ICR_BUSY		0x01000
#define APIC_INT_ASSERT		0x04000
#define APIC_INT_LEVELTRIG	0x08000
#define APIC_DEST_SELF		0x40000
#define APIC_DEST_ALLINC	0x80000
#define APIC_DEST_ALLBUT	0xc0000

/* The APIC's timers are the tick source. The first CPU finds out how fast they count. */
void apic_timer_init(void);

#endif /* _ASM_APIC_H */

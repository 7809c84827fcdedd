/* SPDX-License-Identifier: MIT */
/*
 * What the 256 vectors are for. 0-31 are the processor's exceptions; the legacy lines follow,
 * where both the 8259s and the IO-APIC are told to send them; the local APIC's own are at the
 * end, since it serves a higher number first. Linux's numbers.
 */
#ifndef _ASM_IRQ_VECTORS_H
#define _ASM_IRQ_VECTORS_H

#define FIRST_EXTERNAL_VECTOR		0x20
#define ISA_IRQ_VECTOR(irq)		(FIRST_EXTERNAL_VECTOR + (irq))
#define NR_IRQS_LEGACY			16
#define NR_IRQS				NR_IRQS_LEGACY

#define FIRST_SYSTEM_VECTOR		0xec
#define LOCAL_TIMER_VECTOR		0xec
#define CALL_FUNCTION_VECTOR		0xfb
#define CALL_FUNCTION_SINGLE_VECTOR	0xfb	/* both kinds of calls come by one list */
#define RESCHEDULE_VECTOR		0xfd
#define ERROR_APIC_VECTOR		0xfe
#define SPURIOUS_APIC_VECTOR		0xff

#endif /* _ASM_IRQ_VECTORS_H */

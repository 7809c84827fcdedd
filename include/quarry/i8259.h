/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_I8259_H
#define _QUARRY_I8259_H

/* Move the legacy lines away from the exceptions, to ISA_IRQ_VECTOR(), and mask them all. */
void i8259_init(void);

/* The lines are the 8259s': request_irq() is about these. */
void i8259_connect(void);

#endif /* _QUARRY_I8259_H */

/* SPDX-License-Identifier: MIT */
#ifndef _ASM_KMAP_SIZE_H
#define _ASM_KMAP_SIZE_H

#define KM_MAX_IDX	16	/* nested kmap_local mappings per CPU, as in Linux */

#endif /* _ASM_KMAP_SIZE_H */

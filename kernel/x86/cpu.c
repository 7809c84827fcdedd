// SPDX-License-Identifier: MIT
/* Which CPU is this, and what can it do? (Intel SDM volume 2, CPUID.) */
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "x86.h"

struct cpuinfo boot_cpu;
phys_addr_t cpu_phys_limit = MAX_PHYS_ADDR;
u64 __supported_pte_mask = ~(_PAGE_NX | _PAGE_GLOBAL);	/* so far */
u64 page_kernel_rights;
static bool no_smp;

#define CPUID_EXTENDED		0x80000000u
#define CPUID_BRAND_FIRST	0x80000002u
#define CPUID_BRAND_LAST	0x80000004u
#define CPUID_ADDRESS_SIZES	0x80000008u

static void __init read_vendor(struct cpuinfo *cpu)
{
	u32 words[4];

	cpuid(0, &words[3], &words[0], &words[2], &words[1]);
	memcpy(cpu->vendor, words, 12);
}

static void __init read_version_and_features(struct cpuinfo *cpu)
{
	u32 eax, ebx, ecx, edx;

	cpuid(1, &eax, &ebx, &ecx, &edx);
	cpu->stepping = eax & 15;
	cpu->model_number = (eax >> 4) & 15;
	cpu->family = (eax >> 8) & 15;
	if (cpu->family == 6 || cpu->family == 15)
		cpu->model_number |= (eax >> 12) & 0xf0;
	if (cpu->family == 15)
		cpu->family += (eax >> 20) & 0xff;
	cpu->pse36 = edx & CPUID1_EDX_PSE36;
	cpu->pge = edx & CPUID1_EDX_PGE;
	cpu->tsc = edx & CPUID1_EDX_TSC;
}

static void __init read_extended(struct cpuinfo *cpu)
{
	u32 max, eax, ebx, ecx, edx, leaf;
	u32 brand[12];

	cpuid(CPUID_EXTENDED, &max, &ebx, &ecx, &edx);
	if (max < CPUID_EXTENDED || max > CPUID_EXTENDED + 0xffff)
		return;				/* a CPU without these answers with anything */
	if (max >= CPUID_EXTENDED + 1) {
		cpuid(CPUID_EXTENDED + 1, &eax, &ebx, &ecx, &edx);
		cpu->nx = edx & CPUID81_EDX_NX;
	}
	if (max >= CPUID_ADDRESS_SIZES) {
		cpuid(CPUID_ADDRESS_SIZES, &eax, &ebx, &ecx, &edx);
		cpu->phys_bits = eax & 0xff;
	}
	if (max >= CPUID_BRAND_LAST) {
		for (leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++) {
			u32 *w = &brand[(leaf - CPUID_BRAND_FIRST) * 4];

			cpuid(leaf, &w[0], &w[1], &w[2], &w[3]);
		}
		memcpy(cpu->model, brand, sizeof(brand));
	}
}

/*
 * How many bits of a physical address the CPU decodes: an entry with a higher one set is a fault.
 * A CPU too old to say has 36 if it knows PSE-36, and 32 otherwise. (A Pentium Pro would have 36
 * without PSE-36; QEMU's qemu32 has not, and RAM that is not used does less harm than a fault.)
 */
static void __init find_phys_limit(struct cpuinfo *cpu)
{
	if (!cpu->phys_bits)
		cpu->phys_bits = cpu->pse36 ? 36 : 32;
	cpu_phys_limit = 1ULL << min_t(unsigned int, cpu->phys_bits, __PHYSICAL_MASK_SHIFT);
}

static int __init nosmp_setup(char *value)
{
	no_smp = true;
	return 0;
}
early_param("nosmp", nosmp_setup);

void __init cpu_init(void)
{
	struct cpuinfo *cpu = &boot_cpu;

	read_vendor(cpu);
	read_version_and_features(cpu);
	read_extended(cpu);
	find_phys_limit(cpu);
	if (cpu->nx)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NX);
	/* Bits that a CPU does not know are reserved ones: it faults on them. */
	__supported_pte_mask = ~((cpu->nx ? 0 : _PAGE_NX) | (cpu->pge ? 0 : _PAGE_GLOBAL));
	page_kernel_rights = supported_rights(PAGE_KERNEL);

	pr_info("CPU: %s %s (family: 0x%x, model: 0x%x, stepping: 0x%x)\n", cpu->vendor,
		skip_spaces(cpu->model), cpu->family, cpu->model_number, cpu->stepping);
	pr_info("CPU: %u bits of physical address%s\n", cpu->phys_bits,
		no_smp ? "; nosmp: no other CPU will be started" : "");
	if (cpu->nx)
		pr_info("NX (Execute Disable) protection: active\n");
	else
		pr_notice("NX (Execute Disable) protection: missing in this CPU; "
			  "all readable pages are executable\n");
}

/* SPDX-License-Identifier: MIT */
/*
 * Included in front of every kernel file built for the host: the kernel's own versions of what
 * libc has as well get other names, so that both can be in one program, and so that it is ours
 * that are tested. The sanitizers' runtime needs libc's.
 */
#define bsearch		kernel_bsearch
#define memchr		kernel_memchr
#define memcmp		kernel_memcmp
#define memcpy		kernel_memcpy
#define memmove		kernel_memmove
#define memset		kernel_memset
#define snprintf	kernel_snprintf
#define sprintf		kernel_sprintf
#define sscanf		kernel_sscanf
#define stpcpy		kernel_stpcpy
#define strcasecmp	kernel_strcasecmp
#define strcat		kernel_strcat
#define strchr		kernel_strchr
#define strchrnul	kernel_strchrnul
#define strcmp		kernel_strcmp
#define strcpy		kernel_strcpy
#define strcspn		kernel_strcspn
#define strlcat		kernel_strlcat
#define strlcpy		kernel_strlcpy
#define strlen		kernel_strlen
#define strncasecmp	kernel_strncasecmp
#define strncat		kernel_strncat
#define strncmp		kernel_strncmp
#define strncpy		kernel_strncpy
#define strnlen		kernel_strnlen
#define strpbrk		kernel_strpbrk
#define strrchr		kernel_strrchr
#define strsep		kernel_strsep
#define strspn		kernel_strspn
#define strstr		kernel_strstr
#define vsnprintf	kernel_vsnprintf
#define vsprintf	kernel_vsprintf
#define vsscanf		kernel_vsscanf

/* And what gcc's own library has: 64-bit division. */
#define __divdi3	kernel_divdi3
#define __divmoddi4	kernel_divmoddi4
#define __moddi3	kernel_moddi3
#define __udivdi3	kernel_udivdi3
#define __udivmoddi4	kernel_udivmoddi4
#define __umoddi3	kernel_umoddi3

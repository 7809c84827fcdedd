/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_PARAMS_H
#define _QUARRY_PARAMS_H

/*
 * Hand every word of the command line @line to the parameter that registered its name (early_param,
 * __setup); say which words nobody knew. Works on a copy of its own, which values may point into.
 */
void parse_boot_params(const char *line);

/* The same in place: @line is cut up, and must live as long as the values that point into it. */
void parse_params(char *line);

#endif /* _QUARRY_PARAMS_H */

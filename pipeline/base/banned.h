/*
 * Functions that are easy to use wrongly do not compile. Forced into every file of ours by the compiler's -include.
 * What to use instead: struct str and struct buf for strings, options_parse_* for numbers, struct clock and civil.h for
 * time, struct task for threads.
 */
#ifndef WIREDESK_BANNED_H
#define WIREDESK_BANNED_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Under clang glibc's fortified sprintf is a macro, and a macro is not to be poisoned. */
#undef sprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r atoi atol atoll atof gets
#pragma GCC poison localtime gmtime asctime ctime localtime_r gmtime_r mktime timegm tzset mktemp tmpnam sleep usleep

#endif

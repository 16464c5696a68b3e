/* The kernels for baseline. */
#define ISA baseline
#define NAME_TEXT "baseline"
#define LANES 4
#ifdef __aarch64__
#define REGISTERS 32
#else
#define REGISTERS 16
#endif
#include "all.inc"

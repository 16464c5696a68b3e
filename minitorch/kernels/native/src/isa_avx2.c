/* The kernels for avx2. */
#if defined(__x86_64__)
#define ISA avx2
#define NAME_TEXT "avx2"
#define LANES 8
#define REGISTERS 16
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#include "all.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif

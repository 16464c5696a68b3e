/* The kernels for avx512. */
#if defined(__x86_64__)
#define ISA avx512
#define NAME_TEXT "avx512"
#define LANES 16
#define REGISTERS 32
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
#include "all.inc"
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif

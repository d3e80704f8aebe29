/* What the native functions share: the processor's paths, buffers of the caller, and the growing answer.
 *
 * Every function is defined by a NumPy one that works without it (src/lapwing), takes the path to use by
 * name, and answers the same on every path. None has the interpreter's lock while it works.
 */
#ifndef LAPWING_H
#define LAPWING_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define HAS_AVX2 1 /* the compiler can build it: whether the processor has it is asked when running */
#include <immintrin.h>
#define FOR_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#else
#define HAS_AVX2 0
#endif

#if defined(__GNUC__) || defined(__clang__)
#define INLINE static inline __attribute__((always_inline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define PREFETCH(address) __builtin_prefetch(address)
#define BITS_SET(word) __builtin_popcountll(word)
#define LOWEST_BIT(word) __builtin_ctzll(word)
#else
#define INLINE static inline
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define PREFETCH(address) ((void)(address))
INLINE int BITS_SET(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)((x * 0x0101010101010101u) >> 56);
}
INLINE int LOWEST_BIT(uint64_t word)
{
    int place = 0;
    while (!(word & 1)) {
        word >>= 1;
        place++;
    }
    return place;
}
#endif

typedef enum { PATH_PORTABLE, PATH_AVX2, PATH_UNKNOWN } path_kind;

/* paths.c: the path of that name, or PATH_UNKNOWN with ValueError set: it is not known, or not here. */
path_kind path_named(const char *name);
PyObject *paths_here(void);
int sha_here(void); /* whether the processor has instructions for SHA-1 and SHA-256 */

/* buffers.c: a C-contiguous buffer of whole items, aligned to them; 0, or -1 with an exception set. */
int buffer_get(PyObject *from, Py_buffer *view, Py_ssize_t item, int writable, const char *what);

/* matches.c: what was found, one 64-bit word each: query << 38 | entry << 6 | distance. */
#define MATCH_ENTRY_SHIFT 6
#define MATCH_QUERY_SHIFT 38
#define MATCH_QUERIES ((Py_ssize_t)1 << 25) /* so that a word is never negative as int64 */

typedef struct {
    uint64_t *words;
    size_t count, room, most;
    int fault; /* 1: no memory; 2: more than `most` */
} match_list;

int matches_grow(match_list *found);
PyObject *matches_finish(match_list *found);

INLINE void matches_add(match_list *found, uint64_t query, uint64_t entry, uint64_t distance)
{
    if (found->count == found->room && matches_grow(found))
        return;
    found->words[found->count++] = query << MATCH_QUERY_SHIFT | entry << MATCH_ENTRY_SHIFT | distance;
}

/* Bits that differ between two hashes of 256 bits. */
INLINE int distance_256(const uint64_t *a, const uint64_t *b)
{
    return BITS_SET(a[0] ^ b[0]) + BITS_SET(a[1] ^ b[1]) + BITS_SET(a[2] ^ b[2]) + BITS_SET(a[3] ^ b[3]);
}

/* The functions that Python sees, one a file of its name; module.c lists them. */
PyObject *lapwing_pdq_bits(PyObject *self, PyObject *args);
PyObject *lapwing_pdq_columns(PyObject *self, PyObject *args);
PyObject *lapwing_pdq_rows(PyObject *self, PyObject *args);
PyObject *lapwing_build_table(PyObject *self, PyObject *args);
PyObject *lapwing_digest_three(PyObject *self, PyObject *args);
PyObject *lapwing_find_exact(PyObject *self, PyObject *args);
PyObject *lapwing_scan(PyObject *self, PyObject *args);
PyObject *lapwing_search_tables(PyObject *self, PyObject *args);
PyObject *lapwing_spread_bits(PyObject *self, PyObject *args);

#endif

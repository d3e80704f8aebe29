/* scan(entries, queries, numbers, distance, most, path) -> bytes
 *
 * Every entry within `distance` of every query, by comparing each with each. Both are whole hashes of 32
 * bytes; `numbers` are what the queries are called in the answer. Defined by lapwing.matching.kernels.scan_numpy.
 */
#include "lapwing.h"

#define BLOCK 512 /* entries, 16 KiB: they stay in the first cache while every query passes */
#define HALVES_UP_TO 40 /* a distance up to which the first 128 bits alone reject nearly everything */

INLINE void scan_block(const uint64_t *entries, Py_ssize_t from, Py_ssize_t to, const uint64_t *query,
                       Py_ssize_t number, int distance, int halves, match_list *found)
{
    const uint64_t a = query[0], b = query[1], c = query[2], d = query[3];
    for (Py_ssize_t i = from; i < to; i++) {
        const uint64_t *entry = entries + i * 4;
        int bits = BITS_SET(entry[0] ^ a) + BITS_SET(entry[1] ^ b);
        if (halves && LIKELY(bits > distance))
            continue;
        bits += BITS_SET(entry[2] ^ c) + BITS_SET(entry[3] ^ d);
        if (UNLIKELY(bits <= distance))
            matches_add(found, (uint64_t)number, (uint64_t)i, (uint64_t)bits);
    }
}

INLINE void scan_all(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries,
                     const uint32_t *numbers, Py_ssize_t asked, int distance, match_list *found)
{
    for (Py_ssize_t from = 0; from < count && !found->fault; from += BLOCK) {
        Py_ssize_t to = from + BLOCK < count ? from + BLOCK : count;
        for (Py_ssize_t number = 0; number < asked; number++) {
            if (distance <= HALVES_UP_TO)
                scan_block(entries, from, to, queries + number * 4, numbers[number], distance, 1, found);
            else
                scan_block(entries, from, to, queries + number * 4, numbers[number], distance, 0, found);
        }
    }
}

static void scan_portable(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries,
                          const uint32_t *numbers, Py_ssize_t asked, int distance, match_list *found)
{
    scan_all(entries, count, queries, numbers, asked, distance, found);
}

#if HAS_AVX2
FOR_AVX2 static void scan_avx2(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries,
                               const uint32_t *numbers, Py_ssize_t asked, int distance, match_list *found)
{
    scan_all(entries, count, queries, numbers, asked, distance, found);
}
#endif

static void scan(const Py_buffer *view, int distance, path_kind path, match_list *found)
{
    const Py_ssize_t count = view[0].len / 32, asked = view[1].len / 32;
#if HAS_AVX2
    if (path == PATH_AVX2) {
        scan_avx2(view[0].buf, count, view[1].buf, view[2].buf, asked, distance, found);
        return;
    }
#endif
    (void)path;
    scan_portable(view[0].buf, count, view[1].buf, view[2].buf, asked, distance, found);
}

PyObject *lapwing_scan(PyObject *self, PyObject *args)
{
    static const Py_ssize_t item[] = {32, 32, 4};
    static const char *const what[] = {"entries", "queries", "numbers"};
    PyObject *from[3];
    Py_buffer view[3];
    int distance, got = 0;
    Py_ssize_t most;
    const char *name;
    match_list found = {0};
    path_kind path;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOins", &from[0], &from[1], &from[2], &distance, &most, &name))
        return NULL;
    if ((path = path_named(name)) == PATH_UNKNOWN)
        return NULL;
    while (got < 3 && !buffer_get(from[got], &view[got], item[got], 0, what[got]))
        got++;
    if (got == 3 && (distance < 0 || distance > 63 || most < 0 || view[1].len / 32 > MATCH_QUERIES ||
                     view[0].len / 32 > UINT32_MAX || view[2].len / 4 != view[1].len / 32)) {
        PyErr_SetString(PyExc_ValueError, "scan: an argument is out of its range");
    } else if (got == 3) {
        found.most = (size_t)most;
        Py_BEGIN_ALLOW_THREADS
        scan(view, distance, path, &found);
        Py_END_ALLOW_THREADS
    }
    while (got > 0)
        PyBuffer_Release(&view[--got]);
    return PyErr_Occurred() ? NULL : matches_finish(&found);
}

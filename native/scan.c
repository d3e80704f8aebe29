/* scan(entries, queries, distance, most, path) -> bytes
 *
 * Every entry within `distance` of every query, by comparing each with each. Both are whole hashes of 32
 * bytes. Defined by lapwing.matching.kernels.scan_numpy.
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

INLINE void scan_all(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries, Py_ssize_t asked,
                     int distance, match_list *found)
{
    for (Py_ssize_t from = 0; from < count && !found->fault; from += BLOCK) {
        Py_ssize_t to = from + BLOCK < count ? from + BLOCK : count;
        for (Py_ssize_t number = 0; number < asked; number++) {
            if (distance <= HALVES_UP_TO)
                scan_block(entries, from, to, queries + number * 4, number, distance, 1, found);
            else
                scan_block(entries, from, to, queries + number * 4, number, distance, 0, found);
        }
    }
}

static void scan_portable(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries, Py_ssize_t asked,
                          int distance, match_list *found)
{
    scan_all(entries, count, queries, asked, distance, found);
}

#if HAS_AVX2
FOR_AVX2 static void scan_avx2(const uint64_t *entries, Py_ssize_t count, const uint64_t *queries,
                               Py_ssize_t asked, int distance, match_list *found)
{
    scan_all(entries, count, queries, asked, distance, found);
}
#endif

PyObject *lapwing_scan(PyObject *self, PyObject *args)
{
    PyObject *entries_from, *queries_from;
    Py_buffer entries, queries;
    int distance;
    Py_ssize_t most;
    const char *name;
    match_list found = {0};
    path_kind path;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOins", &entries_from, &queries_from, &distance, &most, &name))
        return NULL;
    if ((path = path_named(name)) == PATH_UNKNOWN)
        return NULL;
    if (buffer_get(entries_from, &entries, 32, 0, "entries"))
        return NULL;
    if (buffer_get(queries_from, &queries, 32, 0, "queries")) {
        PyBuffer_Release(&entries);
        return NULL;
    }
    if (distance < 0 || distance > 63 || most < 0 || queries.len / 32 > MATCH_QUERIES ||
        entries.len / 32 > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "scan: an argument is out of its range");
    } else {
        found.most = (size_t)most;
        Py_BEGIN_ALLOW_THREADS
#if HAS_AVX2
        if (path == PATH_AVX2)
            scan_avx2(entries.buf, entries.len / 32, queries.buf, queries.len / 32, distance, &found);
        else
#endif
            scan_portable(entries.buf, entries.len / 32, queries.buf, queries.len / 32, distance, &found);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&entries);
    PyBuffer_Release(&queries);
    return PyErr_Occurred() ? NULL : matches_finish(&found);
}

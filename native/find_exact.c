/* Which entries have exactly these values: rows in order, those that share their first bits in one bucket.
 *
 * find_exact(values, size, entries, starts, bits, queries) -> bytes: pairs of a query's number and an entry, as
 * uint32, in order of query and of place. NumPy's definition is exact_index.find_many_numpy.
 */
#include "lapwing.h"

#define AHEAD 8 /* queries whose bucket is fetched while the ones before are compared */

typedef struct {
    const uint8_t *values, *queries;
    const uint32_t *entries, *starts;
    size_t size, count;
    int shift;
    uint32_t *pairs;
    size_t found, room;
} look_up;

INLINE uint32_t bucket_of(const uint8_t *value, int shift)
{
    uint32_t first = (uint32_t)value[0] << 24 | (uint32_t)value[1] << 16 | (uint32_t)value[2] << 8 | value[3];
    return first >> shift;
}

static int keep(look_up *at, uint32_t query, uint32_t entry)
{
    if (at->found == at->room) {
        size_t room = at->room ? at->room * 2 : 64;
        uint32_t *pairs = realloc(at->pairs, room * 2 * sizeof *pairs);
        if (!pairs)
            return -1;
        at->pairs = pairs;
        at->room = room;
    }
    at->pairs[2 * at->found] = query;
    at->pairs[2 * at->found + 1] = entry;
    at->found++;
    return 0;
}

static int find_all(look_up *at)
{
    for (size_t query = 0; query < at->count; query++) {
        const uint8_t *wanted = at->queries + query * at->size;
        uint32_t low, high, bucket = bucket_of(wanted, at->shift);
        if (query + 2 * AHEAD < at->count)
            PREFETCH(at->starts + bucket_of(wanted + 2 * AHEAD * at->size, at->shift));
        if (query + AHEAD < at->count)
            PREFETCH(at->values + at->starts[bucket_of(wanted + AHEAD * at->size, at->shift)] * at->size);
        low = at->starts[bucket];
        high = at->starts[bucket + 1];
        for (; low < high; low++)
            if (!memcmp(at->values + low * at->size, wanted, at->size) && keep(at, (uint32_t)query, at->entries[low]))
                return -1;
    }
    return 0;
}

static PyObject *answer(look_up *at, Py_buffer *views, Py_ssize_t size, int bits)
{
    int failed;
    PyObject *pairs;
    at->size = (size_t)size;
    at->count = (size_t)(views[3].len / size);
    at->shift = 32 - bits;
    at->values = views[0].buf;
    at->entries = views[1].buf;
    at->starts = views[2].buf;
    at->queries = views[3].buf;
    if (views[0].len / size != views[1].len / 4 || views[2].len / 4 != ((Py_ssize_t)1 << bits) + 1 ||
        at->starts[(size_t)1 << bits] > (size_t)(views[0].len / size) || at->count > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "values, entries and starts do not fit each other");
        return NULL;
    }
    if (at->count > 1) {
        Py_BEGIN_ALLOW_THREADS
        failed = find_all(at);
        Py_END_ALLOW_THREADS
    } else {
        failed = find_all(at); /* sooner done than the lock is let go of */
    }
    pairs = failed ? PyErr_NoMemory() : PyBytes_FromStringAndSize((char *)at->pairs, (Py_ssize_t)(at->found * 8));
    free(at->pairs);
    return pairs;
}

PyObject *lapwing_find_exact(PyObject *self, PyObject *args)
{
    static const char *names[] = {"values", "entries", "starts", "queries"};
    PyObject *given[4], *found = NULL;
    Py_buffer views[4];
    Py_ssize_t size;
    int bits, taken = 0;
    look_up at = {0};
    (void)self;
    if (!PyArg_ParseTuple(args, "OnOOiO", &given[0], &size, &given[1], &given[2], &bits, &given[3]))
        return NULL;
    if (size < 4 || size > 4096 || bits < 1 || bits > 24) {
        PyErr_SetString(PyExc_ValueError, "a value has 4 to 4,096 bytes, and 1 to 24 bits choose its bucket");
        return NULL;
    }
    for (; taken < 4; taken++) {
        Py_ssize_t item = taken == 1 || taken == 2 ? 4 : 1;
        if (buffer_get(given[taken], &views[taken], item, 0, names[taken]))
            break;
        if ((taken == 0 || taken == 3) && views[taken].len % size) {
            PyErr_Format(PyExc_ValueError, "%s: not whole values of %zd bytes", names[taken], size);
            taken++;
            break;
        }
    }
    if (!PyErr_Occurred())
        found = answer(&at, views, size, bits);
    while (taken--)
        PyBuffer_Release(&views[taken]);
    return found;
}

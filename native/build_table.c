/* build_table(spread, table, id_bytes, offsets, following, ids)
 *
 * Fills one table of the index from the hashes with their bits spread (spread_bits.c). Two passes of a radix
 * sort, the high byte and then the low one, so that neither writes to more places at once than the first cache
 * has lines. Entries of a bucket stay in order.
 */
#include "tables.h"

typedef struct {
    uint32_t id;
    uint16_t chunk, following;
} row;

static void by_high_byte(const uint16_t *hashes, size_t count, int table, row *rows, uint32_t *starts)
{
    const int next = (table + 1) % CHUNKS;
    uint32_t place[256] = {0}, total = 0;
    for (size_t i = 0; i < count; i++)
        place[hashes[i * CHUNKS + table] >> 8]++;
    for (int byte = 0; byte < 256; byte++) {
        uint32_t size = place[byte];
        starts[byte] = place[byte] = total;
        total += size;
    }
    starts[256] = total;
    for (size_t i = 0; i < count; i++) {
        uint16_t chunk = hashes[i * CHUNKS + table];
        rows[place[chunk >> 8]++] = (row){(uint32_t)i, chunk, hashes[i * CHUNKS + next]};
    }
}

static void by_low_byte(const row *rows, const uint32_t *starts, int size, uint32_t *offsets,
                        uint16_t *following, uint8_t *ids)
{
    for (int high = 0; high < 256; high++) {
        uint32_t place[256] = {0}, total = starts[high];
        for (uint32_t i = starts[high]; i < starts[high + 1]; i++)
            place[rows[i].chunk & 255]++;
        for (int low = 0; low < 256; low++) {
            uint32_t many = place[low];
            offsets[high << 8 | low] = place[low] = total;
            total += many;
        }
        for (uint32_t i = starts[high]; i < starts[high + 1]; i++) {
            size_t to = place[rows[i].chunk & 255]++;
            following[to] = rows[i].following;
            for (int byte = 0; byte < size; byte++)
                ids[to * (size_t)size + (size_t)byte] = (uint8_t)(rows[i].id >> (8 * byte));
        }
    }
    offsets[BUCKETS] = starts[256];
}

static int build(const Py_buffer *hashes, int table, int size, uint32_t *offsets, uint16_t *following,
                 uint8_t *ids)
{
    size_t count = (size_t)hashes->len / 32;
    uint32_t starts[257];
    row *rows = malloc(count * sizeof *rows + 1);
    if (!rows)
        return -1;
    by_high_byte(hashes->buf, count, table, rows, starts);
    if (size == 3)
        by_low_byte(rows, starts, 3, offsets, following, ids);
    else
        by_low_byte(rows, starts, 4, offsets, following, ids);
    free(rows);
    return 0;
}

PyObject *lapwing_build_table(PyObject *self, PyObject *args)
{
    PyObject *from[4];
    Py_buffer view[4];
    static const Py_ssize_t item[4] = {32, 4, 2, 1};
    static const char *const what[4] = {"hashes", "offsets", "following", "ids"};
    int table, size, got = 0, failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OiiOOO", &from[0], &table, &size, &from[1], &from[2], &from[3]))
        return NULL;
    while (got < 4 && !buffer_get(from[got], &view[got], item[got], got > 0, what[got]))
        got++;
    if (got == 4) {
        Py_ssize_t count = view[0].len / 32;
        if (table < 0 || table >= CHUNKS || (size != 3 && size != 4) || count > UINT32_MAX ||
            (size == 3 && count > 1 << 24) || view[1].len < 4 * (BUCKETS + 1) || view[2].len < 2 * count ||
            view[3].len < size * count) {
            PyErr_SetString(PyExc_ValueError, "build_table: an argument is out of its range");
        } else {
            Py_BEGIN_ALLOW_THREADS
            failed = build(&view[0], table, size, view[1].buf, view[2].buf, view[3].buf);
            Py_END_ALLOW_THREADS
            if (failed)
                PyErr_NoMemory();
        }
    }
    while (got > 0)
        PyBuffer_Release(&view[--got]);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

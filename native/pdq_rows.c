/* pdq_rows(sums, rows, first, starts, weights, path)
 *
 * Adds rows of bytes, which begin at row `first` of a picture, to 64 rows of float sums: sum k takes row r
 * times weights[k][r - starts[k]]. Defined by lapwing.hashing.pdq.decimating.add_rows_numpy. A product and its
 * sum are rounded one after the other, in order of the rows, so every path gives the same floats.
 */
#include "lapwing.h"

#define SAMPLES 64
#define COLUMNS 16384 /* bytes of a row at once: long enough for the memory's own look-ahead */

typedef struct {
    float *sums;
    const uint8_t *rows;
    Py_ssize_t width, count, first; /* bytes a row, rows, number of the first row */
    const int32_t *starts;
    const float *weights;
    Py_ssize_t taps;
} strip;

/* Some rows one after the other, rounded as if they came one by one, and the sums are fetched once. */
INLINE void add_rows(float *restrict sum, const uint8_t *restrict row, Py_ssize_t width,
                     const float *restrict weight, Py_ssize_t count, const int rows)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        float total = sum[i];
        for (int j = 0; j < rows; j++) /* unrolled: `rows` is a constant where this is called */
            total += weight[j] * (float)row[i + j * width];
        sum[i] = total;
    }
}

/* One sample's share of the strip. Supports of neighbours hardly overlap: few rows are read twice. */
INLINE void add_sample(const strip *s, int k, Py_ssize_t from, Py_ssize_t count)
{
    const Py_ssize_t begin = s->starts[k] > s->first ? s->starts[k] : s->first;
    const Py_ssize_t last = s->first + s->count, end = s->starts[k] + s->taps < last ? s->starts[k] + s->taps : last;
    const float *weight = s->weights + k * s->taps - s->starts[k];
    const uint8_t *rows = s->rows - s->first * s->width + from;
    float *sum = s->sums + k * s->width + from;
    Py_ssize_t place = begin;
    for (; place + 8 <= end; place += 8)
        add_rows(sum, rows + place * s->width, s->width, weight + place, count, 8);
#define REST(n)                                                                                       \
    case n:                                                                                           \
        add_rows(sum, rows + place * s->width, s->width, weight + place, count, n);                   \
        break;
    switch (end - place) {
        REST(1) REST(2) REST(3) REST(4) REST(5) REST(6) REST(7)
    default:
        break;
    }
#undef REST
}

INLINE void add_strip(const strip *s)
{
    for (int k = 0; k < SAMPLES; k++)
        for (Py_ssize_t from = 0; from < s->width; from += COLUMNS)
            add_sample(s, k, from, s->width - from < COLUMNS ? s->width - from : COLUMNS);
}

static void add_portable(const strip *s)
{
    add_strip(s);
}

#if HAS_AVX2
FOR_AVX2 static void add_avx2(const strip *s)
{
    add_strip(s);
}
#endif

/* What came is one picture's: 64 sums as wide as the rows, a band whose starts never fall. */
static int fits(const strip *s, Py_ssize_t sums, Py_ssize_t rows, Py_ssize_t starts, Py_ssize_t weights)
{
    if (s->width < 1 || sums % SAMPLES || rows % s->width || starts != SAMPLES || s->first < 0 ||
        weights % SAMPLES || s->taps < 1)
        return 0;
    for (int k = 0; k < SAMPLES; k++)
        if (s->starts[k] < 0 || (k && s->starts[k] < s->starts[k - 1]))
            return 0;
    return 1;
}

PyObject *lapwing_pdq_rows(PyObject *self, PyObject *args)
{
    PyObject *from[4];
    Py_buffer got[4]; /* sums, rows, starts, weights */
    static const Py_ssize_t items[4] = {4, 1, 4, 4};
    static const char *const names[4] = {"sums", "rows", "starts", "weights"};
    const char *name;
    strip s = {0};
    path_kind path;
    int held = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOnOOs", &from[0], &from[1], &s.first, &from[2], &from[3], &name))
        return NULL;
    if ((path = path_named(name)) == PATH_UNKNOWN)
        return NULL;
    while (held < 4 && !buffer_get(from[held], &got[held], items[held], held == 0, names[held]))
        held++;
    if (held == 4) {
        s.sums = got[0].buf;
        s.rows = got[1].buf;
        s.starts = got[2].buf;
        s.weights = got[3].buf;
        s.width = got[0].len / 4 / SAMPLES;
        s.count = s.width ? got[1].len / s.width : 0;
        s.taps = got[3].len / 4 / SAMPLES;
        if (!fits(&s, got[0].len / 4, got[1].len, got[2].len / 4, got[3].len / 4)) {
            PyErr_SetString(PyExc_ValueError, "pdq_rows: sums, rows and band do not fit one another");
        } else {
            Py_BEGIN_ALLOW_THREADS
#if HAS_AVX2
            if (path == PATH_AVX2)
                add_avx2(&s);
            else
#endif
                add_portable(&s);
            Py_END_ALLOW_THREADS
        }
    }
    while (held--)
        PyBuffer_Release(&got[held]);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

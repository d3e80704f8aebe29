/* pdq_bits(samples, cosines) -> bytes
 *
 * The 32 bytes of the hash and one of the quality, of 64 by 64 samples and the 16 by 64 matrix of the cosine
 * transform. Defined by lapwing.hashing.pdq.reference: transformed, bits and quality.
 */
#include "lapwing.h"
#include <math.h>

#define SAMPLES 64
#define KEPT 16

static void transform(const double *samples, const double *cosines, double *found)
{
    double half[KEPT * SAMPLES] = {0};
    for (int i = 0; i < KEPT; i++)
        for (int k = 0; k < SAMPLES; k++)
            for (int j = 0; j < SAMPLES; j++)
                half[i * SAMPLES + j] += cosines[i * SAMPLES + k] * samples[k * SAMPLES + j];
    for (int i = 0; i < KEPT; i++)
        for (int j = 0; j < KEPT; j++) {
            double total = 0;
            for (int k = 0; k < SAMPLES; k++)
                total += half[i * SAMPLES + k] * cosines[j * SAMPLES + k];
            found[i * KEPT + j] = total;
        }
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int quality(const double *samples)
{
    double total = 0;
    for (int i = 0; i < SAMPLES; i++)
        for (int j = 0; j < SAMPLES; j++) {
            const double *at = samples + i * SAMPLES + j;
            if (i + 1 < SAMPLES)
                total += floor(fabs(at[SAMPLES] - at[0]) * 100 / 255);
            if (j + 1 < SAMPLES)
                total += floor(fabs(at[1] - at[0]) * 100 / 255);
        }
    return total >= 9000 ? 100 : (int)total / 90;
}

PyObject *lapwing_pdq_bits(PyObject *self, PyObject *args)
{
    PyObject *samples_from, *cosines_from;
    Py_buffer samples, cosines;
    uint8_t answer[KEPT * KEPT / 8 + 1] = {0};
    int fits;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &samples_from, &cosines_from))
        return NULL;
    if (buffer_get(samples_from, &samples, 8, 0, "samples"))
        return NULL;
    if (buffer_get(cosines_from, &cosines, 8, 0, "cosines")) {
        PyBuffer_Release(&samples);
        return NULL;
    }
    fits = samples.len == SAMPLES * SAMPLES * 8 && cosines.len == KEPT * SAMPLES * 8;
    if (fits) {
        double found[KEPT * KEPT], sorted[KEPT * KEPT];
        transform(samples.buf, cosines.buf, found);
        memcpy(sorted, found, sizeof found);
        qsort(sorted, KEPT * KEPT, sizeof *sorted, ascending);
        for (int i = 0; i < KEPT * KEPT; i++) /* the last frequency is the first bit */
            if (found[KEPT * KEPT - 1 - i] > sorted[KEPT * KEPT / 2 - 1])
                answer[i / 8] |= (uint8_t)(0x80 >> i % 8);
        answer[KEPT * KEPT / 8] = (uint8_t)quality(samples.buf);
    }
    PyBuffer_Release(&samples);
    PyBuffer_Release(&cosines);
    if (fits)
        return PyBytes_FromStringAndSize((char *)answer, sizeof answer);
    PyErr_SetString(PyExc_ValueError, "pdq_bits: samples and cosines do not fit one another");
    return NULL;
}

/* pdq_columns(samples, sums, channels, starts, weights)
 *
 * Turns 64 rows of sums, each of width * channels floats, into luminance and that into 64 samples along the
 * row. Defined by lapwing.hashing.pdq.decimating.along_rows_numpy.
 */
#include "lapwing.h"

#define SAMPLES 64

/* The luminance of one row: red, green and blue as ITU-R BT.601 weighs them. */
static void shade(float *shades, const float *sums, Py_ssize_t width)
{
    for (Py_ssize_t i = 0; i < width; i++)
        shades[i] = 0.299f * sums[3 * i] + 0.587f * sums[3 * i + 1] + 0.114f * sums[3 * i + 2];
}

static void sample(float *samples, const float *shades, const int32_t *starts, const float *weights,
                   Py_ssize_t taps)
{
    for (int k = 0; k < SAMPLES; k++) {
        const float *at = shades + starts[k], *weight = weights + k * taps;
        float total = 0;
        for (Py_ssize_t i = 0; i < taps; i++)
            total += weight[i] * at[i];
        samples[k] = total;
    }
}

static int fits(const Py_buffer *got, int channels, Py_ssize_t width, Py_ssize_t taps)
{
    const int32_t *starts = got[2].buf;
    if (got[0].len != SAMPLES * SAMPLES * 4 || (channels != 1 && channels != 3) || width < 1 || taps < 1 ||
        got[1].len != SAMPLES * width * channels * 4 || got[2].len != SAMPLES * 4 ||
        got[3].len != SAMPLES * taps * 4)
        return 0;
    for (int k = 0; k < SAMPLES; k++)
        if (starts[k] < 0 || starts[k] > width - taps)
            return 0;
    return 1;
}

PyObject *lapwing_pdq_columns(PyObject *self, PyObject *args)
{
    PyObject *from[4];
    Py_buffer got[4]; /* samples, sums, starts, weights */
    static const char *const names[4] = {"samples", "sums", "starts", "weights"};
    int channels, held = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOiOO", &from[0], &from[1], &channels, &from[2], &from[3]))
        return NULL;
    while (held < 4 && !buffer_get(from[held], &got[held], 4, held == 0, names[held]))
        held++;
    if (held == 4) {
        const Py_ssize_t width = channels > 0 ? got[1].len / 4 / SAMPLES / channels : 0;
        const Py_ssize_t taps = got[3].len / 4 / SAMPLES;
        float *shades = NULL;
        if (!fits(got, channels, width, taps))
            PyErr_SetString(PyExc_ValueError, "pdq_columns: samples, sums and band do not fit one another");
        else if (channels == 3 && !(shades = malloc((size_t)width * sizeof *shades)))
            PyErr_NoMemory();
        else {
            Py_BEGIN_ALLOW_THREADS
            for (int row = 0; row < SAMPLES; row++) {
                const float *sums = (const float *)got[1].buf + row * width * channels;
                if (channels == 3)
                    shade(shades, sums, width);
                sample((float *)got[0].buf + row * SAMPLES, channels == 3 ? shades : sums, got[2].buf,
                       got[3].buf, taps);
            }
            Py_END_ALLOW_THREADS
            free(shades);
        }
    }
    while (held--)
        PyBuffer_Release(&got[held]);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* spread_bits(hashes, spread)
 *
 * Each hash of 32 bytes with its bits spread, into the other array.
 */
#include "spread.h"

PyObject *lapwing_spread_bits(PyObject *self, PyObject *args)
{
    PyObject *from, *to;
    Py_buffer hashes, spread;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &from, &to) || buffer_get(from, &hashes, 32, 0, "hashes"))
        return NULL;
    if (buffer_get(to, &spread, 32, 1, "spread")) {
        PyBuffer_Release(&hashes);
        return NULL;
    }
    if (hashes.len != spread.len) {
        PyErr_SetString(PyExc_ValueError, "spread_bits: the arrays are not of one length");
    } else {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t i = 0; i < hashes.len / 32; i++)
            spread_256((const uint64_t *)hashes.buf + i * 4, (uint64_t *)spread.buf + i * 4);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&spread);
    PyBuffer_Release(&hashes);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

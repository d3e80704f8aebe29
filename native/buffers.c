#include "lapwing.h"

int buffer_get(PyObject *from, Py_buffer *view, Py_ssize_t item, int writable, const char *what)
{
    int flags = PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(from, view, flags))
        return -1;
    if (view->len % item || (uintptr_t)view->buf % (uintptr_t)(item < 8 ? item : 8)) {
        PyErr_Format(PyExc_ValueError, "%s: not whole, aligned items of %zd bytes", what, item);
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

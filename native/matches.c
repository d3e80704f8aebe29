#include "lapwing.h"

int matches_grow(match_list *found)
{
    size_t room = found->room ? found->room * 2 : 1024;
    uint64_t *words;
    if (found->fault)
        return -1;
    if (found->count >= found->most) {
        found->fault = 2;
        return -1;
    }
    if (room > found->most)
        room = found->most;
    words = realloc(found->words, room * sizeof *words);
    if (!words) {
        found->fault = 1;
        return -1;
    }
    found->words = words;
    found->room = room;
    return 0;
}

PyObject *matches_finish(match_list *found)
{
    PyObject *answer = NULL;
    if (found->fault == 1)
        PyErr_NoMemory();
    else if (found->fault == 2)
        PyErr_SetString(PyExc_OverflowError, "more matches than asked for at most");
    else
        answer = PyBytes_FromStringAndSize((char *)found->words, (Py_ssize_t)(found->count * 8));
    free(found->words);
    found->words = NULL;
    return answer;
}

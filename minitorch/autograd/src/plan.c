/* Plans: what of an op's class a call has to know. */
#include "core.h"

static PyTypeObject *plan_type;

#define PLAN_HOLDS(X) \
    X(forward) X(backward) X(promotion) X(node_class) X(saves) X(saves_outputs) X(saved_for)
#define VISIT(field) Py_VISIT(self->field);
#define CLEAR(field) Py_CLEAR(self->field);

static int plan_traverse(PyObject *object, visitproc visit, void *arg)
{
    Plan *self = (Plan *)object;
    Py_VISIT(Py_TYPE(object));
    PLAN_HOLDS(VISIT)
    return 0;
}

static int plan_clear(PyObject *object)
{
    Plan *self = (Plan *)object;
    PLAN_HOLDS(CLEAR)
    return 0;
}

static void plan_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    plan_clear(object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyType_Slot plan_slots[] = {
    {Py_tp_traverse, plan_traverse},
    {Py_tp_clear, plan_clear},
    {Py_tp_dealloc, plan_dealloc},
    {0, NULL},
};
static PyType_Spec plan_spec = {
    "minitorch.core._hot.Plan", sizeof(Plan), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    plan_slots};

static int truth_of(PyObject *op, const char *name, char *found)
{
    PyObject *value = PyObject_GetAttrString(op, name);
    int truth = value ? PyObject_IsTrue(value) : -1;
    Py_XDECREF(value);
    *found = truth == 1;
    return truth < 0 ? -1 : 0;
}

static Plan *new_plan(PyObject *op)
{
    Plan *plan = (Plan *)PyType_GenericAlloc(plan_type, 0);
    if (!plan)
        return NULL;
    plan->of = op;
    plan->forward = PyObject_GetAttrString(op, "forward");
    if (!plan->forward)
        PyErr_Clear(); /* of ops that only have a rule */
    plan->backward = PyObject_GetAttrString(op, "backward");
    if (!plan->backward)
        PyErr_Clear();
    plan->promotion = PyObject_GetAttrString(op, "promotion");
    plan->node_class = PyObject_GetAttrString(op, "node_class");
    plan->saves = PyObject_GetAttrString(op, "saves");
    plan->saves_outputs = PyObject_GetAttrString(op, "saves_outputs");
    plan->saved_for = PyObject_GetAttrString(op, "saved_for");
    if (!plan->promotion || !plan->node_class || !plan->saves || !plan->saves_outputs ||
        !plan->saved_for || truth_of(op, "is_view", &plan->is_view) < 0 ||
        truth_of(op, "differentiable", &plan->differentiable) < 0 ||
        PyObject_SetAttr(op, names._plan, (PyObject *)plan) < 0) {
        Py_DECREF(plan);
        return NULL;
    }
    return plan;
}

/* A new reference. */
Plan *plan_of(PyObject *op)
{
    PyObject *known = PyObject_GetAttr(op, names._plan);
    if (known && Py_TYPE(known) == plan_type && ((Plan *)known)->of == op)
        return (Plan *)known;
    Py_XDECREF(known); /* None, or that of a base */
    return known ? new_plan(op) : NULL;
}

int start_plans(void)
{
    plan_type = (PyTypeObject *)PyType_FromSpec(&plan_spec);
    return plan_type ? 0 : -1;
}

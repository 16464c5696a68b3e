"""PyTorch's pickles, read and written without ``pickle``: nothing in them is imported or run.

Note [A pickle that runs nothing]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A pickle is a program for a stack machine, whose instructions name functions and call them. Python's
machine imports whatever they name. The one in ``machine.py`` knows the instructions that PyTorch's
``save`` writes, protocols 2 to 5, and looks names up in a closed list (``names.py``): each
stands for a maker of ours, which checks what it is given and calls nothing that a file chose. Names
themselves never become values, so nothing that is on the list can be reached in another way. What a
user adds (``classes=``, ``add_safe_globals``) are classes of the user's, by name.

What a file can do is bounded by its size: text and numbers end where the file ends, the memo is a
dict, keys of dicts are short and were not made to collide, tensors lie within their storage. What
one list holds many times is one object, so nested lists take no more memory than their text.
"""

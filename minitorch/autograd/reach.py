"""Which nodes a walk visits, and how many edges lead to each of them.

Producers are recorded before their users. So what was recorded before the first of the targets
leads to none of them: neither time nor memory of a walk depends on what lies behind its targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from minitorch.autograd.node import Edge, Node


def count_users(roots: Sequence[Edge]) -> dict[Node, int]:
    """Count, for each node that can be reached, the edges that lead to it."""
    users: dict[Node, int] = {root[0]: 0 for root in roots}
    stack = list(users)
    while stack:
        for edge in stack.pop()._edges:
            if edge is not None:
                node = edge[0]
                if node in users:
                    users[node] += 1
                else:
                    users[node] = 1
                    stack.append(node)
    return users


def count_users_between(roots: Sequence[Edge], targets: Sequence[Edge]) -> dict[Node, int]:
    """As :func:`count_users`, of those nodes alone from which a path leads to a target.

    A single root is always among them: hooks of what is differentiated are called in any case.
    """
    ends = {node for node, _ in targets}
    users: dict[Node, int] = {}
    for node in sorted(_recorded_since(ends, roots), key=attrgetter("_sequence")):
        leads_to = [e[0] for e in node._edges if e is not None and e[0] in users]
        if leads_to or node in ends:
            users[node] = 0
            for producer in leads_to:
                users[producer] += 1
    if len(roots) == 1:
        users.setdefault(roots[0][0], 0)
    return users


def _recorded_since(ends: set[Node], roots: Sequence[Edge]) -> dict[Node, None]:
    """Return the nodes that can be reached without passing one older than all the ends."""
    first = min([node._sequence for node in ends])
    seen = dict.fromkeys([root[0] for root in roots])
    stack = list(seen)
    while stack:
        for edge in stack.pop()._edges:
            if edge is not None and edge[0] not in seen and edge[0]._sequence >= first:
                seen[edge[0]] = None
                stack.append(edge[0])
    return seen

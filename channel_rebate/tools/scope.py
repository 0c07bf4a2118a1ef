"""Which agreement line applies to what: scopes as paths, the most specific one wins.

A scope is the path from everything down to one product: category ids (``"c7"``), then a
template (``"t3"``), then a product (``"p5"``). ``()`` covers all. One scope covers another when
it is the beginning of its path, so "most specific" is simply "longest".
"""


def scope_path(category_path="", template_id=None, product_id=None):
    """Return the path of a scope.

    :param category_path: Odoo's ``parent_path`` of the category, such as ``"1/4/"``

    >>> scope_path(category_path="1/4/", template_id=3, product_id=5)
    ('c1', 'c4', 't3', 'p5')
    >>> scope_path()
    ()
    """
    path = [f"c{part}" for part in category_path.split("/") if part]
    if template_id:
        path.append(f"t{template_id}")
    if product_id:
        path.append(f"p{product_id}")
    return tuple(path)


def covers(scope, other):
    """Tell whether ``scope`` covers all of ``other``.

    >>> covers(("c1",), ("c1", "t3")), covers(("c1", "t3"), ("c1",))
    (True, False)
    """
    return other[: len(scope)] == scope


def is_product(scope):
    """Tell whether ``scope`` is that of one product, so that it covers no other.

    >>> is_product(("c1", "t3", "p5")), is_product(("c1", "t3")), is_product(())
    (True, False, False)
    """
    return bool(scope) and scope[-1][0] == "p"


def nearest(scopes, target):
    """Return the most specific of ``scopes`` (a set or dictionary) that covers ``target``.

    ``None`` if none does.

    >>> nearest({(), ("c1",), ("c2",)}, ("c1", "t3"))
    ('c1',)
    """
    if target in scopes:
        return target
    beginnings = (target[:length] for length in range(len(target), -1, -1))
    return next((path for path in beginnings if path in scopes), None)


def rivals(own_scopes, other_scopes):
    """Pair each own scope with every other scope that can rule the same product.

    A product falls under the nearest own scope and the nearest other scope. The pairs are found
    from the scopes alone, so the result also holds for products that do not exist yet.

    :param own_scopes: set or dictionary of paths, and so ``other_scopes``
    :return: list of ``(own scope, other scope or None)``; ``None`` says that nothing on the
        other side covers the whole of the own scope

    >>> rivals({("c1",)}, {("c1", "t3"): "deep", (): "all"})
    [(('c1',), ()), (('c1',), ('c1', 't3'))]
    """
    pairs = [(own, nearest(other_scopes, own)) for own in own_scopes]
    if all(map(is_product, own_scopes)):  # nothing is more specific
        return pairs
    for other in other_scopes:
        own = nearest(own_scopes, other)
        if own is not None and own != other:
            pairs.append((own, other))
    return pairs

"""Numbers on their way to PostgreSQL by the thousand."""


def as_array(numbers):
    """Return whole numbers or decimals as the text of a PostgreSQL array, to be cast to its type.

    psycopg2 writes a list as ``ARRAY[1, 2]``, of which PostgreSQL parses every element as an
    expression of its own; that takes longer than what is done with them.

    >>> from decimal import Decimal
    >>> as_array([1, Decimal("2.50"), None])
    '{1,2.50,NULL}'
    """
    texts = ["NULL" if number is None else str(number) for number in numbers]
    return f"{{{','.join(texts)}}}"

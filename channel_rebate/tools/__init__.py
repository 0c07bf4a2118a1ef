"""Plain Python: sums, seals, keys and files, without the ORM."""

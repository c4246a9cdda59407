"""Everything in a row: reader, merge, statements, shapes, closure. The only package that knows their order."""

__all__: list[str] = []

"""The query library, and its answers in every table format."""

__all__: list[str] = []

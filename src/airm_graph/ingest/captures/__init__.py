"""Captured pages in, what they say out."""

__all__: list[str] = []

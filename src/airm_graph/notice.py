"""What travels with the data into every output."""

__all__ = ["NOTICE"]

NOTICE = "Preliminary data: please do not share or cite."

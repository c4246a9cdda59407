"""Every reader bears damaged bytes; `make fuzz` tries a million for each."""

import pytest

from mutations import READERS, run

#: Damaged inputs for each reader; those that take more than a moment get fewer.
NUMBER = 3000


@pytest.mark.parametrize("name", READERS)
def test_reader_of_damaged_bytes_ends_with_a_result_or_an_error_of_ours(name: str) -> None:
    make, read, factor = READERS[name]
    read(make())
    run(name, first=0, number=NUMBER // factor)

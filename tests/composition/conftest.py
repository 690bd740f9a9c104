"""What is only true of containers is tested on containers alone."""

import pytest

from atelier.pile import Pile, demandee


@pytest.fixture
def pile(request: pytest.FixtureRequest) -> Pile:
    """The running composition; without `MCP_MAISON=composition` the test is skipped."""
    if not demandee():
        pytest.skip("containers only (make pile)")
    maison = request.getfixturevalue("maison")
    assert isinstance(maison, Pile)
    return maison

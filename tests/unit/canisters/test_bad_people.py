"""Bad input to what people do at `users`: its numbered error, and nothing changed."""

import pytest

from support.bad_people import CASES
from support.desk import Desk
from support.platform import code


@pytest.mark.parametrize("method", CASES)
def test_bad_input_gets_its_number_and_changes_nothing(shared_desk: Desk, method: str) -> None:
    users = shared_desk.platform.users
    assert len(CASES[method]) >= 10
    for name, request, caller, expected in CASES[method]:
        argument = request(shared_desk)
        before = users.system.stable.content()
        assert code(users.update(method, argument, caller=caller)) == expected, name
        assert users.system.stable.content() == before, name

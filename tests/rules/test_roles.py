# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from chat.rules.roles import MAY, Permission, Role, may

# counsellor, supervisor, manager, operator
TABLE = """
be_on_duty         yes  yes  no   no
see_waiting_room   yes  yes  yes  no
take               yes  yes  no   no
supervise          no   yes  no   no
see_duty           no   yes  yes  no
close_intake       no   yes  yes  no
invite             no   no   yes  no
certify            no   no   yes  no
remove_staff       no   no   yes  no
revoke_device      no   no   yes  no
manage_settings    no   no   yes  yes
manage_texts       no   no   yes  no
see_figures        no   no   yes  no
see_staff_actions  no   no   yes  no
see_health         no   no   yes  yes
"""


def test_the_table():
    rows = [line.split() for line in TABLE.strip().splitlines()]

    assert [row[0] for row in rows] == [permission.value for permission in Permission]
    for name, *answers in rows:
        actual = [may([role], Permission(name)) for role in Role]

        assert actual == [answer == "yes" for answer in answers], name


def test_every_role_is_in_the_table():
    assert set(MAY) == set(Role)


def test_several_roles_add_up_and_none_is_nothing():
    assert may({Role.OPERATOR, Role.COUNSELLOR}, Permission.TAKE)
    assert may({Role.OPERATOR, Role.COUNSELLOR}, Permission.SEE_HEALTH)
    assert not may({Role.OPERATOR, Role.COUNSELLOR}, Permission.CERTIFY)
    assert not any(may((), permission) for permission in Permission)

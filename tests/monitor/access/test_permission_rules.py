"""The matrix of permissions: what it promises in general, whatever stands in it."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from monitor.access.permission_rules import DAILY, MATRIX, Permission, Reach, anywhere, permissions
from monitor.register.fields import Role

P = Permission
ROLES = get_args(Role)
roles = st.sets(st.sampled_from(sorted(ROLES)))
WRITING = {P.HANDLE, P.ANSWER, P.HIDE, P.REMOVE, P.ATTEST, P.CORRECT_WATCH, P.EDIT_REGISTER, P.DECIDE} | {
    P.CONFIRM_DECISION,
    P.EDIT_ABSENCES,
    P.EDIT_SETTINGS,
    P.MANAGE_LOGINS,
}


def test_every_role_of_the_register_is_in_it() -> None:
    assert set(MATRIX) == set(ROLES)


def test_every_permission_is_somebodys() -> None:
    assert frozenset().union(*(granted for _reach, granted in MATRIX.values())) == set(Permission)


@given(roles, st.booleans(), st.booleans())
def test_one_more_role_or_duty_never_takes_anything_away(held: set[str], charged: bool, of_unit: bool) -> None:
    found = permissions(held, charged=charged, of_unit=of_unit)
    for role in ROLES:
        assert found <= permissions(held | {role}, charged=charged, of_unit=of_unit)
    assert found <= permissions(held, charged=True, of_unit=of_unit)
    assert found <= permissions(held, charged=charged, of_unit=True)
    assert found <= anywhere(held, charged=charged)


@given(roles)
def test_a_role_of_units_permits_nothing_outside_them(held: set[str]) -> None:
    of_units = {role for role in held if MATRIX[role][0] is Reach.UNIT}
    assert permissions(of_units, charged=False, of_unit=False) == frozenset()


def test_without_role_and_duty_nothing_is_permitted() -> None:
    assert permissions([], charged=False, of_unit=True) == anywhere([], charged=False) == frozenset()
    assert permissions(["gardener"], charged=False, of_unit=True) == frozenset()


def test_whoever_is_charged_with_a_channel_needs_no_role_for_the_daily_work() -> None:
    assert permissions([], charged=True, of_unit=True) == DAILY


def test_an_auditor_reads_no_comments_and_changes_nothing() -> None:
    found = permissions(["auditor"], charged=False, of_unit=False)
    assert P.READ_INBOX not in found
    assert not found & WRITING


def test_only_managers_decide_and_only_administrators_manage_logins() -> None:
    who = {
        permission: {role for role, (_reach, granted) in MATRIX.items() if permission in granted} for permission in P
    }
    assert who[P.DECIDE] == {"unit_manager"}
    assert who[P.MANAGE_LOGINS] == {"administrator"}
    assert who[P.READ_AUDIT] == {"auditor", "administrator"}


def test_whoever_registers_what_came_of_a_crisis_reads_it_and_works_in_none() -> None:
    found = permissions(["registrar"], charged=False, of_unit=False)
    assert {P.READ_CRISIS, P.EXPORT} <= found
    assert not found & {P.WORK_IN_CRISIS, P.APPROVE_CRISIS}

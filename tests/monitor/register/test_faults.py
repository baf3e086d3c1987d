"""A register file tells all its faults at once, each with its place and what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.language import use_language
from monitor.register.faults import Fault, RegisterFaults
from monitor.register.file import load, parse

MINUTES = "reminder_minutes = [60, 30, 0]"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with use_language("en"):
        yield


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(RegisterFaults) as refused:
        parse(text)
    return refused.value.faults


def only_fault(text: str, old: str, new: str) -> Fault:
    """The one fault that follows from one change."""
    assert old in text
    found = faults_of(text.replace(old, new, 1))
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('website = "https', 'websit = "https', "websit", "Did you mean website?"),
        ('timezone = "Europe/Stockholm"', 'timezone = "Europe/Tibro"', "timezone", "Europe/Stockholm"),
        ('language = "sv"', 'language = "se"', "language", "one of sv, en"),
        ('municipality_code = "1472"', "municipality_code = 1472", "municipality_code", "must be a text"),
        ('municipality_code = "1472"', 'municipality_code = "Tibro"', "municipality_code", "four digits"),
        ('first_import = "recent"', 'first_import = "recnt"', "first_import", "Did you mean recent?"),
        ('{ mon-fri = "07:30-16:00" }', '{ mon-fri = "16:00-07:30" }', "service_hours", "cannot be read"),
        ('{ mon-fri = "07:30-16:00" }', '{ mon-thu = "07:30-16:00" }', "service_hours", "each of the five days"),
        ('{ mon-fri = "07:30-16:00" }', '{ mon-fri = "07:30-16:00", tue = "08:00-09:00" }', "service_hours", "twice"),
        ('{ mon-fri = "07:30-16:00" }', '{ man-fre = "07:30-16:00" }', "service_hours", "cannot be read"),
        ('policy_url = "https://www', 'policy_url = "www', "policy_url", "no web address"),
        ('manager = "rektor"', 'manager = "rekor"', "manager", "Did you mean rektor?"),
        ('email = "rektor@example.org"', 'email = "rektor@"', "email", "no e-mail address"),
        ('phone = "+46700000001"', 'phone = "växeln"', "phone", "no telephone number"),
        ('roles = ["communicator", "administrator"]', 'roles = ["comunicator"]', "roles", "Did you mean communicator?"),
        ('id = "instagram"', 'id = "insta gram"', "id", "no short name"),
        ('id = "instagram"', 'id = "facebook"', "id", "used twice"),
        ('id = "instagram"', 'id = "Facebook"', "id", "facebook and Facebook differ only in their capitals"),
        ('name = "Tibro kommun på Facebook"', 'name = " "', "name", "is empty"),
        ('name = "Tibro kommun på Facebook"', 'name = "a\\u001bb"', "name", "control characters"),
        ('platform = "facebook"', 'platform = "facebok"', "platform", "Did you mean facebook?"),
        ('kind = "official"', 'kind = "oficial"', "kind", "Did you mean official?"),
        ('address = "https://www.facebook.com/tibrokommun"', 'address = "tibrokommun"', "address", "no web address"),
        ("https://www.facebook.com/tibro", "https://a:b@www.facebook.com/tibro", "address", "user name or a password"),
        ("www.facebook.com/tibrokommun", "www.facebook.com/tibro\\nkommun", "address", "no web address"),
        ("www.facebook.com/tibrokommun", "www.facebook.com:99999/tibrokommun", "address", "no web address"),
        ('external_id = "1122334455"', "", "external_id", "Page transparency"),
        ('external_id = "1122334455"', 'external_id = "1,12233E+09"', "external_id", "rounded by a spreadsheet"),
        ('external_id = "UC0000000000000000000001"', "", "external_id", "begins with UC"),
        ('unit = "barn-och-utbildning"', 'unit = "barn"', "unit", "There is no unit with the id barn."),
        ('responsible = "larare"', 'responsible = "lararen"', "responsible", "Did you mean larare?"),
        ('deputy = "rektor"', "", "deputy", "watched by two people"),
        ('deputy = "rektor"', 'deputy = "larare"', "deputy", "is the responsible person"),
        ('responsible = "larare"', "", "responsible", "responsible is missing"),
        ("has_comments = true", 'has_comments = "true"', "has_comments", "true or false"),
        ('watch_mode = "manual"', 'watch_mode = "automatic"', "watch_mode", "closed its Groups API"),
        ('watch_mode = "manual"', "", "watch_mode", 'Write watch_mode = "manual"'),
        ('"TIBRO_FACEBOOK_TOKEN"', '"EAAB|not-a-name"', "token_env", "take it out of the file"),
        ("token_env = ", "tokn_env = ", "tokn_env", "facebook has no credential tokn_env"),
        ("token_env = ", 'token_file = "x", token_env = ', "token_file", "Keep one of them"),
        ('client_secret_env = "GOOGLE_CLIENT_SECRET", ', "", "credential", "client_secret is missing"),
        ("valid_until = 2027-12-31", "", "valid_until", "valid_until is missing"),
        ("valid_until = 2027-12-31", "valid_until = 2026-01-11", "valid_until", "ends before it was made"),
        ("decided_on = 2026-01-12", 'decided_on = "2026-01-12"', "decided_on", "must be a date"),
        ('decided_by = "enhetschef"', 'decided_by = "redaktor"', "decided_by", "The manager of the unit is enhetschef"),
        ('decided_by = "enhetschef"', 'decided_by = "rektor"', "decided_by", "is not the manager"),
        ('authorised = ["redaktor"', 'authorised = ["redaktorn"', "authorised", "Did you mean redaktor?"),
        ('communicated_to = "kommunikator"', 'communicated_to = "x"', "communicated_to", "Add a [[person]]"),
        ('phone = "0504-180 00"', 'phone = "växeln"', "phone", "no telephone number"),
        ('email = "kommun@example.org"', 'email = "kommun"', "email", "no e-mail address"),
        ('rules_url = "https://', 'rules_url = "', "rules_url", "no web address"),
        ('privacy_url = "https://', 'privacy_url = "', "privacy_url", "no web address"),
        (MINUTES, 'closed_days = ["2026-05-15"]', "closed_days", "must be a date"),
        (MINUTES, 'other_hours = { "30/4" = "07:30-12:00" }', "other_hours", "cannot be read"),
        (MINUTES, 'other_hours = { "2026-04-30" = "12:00-07:30" }', "other_hours", "cannot be read"),
        (MINUTES, 'other_hours = { "2026-04-31" = "07:30-12:00" }', "other_hours", '{ "2026-04-30" = "07:30-12:00" }'),
        (MINUTES, "reminder_minutes = [30, 60, 0]", "reminder_minutes", "none higher than the one before"),
        (MINUTES, "reminder_minutes = [60, 30]", "reminder_minutes", "must be three numbers"),
        (MINUTES, "reminder_minutes = [601, 30, 0]", "reminder_minutes", "from 600 to 0"),
        (MINUTES, "reminder_minutes = [60, 30, -1]", "reminder_minutes", "from 600 to 0"),
        (MINUTES, 'reminder_minutes = ["60", 30, 0]', "reminder_minutes", "must be a whole number"),
        ("longest_decision_months = 24", "longest_decision_months = 0", "longest_decision_months", "from 1 to 120"),
        ("longest_decision_months = 24", "longest_decision_months = 121", "longest_decision_months", "from 1 to 120"),
        ("longest_decision_months = 24", "longest_decision_months = 2.5", "longest_decision_months", "a whole number"),
        ('["vastsverige.com"]', '["https://vastsverige.com"]', "hub_hosts", "is no host"),
        ('["vastsverige.com"]', '["Vastsverige.com/evenemang"]', "hub_hosts", "is no host"),
        ("publish_address = false", 'publish_address = "nej"', "publish_address", "true or false"),
        ('administrators = ["larare"', 'administrators = ["lararen"', "administrators", "Did you mean larare?"),
        ('points = ["who"', 'points = ["whom"', "points", "Did you mean who?"),
        ("checked_on = 2026-01-12", 'checked_on = "i fjol"', "checked_on", "must be a date"),
        ("checked_on = 2026-01-12", "checked = 2026-01-12", "checked", "Did you mean checked_on?"),
        ("closed = true", "", "publish_address", "is for closed groups"),
        (
            'platform = "youtube"',
            'platform = "youtube"\nclosed = true',
            "closed",
            "no closed groups on youtube.",
        ),
        ('platform = "website"', 'platform = "website"\nclosed = true', "closed", "correct the platform"),
    ],
)
def test_one_fault_is_told_with_its_key_and_its_remedy(
    sample_text: str, old: str, new: str, key: str, says: str
) -> None:
    fault = only_fault(sample_text, old, new)
    assert key in fault.path
    assert key in fault.table
    assert says in str(fault)


@pytest.mark.parametrize("key", ["purpose", "audience", "responsible", "decided_by"])
def test_each_content_of_a_decision_is_missed_by_itself(sample_text: str, key: str) -> None:
    decision = sample_text.index("[[channel.decision]]\n")
    head, tail = sample_text[:decision], sample_text[decision:]
    without = re.sub(rf'^{key} = ".*"\n', "", tail, count=1, flags=re.MULTILINE)
    assert [fault.path[-1] for fault in faults_of(head + without)] == [key]


def test_a_fault_stands_on_its_line(sample_text: str) -> None:
    fault = only_fault(sample_text, 'responsible = "larare"', 'responsible = "lararen"')
    assert fault.line == 1 + sample_text[: sample_text.index('responsible = "larare"')].count("\n")
    assert str(fault).startswith(f'line {fault.line}, [[channel]] 4 "foraldragrupp", responsible: ')


def test_what_is_missing_is_told_on_the_line_of_its_table(sample_text: str) -> None:
    fault = only_fault(sample_text, "valid_until = 2027-12-31", "")
    assert fault.line == 1 + sample_text[: sample_text.index("\n[[channel.decision]]\n") + 1].count("\n")


def test_somebody_with_a_duty_needs_an_address(sample_text: str) -> None:
    fault = only_fault(sample_text, 'email = "larare@example.org"', "")
    assert fault.path == ("person", 4, "email")
    assert "larare cannot be reached" in fault.what


def test_the_same_account_twice_is_told(sample_text: str) -> None:
    again = '[[channel]]\nid = "fb2"\nplatform = "facebook"\nname = "x"\naddress = "https://example.org"\n'
    again += 'external_id = "1122334455"\nunit = "kommunikation"\nresponsible = "redaktor"\ndeputy = "kommunikator"\n'
    assert "in the register twice" in faults_of(sample_text + again)[0].what


def test_a_misspelt_table_is_told(sample_text: str) -> None:
    fault = faults_of(sample_text + '[[chanel]]\nid = "x"\n')[0]
    assert "Did you mean channel?" in str(fault)
    assert fault.line == sample_text.count("\n") + 1


def test_a_single_table_where_several_are_meant_is_told() -> None:
    found = faults_of('[organisation]\nname = "x"\n[channel]\nid = "y"\n')
    assert "[[channel]]" in str(found[0])


def test_a_decision_by_a_former_manager_still_holds(sample_text: str) -> None:
    former = '[[person]]\nid = "tidigare"\nname = "Tidigare chef"\nroles = ["unit_manager"]\n'
    parse(sample_text.replace('decided_by = "enhetschef"', 'decided_by = "tidigare"') + former)


@pytest.mark.parametrize("actor", ["system", "command"])
def test_nobody_is_called_what_the_audit_log_calls_kanalvakt(actor: str) -> None:
    [fault] = faults_of(f'[organisation]\nname = "T"\n[[person]]\nid = "{actor}"\nname = "N"\n')
    assert "a name that the audit log uses" in fault.what
    assert fault.line == 4


@pytest.mark.parametrize("value", ["[" * 5000, "1" * 5000])
def test_a_value_beyond_all_measure_is_a_fault_too(value: str) -> None:
    [fault] = faults_of(f"x = {value}")
    assert "too long or too deeply nested" in fault.what


def test_a_day_that_is_both_closed_and_open_is_told(sample_text: str) -> None:
    both = 'closed_days = [2026-05-15]\nother_hours = { "2026-05-15" = "07:30-12:00" }'
    fault = only_fault(sample_text, MINUTES, both)
    assert "2026-05-15 is in both closed_days and other_hours." in str(fault)


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("facebook", 'external_id = "1"'),
        ("facebook_group", 'watch_mode = "manual"'),
        ("facebook_group", 'watch_mode = "manual"\nclosed = true\npublish_address = false'),
        ("instagram", 'external_id = "1"'),
        ("instagram_public", 'external_id = "tibrokommun"'),
        ("youtube", 'external_id = "UC1"'),
        ("blog", ""),
        ("website", 'watch_mode = "manual"'),
        ("other", 'watch_mode = "manual"'),
        ("other", 'watch_mode = "manual"\nclosed = true'),
    ],
)
def test_channels_of_every_kind_can_be_registered(sample_text: str, platform: str, words: str) -> None:
    channel = f'[[channel]]\nid = "ny"\nplatform = "{platform}"\nname = "Ny"\naddress = "https://example.org/"\n'
    people = 'unit = "kommunikation"\nresponsible = "redaktor"\ndeputy = "kommunikator"\n'
    assert parse(sample_text + channel + people + words).channel[-1].platform == platform


def test_a_channel_without_comments_needs_no_deputy(sample_text: str) -> None:
    parse(sample_text.replace('deputy = "rektor"', "has_comments = false"))


def test_a_secret_in_the_wrong_place_is_not_repeated(sample_text: str) -> None:
    for key in ("token", "token_env"):
        found = faults_of(sample_text.replace('token_env = "TIBRO_FACEBOOK_TOKEN"', f'{key} = "EAAB-very-secret"'))
        assert "very-secret" not in "".join(str(fault) for fault in found)


def test_a_file_that_is_no_toml_is_told_with_its_line(sample_text: str) -> None:
    fault = faults_of(sample_text.replace('language = "sv"', 'language = "sv'))[0]
    line = 1 + sample_text[: sample_text.index('language = "sv"')].count("\n")
    assert fault.line == line
    assert f"rad {line}" in str(fault) or f"line {line}" in str(fault)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "register.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RegisterFaults) as refused:
        load(path)
    assert len(refused.value.faults) == 1
    assert str(path) in str(refused.value)


def test_faults_speak_swedish_too(sample_text: str) -> None:
    with use_language("sv"), pytest.raises(RegisterFaults, match="2 fel, inget har importerats") as refused:
        parse(sample_text.replace("website =", "websit =").replace('deputy = "rektor"', ""))
    assert "Menade du website?" in str(refused.value)
    assert "deputy saknas" in str(refused.value)

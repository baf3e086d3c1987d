"""The dashboard, the alerts and their page: each metric that they name is one that /metrics gives, with its labels."""

import json
import re
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from monitor.emergency.rules import Fate
from monitor.telemetry.broker import Sign
from monitor.telemetry.metric_names import METRICS, PREFIX
from monitor.telemetry.samples import MODES, NOTICES
from monitor.telemetry.tables import NOT_DONE
from monitor.watch.budget_rules import Purpose
from tests.docs import ROOT

FOLDER = ROOT / "config" / "monitoring"
ALERTS: list[dict[str, Any]] = YAML(typ="safe").load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
LABELS = {PREFIX + each.name: set(each.labels) for each in METRICS}
QUESTIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
QUESTIONS += [each["expr"] for each in ALERTS] + [each["query"] for each in DASHBOARD["templating"]["list"][1:]]
PAGE = ROOT / "docs" / "monitoring.md"
VALUES: dict[tuple[str, str], set[str]] = {
    ("process_seen_timestamp_seconds", "process"): set(Sign),
    ("channel_state", "state"): {"ok", "waiting", "failing", "paused", "manual"},
    ("readings", "outcome"): {"running", "complete", "partial", "failed", "lost"},
    ("readings", "window"): {"1h", "24h"},
    ("reading_errors", "window"): {"1h", "24h"},
    ("reading_seconds", "window"): {"1h", "24h"},
    ("quota_left", "purpose"): set(get_args(Purpose)),
    ("notices", "state"): set(NOTICES),
    ("actions", "state"): set(NOT_DONE),
    ("incidents", "mode"): set(MODES),
    ("deliveries", "mode"): set(MODES),
    ("deliveries", "state"): set(Fate),
}
"""What a label can say."""


def asked_for(question: str) -> list[tuple[str, str, str]]:
    """Metric, label, and each value that it is asked for."""
    found = []
    for name, inside in re.findall(rf"\b{PREFIX}(\w+)\{{([^}}]*)\}}", question):
        for label, _sign, values in re.findall(r'(\w+)(=~?|!=|!~)"([^"]*)"', inside):
            found += [(name, label, value) for value in values.split("|") if not value.startswith("$")]
    return found


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("question", sorted(set(QUESTIONS)))
def test_each_question_names_metrics_and_labels_that_there_are(question: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}\w+", question))
    assert named <= LABELS.keys()
    assert named or 'up{job="kanalvakt"}' in question
    for name, inside in re.findall(rf"\b({PREFIX}\w+)\{{([^}}]*)\}}", question):
        assert {each.split("=")[0].rstrip("!~") for each in inside.split(",")} <= LABELS[name]
    known = set.union(*(LABELS[name] for name in named), {"job"}) if named else {"job"}
    for inside in re.findall(r"\b(?:by|on|without) ?\(([^)]*)\)", question):
        assert {each.strip() for each in inside.split(",")} <= known
    for sign, other in ("()", "{}", "[]"):
        assert question.count(sign) == question.count(other)
    assert question.count('"') % 2 == 0


def test_each_value_that_a_label_is_asked_for_is_one_that_it_can_have() -> None:
    """An alert on a state that there is not would never fire."""
    asked = {each for question in QUESTIONS for each in asked_for(question)}
    assert len(asked) > 15
    assert {each for each in asked if each[2] not in VALUES[each[:2]]} == set()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_each_alert_says_what_is_wrong_and_where_it_stands_what_to_do(alert: dict[str, Any]) -> None:
    assert set(alert) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smh]", alert["for"])
    assert alert["labels"]["severity"] in {"critical", "warning"}
    said = alert["annotations"]
    assert set(said) == {"summary", "description", "runbook_url"}
    labels = set.union(*(LABELS[name] for name in re.findall(rf"\b{PREFIX}\w+", alert["expr"])), {"instance"})
    assert set(re.findall(r"\$labels\.(\w+)", said["summary"] + said["description"])) <= labels


@pytest.mark.parametrize("place", sorted({each["annotations"]["runbook_url"] for each in ALERTS}))
def test_the_page_that_an_alert_leads_to_has_that_place(place: str) -> None:
    path, _sign, anchor = place.partition("#")
    text = (ROOT / path).read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([^"]+)"', text)) | set(map(slug, re.findall(r"^#+ (.+)$", text, re.MULTILINE)))
    assert not anchor or anchor in anchors


def test_the_page_lists_the_metrics_that_there_are() -> None:
    rows = re.findall(
        r"^\| `(kanalvakt_\w+)` \| ([^|]*) \| ([^|]*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(PREFIX + each.name, ", ".join(each.labels), each.tells) for each in METRICS]


def test_every_metric_is_shown_or_watched() -> None:
    assert {name for name in LABELS if not any(name in question for question in QUESTIONS)} <= {
        "kanalvakt_audit_entries",
        "kanalvakt_audit_chain_checked_timestamp_seconds",
        "kanalvakt_channel_failures",
        "kanalvakt_oldest_dispatch_timestamp_seconds",
    }


def test_the_panels_of_the_dashboard_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])

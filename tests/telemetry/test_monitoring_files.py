"""The dashboard, the alerts and their page: each metric that they name is one that /metrics gives, with its labels."""

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from monitor.telemetry.metric_names import METRICS, PREFIX
from tests.docs import ROOT

FOLDER = ROOT / "config" / "monitoring"
ALERTS: list[dict[str, Any]] = YAML(typ="safe").load((FOLDER / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
LABELS = {PREFIX + each.name: set(each.labels) for each in METRICS}
QUESTIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
QUESTIONS += [each["expr"] for each in ALERTS] + [each["query"] for each in DASHBOARD["templating"]["list"][1:]]
PAGE = ROOT / "docs" / "monitoring.md"


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

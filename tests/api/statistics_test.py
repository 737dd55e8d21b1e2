"""C2: figures without people: the worker publishes, and the noise is what it says."""
from __future__ import annotations

import datetime
import math
import statistics
import subprocess
from typing import Any

import pytest

from support.client import Client, ok, problem
from support.people import Person
from support.platform import Platform

METRICS = ("active_users", "sign_ins", "message_sent", "calls_answered", "calls_missed", "call_minutes",
           "client_platform", "app_version")
DRAWS = 10_000


def around_today(days: int = 2) -> str:
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return f"from={today - datetime.timedelta(days)}&to={today + datetime.timedelta(days)}"


@pytest.fixture(scope="module")
def worker(platform: Platform, first_release: subprocess.CompletedProcess[str]) -> Client:
    """The worker after one release over the little that a handful of people did."""
    assert first_release.returncode == 0, first_release.stderr
    return Client(platform.stats_url)


def published(worker: Client, metric: str, bucket: str = "day") -> dict[str, Any]:
    return ok(worker.get(f"/v1/statistics?metric={metric}&{around_today()}&bucket={bucket}"), 200)


@pytest.mark.parametrize("metric", METRICS)
def test_C2_few_people_are_never_shown(worker: Client, metric: str) -> None:
    answer = published(worker, metric)
    assert set(answer) == {"metric", "buckets", "epsilon_spent"}
    assert answer["metric"] == metric
    assert answer["buckets"], "the release stands in the answer even when its values do not"
    assert float(answer["epsilon_spent"]) > 0
    for part in answer["buckets"]:
        assert set(part) == {"start", "label", "value", "suppressed", "noise_scale"}
        assert (part["value"], part["suppressed"]) == (None, True)
        assert float(part["noise_scale"]) > 0
        assert isinstance(part["label"], str)
        datetime.datetime.fromisoformat(part["start"].replace("Z", "+00:00"))


def test_C2_a_release_is_counted_once(worker: Client) -> None:
    for metric in METRICS:
        places = [(part["start"], part["label"]) for part in published(worker, metric)["buckets"]]
        assert len(places) == len(set(places))


def test_C2_weeks_and_months_are_published_too(worker: Client) -> None:
    for bucket in ("week", "month"):
        assert published(worker, "sign_ins", bucket)["metric"] == "sign_ins"


def test_C2_nothing_personal_comes_out_of_the_worker(worker: Client, anna: Person) -> None:
    said = "".join(worker.get(f"/v1/statistics?metric={metric}&{around_today()}&bucket=day").text
                   for metric in METRICS)
    for secret in (anna.user_id, anna.username, anna.phone, anna.email, anna.organisation):
        assert secret not in said


def test_C2_an_unknown_metric_is_absent(worker: Client) -> None:
    for metric in ("no_such_metric", "SIGN_INS", "sign_ins%00", "x" * 3000):
        answer = worker.get(f"/v1/statistics?metric={metric}&{around_today()}&bucket=day")
        problem(answer, answer.status_code)
        assert answer.status_code == 404 or (answer.status_code in (400, 414) and metric != "no_such_metric")


@pytest.mark.parametrize("query", [
    "", "metric=sign_ins", "metric=sign_ins&from=x&to=2026-01-01&bucket=day",
    "metric=sign_ins&from=2026-01-01&to=2026-01-08&bucket=hour",
    "metric=sign_ins&from=2020-01-01&to=2024-01-01&bucket=day",
    "metric=sign_ins&from=2026-02-30&to=2026-03-08&bucket=day",
    "metric=sign_ins&from=2026-01-08&to=2026-01-01&bucket=day"])
def test_a_bad_question_to_the_worker_is_refused(worker: Client, query: str) -> None:
    problem(worker.get(f"/v1/statistics?{query}"), 400)


def test_the_worker_answers_only_what_it_publishes(worker: Client) -> None:
    assert worker.get("/healthz").status_code == 200
    for path in ("/", "/v1/me", "/v1/contributions", "/v1/statistics/raw"):
        problem(worker.get(path), 404)
    problem(worker.post("/v1/statistics", {}), 405)


def draws(platform: Platform, metric: str, count: int, number: int) -> list[int]:
    answer = platform.ctl("statistics", "noise", "--metric", metric, "--count", str(count), "--draws", str(number))
    values = answer["draws"]
    assert len(values) == number
    assert all(type(value) is int for value in values)
    return values


@pytest.mark.parametrize("metric", ["sign_ins", "app_version"])
def test_C2_the_noise_is_discrete_laplace_at_the_published_scale(platform: Platform, worker: Client,
                                                                 metric: str) -> None:
    scale = float(published(worker, metric)["buckets"][0]["noise_scale"])
    values = draws(platform, metric, 5000, DRAWS)
    ratio = math.exp(-1 / scale)
    variance = 2 * ratio / (1 - ratio) ** 2
    assert abs(statistics.mean(values) - 5000) < 6 * math.sqrt(variance / DRAWS)
    assert abs(statistics.variance(values) / variance - 1) < 0.2  # about eight standard errors
    still = values.count(5000) / DRAWS
    expected = (1 - ratio) / (1 + ratio)
    assert abs(still - expected) < 6 * math.sqrt(expected / DRAWS)
    above = sum(value > 5000 for value in values) / DRAWS
    assert abs(above - (1 - expected) / 2) < 6 * math.sqrt(0.25 / DRAWS)


def test_C2_the_noise_is_fresh_each_time(platform: Platform) -> None:
    assert draws(platform, "sign_ins", 1000, 200) != draws(platform, "sign_ins", 1000, 200)


def test_C2_wrong_use_of_the_noise_command_is_told_apart(platform: Platform) -> None:
    for arguments in (("--metric", "no_such_metric", "--count", "1", "--draws", "1"),
                      ("--metric", "sign_ins", "--count", "x", "--draws", "1")):
        assert platform.run_ctl("statistics", "noise", *arguments).returncode in (1, 2)
    assert platform.run_ctl("statistics", "no-such-command").returncode == 2
    assert platform.run_ctl("no-such-command").returncode == 2

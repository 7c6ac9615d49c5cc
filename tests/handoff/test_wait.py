from __future__ import annotations

import json
import math
import random
import time
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.model import Waiting
from handoff.spread import Score, Spread, censored_quantiles, departures, normal_quantile
from handoff.wait import Estimate, WaitModel
from tests.handoff.desk import NOW, POLICY, agent, customer

ANN = agent("ann", capacity=2, load=2)


def fed(releases: int = 40, held: float = 600.0, name: str = "ann") -> WaitModel:
    model = WaitModel(POLICY)
    for i in range(releases):
        model.released(name, held, NOW - releases + i)
    return model


def told(model: WaitModel, position: int = 0, now: float = NOW) -> Estimate:
    estimate = model.estimate(position, [ANN], now)
    assert estimate is not None
    return estimate


def test_no_figure_below_twenty_observations() -> None:
    assert fed(19).estimate(0, [ANN], NOW) is None
    assert fed(25).estimate(0, [ANN], NOW) is not None


def test_observations_of_agents_who_do_not_match_count_for_nothing() -> None:
    assert fed(100, name="tom").estimate(0, [ANN], NOW) is None


def test_no_figure_with_nobody_ready() -> None:
    assert fed().estimate(0, [agent("ann", capacity=2, ready=False)], NOW) is None
    assert fed().estimate(0, [], NOW) is None


def test_observations_fade() -> None:
    assert fed(25).estimate(0, [ANN], NOW + 7 * 86400) is None


@given(st.integers(0, 3000))
def test_further_back_is_a_longer_wait_and_the_range_is_in_order(place: int) -> None:
    model = fed()
    here, behind = told(model, place), told(model, place + 1)
    assert 0 < here.p50 < here.p90
    assert here.p50 < behind.p50
    assert here.p90 < behind.p90


def test_twice_the_agents_is_half_the_wait() -> None:
    model = fed()
    for i in range(40):
        model.released("bob", 600.0, NOW - 40 + i)
    both = model.estimate(5, [ANN, agent("bob", capacity=2)], NOW)
    assert both is not None
    assert both.p50 == pytest.approx(told(model, 5).p50 / 2)


def test_recent_releases_count_most() -> None:
    model = fed(40, 600.0)
    for i in range(40):
        model.released("ann", 1200.0, NOW + 6 * 3600 + i)
    estimate = told(model, 9, NOW + 6 * 3600 + 40)
    assert estimate.spread.mean == pytest.approx(10 * 1200 / 2, rel=0.1)


def test_customers_who_leave_shorten_the_wait_of_those_behind() -> None:
    model = fed()
    before = told(model, 20).p50
    for i in range(20):
        model.left(customer(f"c{i}", NOW - 600), NOW)
    assert told(model, 20).p50 < before


def test_waits_longer_than_told_make_the_next_figures_longer() -> None:
    model = fed()
    first = told(model)
    for i in range(60):
        now = NOW + i
        waiting = customer(f"c{i:03}", now)
        model.told(waiting, 0, told(model, 0, now), now)
        model.served(waiting, ANN, now + 3 * first.p90)
    assert model.coverage().before_p90 < 0.5
    assert told(model, 0, NOW + 60).p50 > 2 * first.p50


def test_waits_that_have_not_ended_count_as_at_least_so_long() -> None:
    model = fed()
    before = told(model)
    for i in range(40):
        model.told(customer(f"c{i}", NOW), 0, before, NOW)
    after = told(model, 0, NOW + 5 * before.p90)
    assert after.p90 > before.p90


def test_leaving_early_does_not_make_the_queue_look_short() -> None:
    """Those who left are known to have waited until somebody behind them was served."""
    patient, hasty = fed(), fed()
    for i in range(60):
        now = NOW + i
        for model in (patient, hasty):
            waiting, behind = customer(f"c{i:03}", now), customer(f"d{i:03}", now + 0.5)
            model.told(waiting, 0, told(model, 0, now), now)
            if model is patient:
                model.served(waiting, ANN, now + 2000)
            else:
                model.left(waiting, now + 5)
                model.served(behind, ANN, now + 2000)
    waits = [[row["wait"] for row in model.state()["told"]] for model in (patient, hasty)]
    assert waits[0] == waits[1] == [2000.0] * 60
    assert hasty.coverage().waits == 0


def test_an_idle_agent_ends_the_wait_of_who_left() -> None:
    model = fed()
    waiting = customer("c", NOW)
    model.told(waiting, 0, told(model), NOW)
    model.left(waiting, NOW + 5)
    model.idle([agent("ann", load=1)], NOW + 50)
    assert model.state()["told"][0]["wait"] is None
    model.idle([agent("tom", skills="trade")], NOW + 60)
    assert model.state()["told"][0]["wait"] is None
    model.idle([agent("ann")], NOW + 70)
    assert model.state()["told"][0]["wait"] == 70.0


def test_a_wait_whose_end_is_never_seen_is_given_up() -> None:
    model = fed()
    waiting = customer("c", NOW)
    model.told(waiting, 0, told(model), NOW)
    model.left(waiting, NOW + 5)
    model.idle([], NOW + 2 * 86400)
    assert model.state()["told"] == []


def test_only_the_first_figure_told_is_scored() -> None:
    model = fed()
    waiting, first = customer("c", NOW), told(model)
    model.told(waiting, 0, first, NOW)
    model.told(waiting, 0, Estimate(1.0, 1.0, first.spread), NOW + 1)
    model.served(waiting, ANN, NOW + first.p50 - 1)
    assert model.coverage() == (1, 1.0, 1.0)


def busy_hour(model: WaitModel, seed: int) -> float:
    """An hour of random but possible events; returns its end."""
    chance, now = random.Random(seed), NOW
    queue: list[Waiting] = []
    for i in range(300):
        now += chance.uniform(1, 20)
        kind = chance.random()
        if kind < 0.4:
            waiting = customer(f"c{i}", now)
            estimate = model.estimate(len(queue), [ANN], now)
            if estimate is not None:
                model.told(waiting, len(queue), estimate, now)
            queue.append(waiting)
        elif kind < 0.7 and queue:
            model.served(queue.pop(0), ANN, now)
        elif kind < 0.8 and queue:
            model.left(queue.pop(chance.randrange(len(queue))), now)
        else:
            model.released("ann", chance.uniform(60, 900), now)
    return now


@given(st.integers(0, 1000))
def test_the_same_log_gives_the_same_model_and_a_saved_one_goes_on_alike(seed: int) -> None:
    one, two = WaitModel(POLICY), WaitModel(POLICY)
    now = busy_hour(one, seed)
    busy_hour(two, seed)
    assert one.state() == two.state()
    saved = WaitModel.restore(json.loads(json.dumps(one.state())), POLICY)
    assert json.dumps(saved.state()) == json.dumps(one.state())
    assert saved.estimate(3, [ANN], now) == one.estimate(3, [ANN], now)
    for model in (one, saved):
        model.idle([agent("ann", capacity=2)], now + 30)
    assert json.dumps(saved.state()) == json.dumps(one.state())


def test_five_thousand_estimates_take_less_than_100_ms() -> None:
    model = WaitModel(POLICY)
    busy_hour(model, 1)
    took = []
    for _ in range(3):
        started = time.process_time()
        for place in range(5000):
            model.estimate(place, [ANN], NOW + 9000)
        took.append(time.process_time() - started)
    assert min(took) < 0.1


@given(st.floats(1, 1e5), st.floats(0.3, 300), st.floats(-2, 3))
def test_a_deviate_and_its_seconds_are_each_others_inverse(mean: float, shape: float, deviate: float) -> None:
    spread = Spread(mean, shape)
    seconds = spread.seconds(deviate)
    if seconds > 0:
        assert spread.deviate(seconds) == pytest.approx(deviate, abs=1e-6)


@given(st.integers(0, 400), st.floats(0.001, 1), st.floats(0, 0.01))
def test_the_sum_over_departures_is_close_to_its_closed_form(ahead: int, service: float, leaving: float) -> None:
    rates = [service + j * leaving for j in range(ahead + 1)]
    mean, variance = sum(1 / r for r in rates), sum(1 / r**2 for r in rates)
    spread = departures(ahead, service, leaving, 0.0)
    assert spread.mean == pytest.approx(mean, rel=0.01)
    assert spread.shape == pytest.approx(mean**2 / variance, rel=0.03)


def test_the_median_of_an_exponential_is_found() -> None:
    spread = departures(0, 1 / 600, 0.0, 0.0)
    assert spread.seconds(normal_quantile(0.5)) == pytest.approx(600 * math.log(2), rel=0.03)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60))
def test_with_nothing_censored_the_quantile_is_the_plain_one(values: list[float]) -> None:
    half, all_of_it = censored_quantiles([Score(v, True, 1.0) for v in values], (0.5, 1.0))
    assert half == sorted(values)[math.ceil(len(values) / 2) - 1]
    assert all_of_it == max(values)


def test_censored_waits_are_not_mistaken_for_short_ones() -> None:
    chance = random.Random(3)
    true = [chance.expovariate(1.0) for _ in range(4000)]
    limits = [chance.expovariate(0.7) for _ in true]
    scores = [Score(min(t, c), t <= c, 1.0) for t, c in zip(true, limits, strict=True)]
    half = censored_quantiles(scores, (0.5,))[0]
    assert half == pytest.approx(math.log(2), rel=0.08)
    assert fmean(s.value for s in scores) < 0.7


def test_without_one_value_seen_in_full_there_is_no_quantile() -> None:
    with pytest.raises(ValueError, match="in full"):
        censored_quantiles([Score(1.0, False, 1.0)], (0.5,))

"""A short run of the intake campaign: nothing that was acknowledged is lost when the web process dies."""

from __future__ import annotations

from tests.faults import intake


def test_whatever_is_acknowledged_is_there_though_the_site_is_killed_in_between():
    result = intake.run(files=12, clients=4, kills=2, seed=7, shares={"web": 1})

    assert list(result.broken()) == []
    assert result.acknowledged == 12
    assert result.kills["web"] >= 1

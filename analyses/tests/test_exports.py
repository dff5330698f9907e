"""Cells that a spreadsheet must not run."""

import pytest

from analyses.exports import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"]
)
def test_what_a_spreadsheet_would_run_gets_a_quote(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["person", "", "a=b", "traffic light", "Größe"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff=1",
        "\u200b=1",
        "\u00a0 \u3000+1",
        "\u200e\u2060@x",
        "\u00ad-1",
        "\u2003＝1",
        "\0=1",
        "\x7f=1",
        "\u202e=1",
    ],
)
def test_what_nobody_sees_hides_no_formula(text: str) -> None:
    assert harmless(text) == "'" + text

"""What a problem says to a reader, and to a program."""

import copy
import json

import pytest
from django.utils import translation

from cityloop.kernel.problems import Conflict
from cityloop.kernel.saying import Said, english_of, listed, said, sentences


def test_a_message_keeps_its_english_through_its_placeholders() -> None:
    with translation.override("zh-hans"):
        found = said("There is nothing at %(path)s.") % {"path": Said("首页", "the first page")}
    assert "首页" in found
    assert "There is nothing" not in found
    assert found.english == "There is nothing at the first page."
    assert english_of(copy.deepcopy(found)) == found.english
    assert english_of("plain") == "plain"


def test_english_readers_read_english() -> None:
    with translation.override("en"):
        assert said("There is nothing at %(path)s.") % {"path": "/x"} == "There is nothing at /x."


def test_placeholders_are_filled_by_name() -> None:
    with pytest.raises(TypeError, match="filled from str; allowed: a mapping"):
        said("There is nothing at %(path)s.") % "x"


def test_lists_and_sentences_in_both_languages() -> None:
    parts = [Said("接单", "accept"), Said("退回", "return")]
    with translation.override("zh-hans"):
        assert (listed(parts), listed(parts).english) == ("接单、退回", "accept, return")
        assert (sentences(parts), sentences(parts).english) == ("接单 退回", "accept return")
    with translation.override("en"):
        assert listed(["A", "B"]) == "A, B"


def test_a_problem_is_english_for_programs() -> None:
    problem = Conflict(Said("太迟", "too late"), errors={"version": Said("旧", "old")})
    assert problem.detail == "太迟"
    document = json.loads(problem.body())
    assert (document["detail"], document["errors"]) == ("too late", [{"field": "version", "detail": "old"}])

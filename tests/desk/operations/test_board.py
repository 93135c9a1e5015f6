"""The board: counted by level, in pages, something always chosen."""

from dataclasses import dataclass

from cityloop.desk.operations.board import ON_A_PAGE, arrange


@dataclass(frozen=True)
class One:
    number: str
    level: int


FEW = [One("a", 1), One("b", 3), One("c", 3)]


def test_levels_are_counted_before_they_are_chosen() -> None:
    board = arrange(FEW, levels=frozenset({3}), page=1, selected="")  # type: ignore[arg-type]
    assert board.by_level == {1: 1, 2: 0, 3: 2, 4: 0}
    assert [one.number for one in board.incidents] == ["b", "c"]
    assert board.selected == "b"


def test_nothing_is_chosen_on_an_empty_board() -> None:
    board = arrange([], levels=frozenset(), page=7, selected="")
    assert (board.shown, board.selected, board.page, board.more, board.before) == ((), "", 1, 0, 0)


def test_many_come_in_pages() -> None:
    many = [One(f"n{n:04d}", 1 + n // 150) for n in range(450)]
    first = arrange(many, levels=frozenset(), page=1, selected="n0300")  # type: ignore[arg-type]
    assert (len(first.shown), first.before, first.more, first.selected) == (ON_A_PAGE, 0, 250, "n0300")
    last = arrange(many, levels=frozenset(), page=99, selected="")  # type: ignore[arg-type]
    assert (len(last.shown), last.before, last.more, last.selected) == (50, 400, 0, "n0400")

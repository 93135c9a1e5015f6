"""Messages for people: compiles translations, and lists the messages that code and templates use.

    python -m cityloop.kernel.ui.messages      # writes a .mo beside every .po that has changed

A message that code looks up by a variable is named once with `gettext_noop("…")`, so that it is seen here.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.template.base import DebugLexer, Token, TokenType
from django.utils.translation import trim_whitespace

PACKAGE: Final = Path(__file__).resolve().parents[2]
LANGUAGE: Final = "zh_Hans"

_CALLS: Final = {
    "_": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None), "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
"""Function → positions of context, message and plural among its arguments."""

_QUOTED: Final = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_TRANSLATE: Final = re.compile(rf"^(?:translate|trans)\s+({_QUOTED})(.*)$", re.DOTALL)
_BLOCK: Final = re.compile(r"^(?:blocktranslate|blocktrans)(?:\s+(.*))?$", re.DOTALL)
_CONTEXT: Final = re.compile(rf"\bcontext\s+({_QUOTED})")
_INLINE: Final = re.compile(rf"_\(({_QUOTED})\)")
_PLURAL: Final = re.compile(r"^\s*plural\s*$")
_END: Final = re.compile(r"^\s*end(?:blocktranslate|blocktrans)\b")


@dataclass(frozen=True)
class Message:
    """A message of the code: English, which is its key, with plural and context when it has them."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Context and text."""
        return self.context, self.text


class BadMessageError(ValueError):
    """A message that can't be read from the source; the text says where, and what is allowed."""


def compile_all(package: Path = PACKAGE, *, force: bool = False) -> list[Path]:
    """Write the `.mo` of every `.po` below the package that is newer than it.

    Returns:
        The files written.
    """
    written = []
    for source in sorted(package.glob("**/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, read(source))
        fresh.replace(target)
        written.append(target)
    return written


def read(source: Path) -> Catalog:
    """A translation file.

    Raises:
        BadMessageError: It can't be read.
    """
    try:
        with source.open("rb") as file:
            return read_po(file, locale=source.parts[-3], domain="django", abort_invalid=True)
    except Exception as error:
        raise BadMessageError(
            f"{source} can't be read: {error}. Correct the file; allowed: gettext PO, UTF-8."
        ) from error


def feature_of(source: Path, package: Path = PACKAGE) -> Path:
    """The feature's folder a file belongs to: `room/feature`, or the room for files that lie in it directly."""
    parts = source.relative_to(package).parts
    return package.joinpath(*parts[: min(2, len(parts) - 1)])


def extract(package: Path = PACKAGE) -> dict[Path, dict[Message, str]]:
    """Every message used, by feature: message → where it stands first."""
    found: dict[Path, dict[Message, str]] = {}
    for source in sorted([*package.glob("**/*.py"), *package.glob("**/templates/**/*.html")]):
        read_source = from_python if source.suffix == ".py" else from_template
        for line, message in read_source(source.read_text(encoding="utf-8"), str(source)):
            found.setdefault(feature_of(source, package), {}).setdefault(message, f"{source}:{line}")
    return found


def from_python(text: str, name: str) -> Iterator[tuple[int, Message]]:
    """Messages of Python code, with their lines.

    Raises:
        BadMessageError: A gettext call whose message is not a plain string.
    """
    for node in ast.walk(ast.parse(text, name)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        places = _CALLS.get(called)
        if places is None or not node.args:
            continue
        context, singular, plural = (_constant(node, place) if place is not None else "" for place in places)
        if singular is None or plural is None or context is None:
            if called in ("_", "gettext", "pgettext", "ngettext") and isinstance(
                node.args[0], ast.JoinedStr | ast.BinOp
            ):
                raise BadMessageError(
                    f"{name}:{node.lineno}: {called}() is called with a text put together; allowed: one plain string "
                    "with named placeholders. Write the placeholders into the string and fill them afterwards."
                )
            continue
        yield node.lineno, Message(singular, plural, context)


def _constant(node: ast.Call, place: int) -> str | None:
    if place >= len(node.args):
        return None
    argument = node.args[place]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def from_template(text: str, name: str) -> Iterator[tuple[int, Message]]:
    """Messages of a template, with their lines: `{% translate %}`, `{% blocktranslate %}`, `_("…")`.

    Raises:
        BadMessageError: A block without an end.
    """
    block: list[Token] | None = None
    opening = ""
    start = 0
    for token in DebugLexer(text).tokenize():
        if block is not None:
            if token.token_type == TokenType.BLOCK and _END.match(token.contents):
                yield start, _block_message(opening, block)
                block = None
            else:
                block.append(token)
            continue
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        started = _BLOCK.match(token.contents) if token.token_type == TokenType.BLOCK else None
        if started:
            block, opening, start = [], started.group(1) or "", token.lineno or 0
            continue
        yield from ((token.lineno or 0, message) for message in _tag_messages(token))
    if block is not None:
        raise BadMessageError(f"{name}:{start}: a blocktranslate has no end. Close it with {{% endblocktranslate %}}.")


def _tag_messages(token: Token) -> Iterator[Message]:
    single = _TRANSLATE.match(token.contents) if token.token_type == TokenType.BLOCK else None
    if single:
        yield Message(_literal(single.group(1)), "", _context(single.group(2)))
        return
    for quoted in _INLINE.findall(token.contents):
        yield Message(_literal(quoted))


def _block_message(opening: str, tokens: Iterable[Token]) -> Message:
    """The message of a block: its variables become `%(name)s`."""
    texts = [""]
    for token in tokens:
        if token.token_type == TokenType.BLOCK and _PLURAL.match(token.contents):
            texts.append("")
        elif token.token_type == TokenType.VAR:
            texts[-1] += f"%({token.contents.strip()})s"
        elif token.token_type == TokenType.TEXT:
            texts[-1] += token.contents.replace("%", "%%")
    if re.search(r"\btrimmed\b", opening):
        texts = [trim_whitespace(text) for text in texts]
    return Message(texts[0], texts[1] if len(texts) > 1 else "", _context(opening))


def _literal(quoted: str) -> str:
    text: Any = ast.literal_eval(quoted)
    return str(text).replace("%", "%%")


def _context(options: str) -> str:
    given = _CONTEXT.search(options)
    return str(ast.literal_eval(given.group(1))) if given else ""


if __name__ == "__main__":
    for path in compile_all(force="--force" in sys.argv[1:]):
        print(path)  # noqa: T201 - the names of the files are the result

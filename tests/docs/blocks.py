"""Code blocks of a Markdown page, and what a test is to do with each.

A block is fenced, or indented by four spaces. Its commands are the lines that start with a program's name. An HTML
comment right before a block declares what the test does instead of simply running it; the page itself says it, so that
nothing is pretended:

    <!-- test: file my_system.toml -->      write the block to this file, for the commands that follow
    <!-- test: status 1 -->                 the exit status that is due
    <!-- test: instead COMMAND -->          run this shorter form (several lines: several commands)
    <!-- test: needs matlab, REASON -->     skip unless there is a program of this name (or the named variable is set)
    <!-- test: same-as examples/a.yml -->   the block stands in this file, word for word
    <!-- test: run-by .ci/run, REASON -->   the block's commands stand in this file, which runs them
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = (
    "harness", "pytest", "python", "python3", "pip", "make", "git", "systemctl", "cp", "eval", "export", "mkdir",
)  # fmt: skip
VERBS = ("file", "status", "instead", "needs", "same-as", "run-by")
COMMENT = re.compile(r"<!--\s*test:\s*(.*?)-->", re.S)
FENCE = re.compile(r"^(\s*)```(\w*)\s*$")


@dataclass(frozen=True)
class Block:
    """One block: its language ("" where indented or unnamed), its text, its line in the page, and its declarations."""

    language: str
    text: str
    line: int
    marks: tuple[tuple[str, str], ...]

    def mark(self, verb: str) -> str | None:
        """What was declared with this verb, None if nothing was."""
        return next((rest for found, rest in self.marks if found == verb), None)

    def commands(self) -> list[str]:
        """The lines that are commands, continuation lines joined."""
        if self.language not in ("", "sh", "bash", "shell", "console"):
            return []
        joined = re.sub(r"\\\n\s*", "", self.text)
        lines = [line.strip().removeprefix("$ ") for line in joined.splitlines()]
        return [line for line in lines if _program(line) in PROGRAMS or line.startswith("./")]


def _program(line: str) -> str:
    words = [word for word in line.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    return words[0] if words else ""


def blocks_of(text: str) -> list[Block]:
    """Every block of a page, in order."""
    found: list[Block] = []
    lines = text.splitlines()
    marks: list[tuple[str, str]] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.lstrip().startswith("<!-- test:"):
            start = number
            while "-->" not in lines[number]:
                number += 1
            body = COMMENT.search("\n".join(lines[start : number + 1]))
            assert body, f"line {start + 1}: not a declaration"
            verb, _, rest = body[1].strip().partition(" ")
            assert verb in VERBS, f"line {start + 1}: {verb!r} is none of {', '.join(VERBS)}"
            marks.append((verb, rest.strip()))
        elif fence := FENCE.match(line):
            end = next(k for k in range(number + 1, len(lines)) if lines[k].strip() == "```")
            body_text = "\n".join(part.removeprefix(fence[1]) for part in lines[number + 1 : end])
            found.append(Block(fence[2], body_text + "\n", number + 1, tuple(marks)))
            number, marks = end, []
        elif line.startswith("    ") and (number == 0 or not lines[number - 1].strip() or marks):
            end = number
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            body_text = "\n".join(part[4:] for part in lines[number:end]).rstrip() + "\n"
            found.append(Block("", body_text, number + 1, tuple(marks)))
            number, marks = end - 1, []
        elif line.strip():
            assert not marks, f"line {number + 1}: a declaration must stand right before its block"
        number += 1
    return found


def inline_commands(text: str) -> list[str]:
    """Commands of the harness in the running text: `harness …` in backquotes."""
    outside = re.sub(r"```.*?```", "", text, flags=re.S)
    return [" ".join(span.split()) for span in re.findall(r"`(harness [^`]+)`", outside)]


def links(text: str) -> list[str]:
    """Targets of relative links."""
    outside = re.sub(r"```.*?```|`[^`]*`|^    .*$", "", text, flags=re.S | re.M)
    found = re.findall(r"\]\(([^)\s]+)\)", outside)
    return [link.partition("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


def pages(root: Path) -> list[Path]:
    """README and every page of docs/."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]

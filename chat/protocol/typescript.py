# SPDX-License-Identifier: AGPL-3.0-or-later
"""Generate `chat/browser/wire.gen.ts`, the browser's half of the wire contract, from the Python one.

How this works: `msgspec.inspect` tells the type, length and pattern of every field; each becomes one
call on a small MessagePack reader and one on a writer (`wire.ts.in`), so that the browser
checks on decoding what the server checks. A type this generator does not know is an error here, not
a hole there. The output is plain functions, so that a bundle carries only the unions it uses.

    python -m chat.protocol.typescript            write the file
    python -m chat.protocol.typescript --check    fail when the file is not what would be written
"""

from __future__ import annotations

import argparse
import ast
import enum
import inspect
import sys
import textwrap
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import inspect as shape

from chat.protocol import frames, types

OUTPUT = Path(__file__).resolve().parents[1] / "browser" / "wire.gen.ts"
RUNTIME = Path(__file__).with_name("wire.ts.in")
UNIONS = ("FromHelpSeeker", "ToHelpSeeker", "FromDesk", "ToDesk")
CLOSED_SETS: tuple[type[enum.IntEnum], ...] = (
    types.Phase,
    types.EndedBy,
    types.ErrorCode,
    types.About,
    types.Urgency,
    types.DutyStatus,
    types.Risk,
    types.EndHow,
    types.AlarmKind,
    types.Left,
    types.HandoverAnswer,
)

StructType = type[msgspec.Struct]


class UnsupportedTypeError(Exception):
    """A frame has a field type that the generator does not know; it names the field."""


def camel(name: str) -> str:
    """`ticket_hash` to `ticketHash`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def members(union: str) -> tuple[StructType, ...]:
    """The frames of a union by its name, in the order they were declared."""
    return typing.get_args(getattr(frames, union))


def field_docs(cls: type) -> dict[str, str]:
    """The bare strings below fields and enum members, which Python does not keep at run time."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    docs: dict[str, str] = {}
    name: str | None = None
    for node in typing.cast("ast.ClassDef", tree).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=found)) | ast.Assign(targets=[ast.Name(id=found)]):
                name = found
            case ast.Expr(value=ast.Constant(value=str(text))) if name is not None:
                docs[name] = text
                name = None
            case _:
                name = None
    return docs


def comment(text: str | None, indent: str = "") -> Iterator[str]:
    """A TSDoc comment of one line."""
    if text:
        yield f"{indent}/** {' '.join(text.split())} */"


def ts_type(kind: shape.Type, where: str) -> str:
    """The TypeScript type of a field."""
    match kind:
        case shape.IntType():
            return "number"
        case shape.BoolType():
            return "boolean"
        case shape.StrType():
            return "string"
        case shape.BytesType():
            return "Bytes"
        case shape.EnumType() | shape.StructType():
            return kind.cls.__name__
        case shape.ListType():
            return f"readonly {ts_type(kind.item_type, where)}[]"
        case shape.UnionType():
            return f"{ts_type(optional(kind, where), where)} | null"
        case _:
            raise UnsupportedTypeError(where)


def optional(kind: shape.UnionType, where: str) -> shape.Type:
    """What `T | None` holds; no other union may be a field."""
    rest = [part for part in kind.types if not isinstance(part, shape.NoneType)]
    if len(rest) != 1 or len(kind.types) != 2:
        raise UnsupportedTypeError(where)
    return rest[0]


def javascript(pattern: str) -> str:
    r"""A pattern of Python as one of JavaScript: the very end is `\Z` in one and `$` in the other."""
    return pattern.replace(r"\Z", "$")


def limits(kind: shape.Type, where: str) -> tuple[str, str] | None:
    """Method and limits of a field that is one plain value, the same for reader and writer."""
    match kind:
        case shape.IntType(ge=0, le=int(most)):
            return "uint", str(most)
        case shape.EnumType():
            values = sorted(member.value for member in kind.cls)
            if values != list(range(len(values))):
                raise UnsupportedTypeError(where)  # the one bound is only right without gaps
            return "uint", str(values[-1])
        case shape.BoolType():
            return "bool", ""
        case shape.BytesType(min_length=int(least), max_length=int(most)):
            if (least, most) == types.ENVELOPE_SIZES:
                return "binOf", f"{least}, {most}"
            return "bin", f"{least}, {most}"
        case shape.StrType(min_length=least, max_length=int(most), pattern=pattern):
            return "str", f"{least or 0}, {most}" + (f", /{javascript(pattern)}/" if pattern else "")
        case shape.IntType() | shape.BytesType() | shape.StrType():
            raise UnsupportedTypeError(where)  # nothing without a limit crosses the wire
        case _:
            return None


def read(kind: shape.Type, where: str) -> str:
    """The expression that reads one field."""
    plain = limits(kind, where)
    match kind:
        case shape.EnumType():
            return f"r.{plain[0]}({plain[1]}) as {kind.cls.__name__}" if plain else ""
        case _ if plain is not None:
            return f"r.{plain[0]}({plain[1]})"
        case shape.ListType():
            return f"r.list(() => {read(kind.item_type, where)})"
        case shape.UnionType():
            return f"r.nil() ? null : {read(optional(kind, where), where)}"
        case shape.StructType():
            return f"read{kind.cls.__name__}(r)"
        case _:
            raise UnsupportedTypeError(where)


def write(kind: shape.Type, value: str, where: str) -> str:
    """The expression that writes one field."""
    plain = limits(kind, where)
    match kind:
        case _ if plain is not None:
            method, bounds = plain
            return f"w.{method}({value}{', ' + bounds if bounds else ''})"
        case shape.ListType():
            return f"w.list({value}, (item) => {write(kind.item_type, 'item', where)})"
        case shape.UnionType():
            return f"{value} === null ? w.nil() : {write(optional(kind, where), value, where)}"
        case shape.StructType():
            return f"write{kind.cls.__name__}(w, {value})"
        case _:
            raise UnsupportedTypeError(where)


def fields(cls: StructType) -> Iterator[tuple[str, shape.Type, str]]:
    """Name in TypeScript, kind, and the place for an error, of each field in wire order."""
    info = typing.cast("shape.StructType", shape.type_info(cls))
    for field in info.fields:
        yield camel(field.name), field.type, f"{cls.__name__}.{field.name}"


def nested(union: str) -> dict[str, StructType]:
    """Structs that are no frames themselves but stand in the fields of a union's frames."""
    found: dict[str, StructType] = {}
    for cls in members(union):
        for _, kind, _ in fields(cls):
            inner = kind.item_type if isinstance(kind, shape.ListType) else kind
            if isinstance(inner, shape.StructType):
                found[inner.cls.__name__] = inner.cls
    return found


def closed_set(cls: type[enum.IntEnum]) -> Iterator[str]:
    """An enum as a constant object, its type, and the way back from a value to its name."""
    name, docs = cls.__name__, field_docs(cls)
    yield from comment(inspect.getdoc(cls))
    yield f"export const {name} = {{"
    for member in cls:
        yield from comment(docs.get(member.name), "  ")
        yield f"  {member.name}: {member.value},"
    yield "} as const;"
    yield f"export type {name} = (typeof {name})[keyof typeof {name}];"
    yield from comment(f"Every name of {name}, by its value.")
    names = ", ".join(f'"{member.name}"' for member in sorted(cls, key=int))
    yield f"export const {camel(name[0].lower() + name[1:])}Names = [{names}] as const;"
    yield ""


def interface(cls: StructType, *, discriminant: bool) -> Iterator[str]:
    """The type of one frame, or of a struct inside frames."""
    docs = field_docs(cls)
    yield from comment(inspect.getdoc(cls))
    yield f"export interface {cls.__name__} {{"
    if discriminant:
        yield f'  readonly frame: "{cls.__name__}";'
    for field, (name, kind, where) in zip(cls.__struct_fields__, fields(cls), strict=True):
        yield from comment(docs.get(field), "  ")
        yield f"  readonly {name}: {ts_type(kind, where)};"
    yield "}"
    yield ""


def nested_codec(cls: StructType) -> Iterator[str]:
    """Reader and writer of a struct inside frames: an array without a tag."""
    name = cls.__name__
    yield f"function write{name}(w: Writer, value: {name}): void {{"
    yield f"  w.array({len(cls.__struct_fields__)});"
    for field, kind, where in fields(cls):
        yield f"  {write(kind, f'value.{field}', where)};"
    yield "}"
    yield ""
    yield f"function read{name}(r: Reader): {name} {{"
    yield f"  r.fields({len(cls.__struct_fields__)});"
    yield "  return {"
    for field, kind, where in fields(cls):
        yield f"    {field}: {read(kind, where)},"
    yield "  };"
    yield "}"
    yield ""


def encoder(union: str) -> Iterator[str]:
    """`encodeX`: a frame of the union to bytes."""
    yield from comment(
        f"One frame of {union} as bytes. Throws `WireError` when a field is out of its limits."
    )
    yield f"export function encode{union}(frame: {union}): Bytes {{"
    yield "  const w = new Writer();"
    yield "  switch (frame.frame) {"
    for cls in members(union):
        yield f'    case "{cls.__name__}":'
        yield f"      w.head({len(cls.__struct_fields__) + 1}, {cls.__struct_config__.tag});"
        for field, kind, where in fields(cls):
            yield f"      {write(kind, f'frame.{field}', where)};"
        yield "      return w.done();"
    yield "  }"
    yield "}"
    yield ""


def decoder(union: str) -> Iterator[str]:
    """`decodeX`: bytes to a frame of the union, or `WireError`."""
    yield from comment(
        f"Bytes to one frame of {union}. Throws `WireError` for anything that is not exactly one."
    )
    yield f"export function decode{union}(bytes: Uint8Array): {union} {{"
    yield "  const r = new Reader(bytes);"
    yield "  const length = r.array();"
    yield f"  let frame: {union};"
    yield "  switch (r.uint(127)) {"
    for cls in members(union):
        yield f"    case {cls.__struct_config__.tag}:"
        yield f"      r.expect(length, {len(cls.__struct_fields__) + 1});"
        yield (
            f'      frame = {{ frame: "{cls.__name__}"'
            + "".join(f", {field}: {read(kind, where)}" for field, kind, where in fields(cls))
            + " };"
        )
        yield "      break;"
    yield "    default:"
    yield "      throw new WireError();"
    yield "  }"
    yield "  r.end();"
    yield "  return frame;"
    yield "}"
    yield ""


def generate() -> str:
    """The whole file as text."""
    out = [
        "// SPDX-License-Identifier: AGPL-3.0-or-later",
        "// Generated by `python -m chat.protocol.typescript` from chat/protocol/.",
        "// Do not edit: `make check` fails when this file is not what the generator writes.",
        "",
        *comment("Protocol version, first field of the first frame of every connection."),
        f"export const VERSION = {types.VERSION};",
        *comment("Largest frame in bytes."),
        f"export const MAX_FRAME = {types.MAX_FRAME};",
        *comment("The only two sizes of an envelope in bytes."),
        f"export const ENVELOPE_SIZES = [{', '.join(map(str, types.ENVELOPE_SIZES))}] as const;",
        "",
    ]
    for closed in CLOSED_SETS:
        out += closed_set(closed)
    out += RUNTIME.read_text(encoding="utf-8").splitlines()[1:]  # without the template's own SPDX line
    out.append("")
    for inner in {name: cls for union in UNIONS for name, cls in nested(union).items()}.values():
        out += interface(inner, discriminant=False)
        out += nested_codec(inner)
    for union in UNIONS:
        for cls in members(union):
            out += interface(cls, discriminant=True)
        out.append(f"export type {union} =")
        out += [f"  | {cls.__name__}" for cls in members(union)]
        out[-1] += ";"
        out.append("")
        out += encoder(union)
        out += decoder(union)
    return "\n".join(out)


def main(argv: list[str] | None = None) -> int:
    """Write the file, or with `--check` compare it; 1 when it is stale."""
    parser = argparse.ArgumentParser(prog="python -m chat.protocol.typescript")
    parser.add_argument("--check", action="store_true", help="fail when the file is stale")
    check: bool = parser.parse_args(argv).check
    text = generate()
    if not check:
        OUTPUT.write_text(text, encoding="utf-8")
        return 0
    fresh = OUTPUT.is_file() and OUTPUT.read_text(encoding="utf-8") == text
    if not fresh:
        sys.stderr.write(f"{OUTPUT.name} is stale: run python -m chat.protocol.typescript\n")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main())

"""XML from a partner, held to its schema while it is read: nothing is kept that need not be.

Expat of the standard library does the parsing: it is the parser under every safe reader of Python,
and kept by its makers.  A DTD is refused at its first word, so there are no entities to expand and
nothing to fetch.  Size, depth and length of a text are bounded; what does not fit the schema is
refused at the first element that does not, with its path.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.parsers import expat

from services.payment.iso20022.nodes import Node
from services.payment.iso20022.schema import NAMESPACE, Group, Leaf, Place, Types, problem_of
from services.payment.iso20022.words import Malformed

DEPTH_LIMIT = 40
TEXT_LIMIT = 20_000
NAME_LIMIT_BYTES = 2_048
MESSAGE_LIMIT_BYTES = 1_048_576
_NAMED = re.compile(NAMESPACE.encode() + rb"([a-z]{4}(?:\.[0-9]{3}){2}\.[0-9]{2})[\"']")
_HINTS = frozenset(
    f"http://www.w3.org/2001/XMLSchema-instance {name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)


Piece = tuple[Node, Node | None]
Schemas = Mapping[str, Types]
Chunks = Iterable[bytes]
NOTHING: frozenset[str] = frozenset()


def read(body: bytes, schemas: Schemas, limit_bytes: int = MESSAGE_LIMIT_BYTES) -> tuple[str, Node]:
    """Return which message this is, and its document.  Raises `Malformed`."""
    reader = _Reader(schemas, NOTHING, NOTHING)
    for _ in _fed(reader, (body,), limit_bytes):
        pass
    if reader.root is None:
        raise Malformed("FF01", "/", "is empty")
    return reader.message, reader.root


def named(body: bytes) -> str:
    """Return which message this seems to be, "" if none: whoever reads it finds out."""
    found = _NAMED.search(body, 0, NAME_LIMIT_BYTES)
    return found[1].decode() if found else ""


def stream(
    chunks: Chunks,
    schemas: Schemas,
    each: frozenset[str],
    whole: frozenset[str],
    limit_bytes: int,
) -> Iterator[Piece]:
    """Yield the elements named in `each` with their parents so far, as they end.

    They are not kept.  Those named in `whole` follow by themselves at their end, and are not kept
    either.  Raises `Malformed`.
    """
    yield from _fed(_Reader(schemas, each, whole), chunks, limit_bytes)


def _fed(reader: "_Reader", chunks: Chunks, limit_bytes: int) -> Iterator[Piece]:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    size_bytes = 0
    try:
        for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > limit_bytes:
                raise Malformed("FF01", "/", f"is longer than {limit_bytes} bytes")
            parser.Parse(chunk, False)
            yield from reader.taken()
        parser.Parse(b"", True)
        yield from reader.taken()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Malformed("FF01", "/", f"is not well-formed XML: {str(error)[:80]}") from error


class _Model:
    """A group, made ready: places by the name that the parser gives, what must still come."""

    __slots__ = ("anything", "is_choice", "names", "next_required", "places")

    def __init__(self, group: Group, namespace: str) -> None:
        self.is_choice, self.anything = group.is_choice, group.anything
        self.names = [p.name for p in group.places]
        self.places: Mapping[str, Place] = {f"{namespace} {p.name}": p for p in group.places}
        self.next_required = [len(group.places)] * (len(group.places) + 1)
        for place in reversed(group.places):
            following = self.next_required[place.order + 1]
            self.next_required[place.order] = following if place.optional else place.order


class _Text:
    """A leaf, made ready."""

    __slots__ = ("attribute", "problem")

    def __init__(self, leaf: Leaf) -> None:
        self.attribute, self.problem = leaf.attribute, problem_of(leaf)


class _Frame:
    """An open element: how far its children have come."""

    __slots__ = ("count", "last", "model", "node")

    def __init__(self, node: Node, model: _Model | _Text) -> None:
        self.node, self.model, self.last, self.count = node, model, -1, 0


class _Reader:
    """The parser's handlers: one frame for each open element."""

    def __init__(self, schemas: Schemas, each: frozenset[str], whole: frozenset[str]) -> None:
        self._schemas, self._each, self._whole = schemas, each, whole
        self._types: Types = {}
        self._models: dict[str, _Model | _Text] = {}
        self._namespace = ""
        self._stack: list[_Frame] = []
        self._text: list[str] = []
        self._length = 0
        self._any_depth = 0
        self.message = ""
        self.root: Node | None = None
        self.pieces: list[Piece] = []

    def taken(self) -> list[Piece]:
        """Return the pieces that have come since."""
        pieces, self.pieces = self.pieces, []
        return pieces

    def doctype(self, *_: object) -> None:
        """Refuse a DTD."""
        raise Malformed("FF01", "/", "has a DTD, which no message of ISO 20022 has")

    def start(self, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if len(self._stack) + self._any_depth >= DEPTH_LIMIT:
            raise self._refused("is nested too deeply")
        if self._any_depth:
            self._any_depth += 1
            return
        if not self._stack:
            self._open_document(name, given)
            return
        frame = self._stack[-1]
        model = frame.model
        if isinstance(model, _Text):
            raise self._refused("holds elements instead of text")
        if self._length:
            self._no_text_between()
        if model.anything:
            frame.count += 1
            if frame.count > 1:
                raise self._refused("holds more than one element")
            self._any_depth = 1
            return
        place = model.places.get(name)
        if place is None:
            raise self._refused(
                f"holds {name.rpartition(' ')[2][:40]!r}, which is not in its schema"
            )
        self._advance(frame, model, place)
        self._open(place.name, self._model(place.type), given)

    def _open_document(self, name: str, given: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self.message = namespace.removeprefix(NAMESPACE)
        if local != "Document" or self.message not in self._schemas:
            reads = ", ".join(self._schemas)
            raise Malformed("FF01", "/", f"is {self.message[:60] or 'no message'}: send {reads}")
        self._namespace = namespace
        self._types = self._schemas[self.message]
        self._open(local, self._model("Document"), given)

    def _open(self, name: str, model: _Model | _Text, given: dict[str, str]) -> None:
        frame = _Frame(Node(name), model)
        self._stack.append(frame)
        for attribute, value in given.items():
            self._attribute(frame, attribute, value)
        if isinstance(model, _Text) and model.attribute and not frame.node.currency:
            raise self._refused(f"has no {model.attribute}")

    def _attribute(self, frame: _Frame, name: str, value: str) -> None:
        if name in _HINTS:
            return
        wanted = frame.model.attribute if isinstance(frame.model, _Text) else ""
        if name != wanted:
            raise self._refused(f"has an attribute {name[:40]!r}, which is not in its schema")
        if not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
            raise self._refused("has a currency of another form")
        frame.node.currency = value

    def _advance(self, frame: _Frame, model: _Model, place: Place) -> None:
        if place.order == frame.last:
            frame.count += 1
            if frame.count > place.most:
                raise self._refused(f"holds {place.name} more than {place.most} times")
            return
        if frame.last >= 0 and model.is_choice:
            raise self._refused(f"holds {place.name} beside {model.names[frame.last]}")
        if place.order < frame.last:
            raise self._refused(f"holds {place.name} after {model.names[frame.last]}: wrong order")
        if not model.is_choice and model.next_required[frame.last + 1] < place.order:
            raise self._refused(f"has no {model.names[model.next_required[frame.last + 1]]}")
        frame.last, frame.count = place.order, 1

    def text(self, data: str) -> None:
        """Take text."""
        if self._any_depth:
            return
        self._length += len(data)
        if self._length > TEXT_LIMIT:
            raise self._refused("holds too long a text")
        self._text.append(data)

    def end(self, _: str) -> None:
        """Take the end of an element."""
        if self._any_depth:
            self._any_depth -= 1
            return
        frame = self._stack[-1]
        model = frame.model
        if isinstance(model, _Text):
            frame.node.text = "".join(self._text)
            self._text.clear()
            self._length = 0
            problem = model.problem(frame.node.text)
            if problem:
                raise self._refused(problem)
        else:
            self._complete(frame, model)
        self._stack.pop()
        self._keep(frame.node)

    def _complete(self, frame: _Frame, model: _Model) -> None:
        if self._length:
            self._no_text_between()
        if model.anything:
            missing = frame.count == 0
        elif model.is_choice:
            missing = frame.last < 0
        else:
            missing = model.next_required[frame.last + 1] < len(model.names)
        if missing:
            names = model.names if model.is_choice else model.names[frame.last + 1 :]
            raise self._refused(f"lacks {', '.join(names[:4]) or 'an element'}")

    def _no_text_between(self) -> None:
        if "".join(self._text).strip(" \t\r\n"):
            raise self._refused("holds text between its elements")
        self._text.clear()
        self._length = 0

    def _keep(self, node: Node) -> None:
        if not self._stack:
            self.root = node
        elif node.name in self._each:
            self.pieces.append((self._stack[-1].node, node))
        elif node.name in self._whole:
            self.pieces.append((node, None))
        else:
            self._stack[-1].node.children.append(node)

    def _model(self, name: str) -> _Model | _Text:
        model = self._models.get(name)
        if model is None:
            found = self._types[name]
            model = _Model(found, self._namespace) if isinstance(found, Group) else _Text(found)
            self._models[name] = model
        return model

    def _refused(self, why: str) -> Malformed:
        return Malformed("FF01", "/" + "/".join(f.node.name for f in self._stack), why)

"""What was read of a message: elements, with their texts."""

from services.payment.iso20022.words import Malformed


class Node:
    """An element that was read: its text, its currency if it is an amount, its children."""

    __slots__ = ("children", "currency", "name", "text")

    def __init__(self, name: str) -> None:
        self.name, self.text, self.currency = name, "", ""
        self.children: list[Node] = []

    def all(self, name: str) -> list["Node"]:
        """Return the children of this name."""
        return [child for child in self.children if child.name == name]

    def find(self, path: str) -> "Node | None":
        """Return the first element on this path of names."""
        node: Node | None = self
        for name in path.split("/"):
            node = next((c for c in node.children if c.name == name), None) if node else None
        return node

    def at(self, path: str) -> str:
        """Return the text of the first element on this path, "" if there is none."""
        node = self.find(path)
        return node.text if node else ""

    def one(self, path: str) -> "Node":
        """Return an element that the schema requires."""
        node = self.find(path)
        if node is None:
            raise Malformed("FF01", f"/{path}", "is missing")
        return node

"""What citizens see: one card for each mail and message, the last one first."""

from collections.abc import Sequence
from html import escape

from deploy.sandbox.inbox.inbox import Item, hidden

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f2f4f7; color: #1b1f24 }
main { max-width: 42rem; margin: auto; padding: 1rem }
article { background: #fff; border: 1px solid #c5ccd6; border-radius: .5rem; padding: 1rem;
  margin: 0 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 0 }
small { color: #4a5563 } p { white-space: pre-line; margin: .5rem 0 0 }
a { color: #0b4f9e }
"""
_KINDS = {"email": "Thư điện tử", "app": "Ứng dụng"}


def devices(items: Sequence[Item]) -> str:
    """Return the page."""
    cards = "".join(_card(n, item) for n, item in reversed(list(enumerate(items))))
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Hộp thư thử nghiệm</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Hộp thư thử nghiệm</h1>{cards or '<p>Chưa có tin nào.</p>'}</main></body></html>"
    )


def _card(number: int, item: Item) -> str:
    parts = [
        f"<small>{_KINDS[item.kind]} · {escape(hidden(item.to))}</small>",
        f"<h2>{escape(item.title)}</h2><p>{escape(item.text)}</p>",
    ]
    if item.html:
        parts.append(f'<p><a href="/mails/{number}">Xem như trong hộp thư</a></p>')
    parts += [f"<p>Tệp kèm: {escape(name)}</p>" for name, _ in item.files]
    return f"<article>{''.join(parts)}</article>"

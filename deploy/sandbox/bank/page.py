"""The pay page: one sum, three buttons, no script."""

from html import escape

from deploy.sandbox.bank.books import Order

STYLE = """:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1rem;font-weight:600;opacity:.7}p.sum{font-size:2rem;font-weight:600;margin:.2rem 0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem;margin:1.5rem 0}dd{margin:0}
button{font:inherit;padding:.6rem 1rem;border-radius:.4rem;border:1px solid;background:none;
color:inherit;cursor:pointer}button.pay{background:#0a5;border-color:#0a5;color:#fff}
form{display:flex;gap:.6rem;flex-wrap:wrap}small{opacity:.7}"""


def pay_page(order: Order, pay_url: str) -> str:
    """Return the page of an order."""
    rows = {"Mã đơn": order.reference, "Nội dung": order.info}
    listed = "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    return _page(
        f"""<p class="sum">{vnd(order.amount_vnd)}</p><dl>{listed}</dl>
<form method="post" action="../sandbox/pay"><input type="hidden" name="pay_url"
value="{escape(pay_url, quote=True)}"><button class="pay" name="behaviour" value="pay">Thanh toán
</button><button name="behaviour" value="decline">Huỷ</button><button name="behaviour"
value="silent">Thanh toán, không báo lại</button></form>"""
    )


def refusal_page(reason: str) -> str:
    """Return the page of a link that cannot be paid."""
    return _page(f"<p>Không thanh toán được. / This cannot be paid.</p><p>{escape(reason)}</p>")


def vnd(amount_vnd: int) -> str:
    """Return an amount as it is written in Vietnam."""
    return f"{amount_vnd:,} ₫".replace(",", ".")


def _page(body: str) -> str:
    return f"""<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport"
content="width=device-width"><title>Ngân hàng thử nghiệm</title><style>{STYLE}</style>
<h1>Ngân hàng thử nghiệm · sandbox bank</h1>{body}
<p><small>Không có tiền thật. / No real money moves.</small></p></html>"""

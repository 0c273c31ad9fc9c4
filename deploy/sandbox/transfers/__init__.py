"""A bank whose accounts others watch: it moves no money, and tells of it as PayOS, Casso or SePay.

Citizens transfer by a VietQR code or by hand; the text may be mangled on its way, the amount wrong,
the word late or never said.  PayOS's orders are kept as well, and answered after.  The signature
code is its own.  In memory, bounded.

Reading order: `signing`, `qr`, `behaviours` (how citizens transfer), `forms` (how each one tells),
`house` (accounts, orders, money), `http` (the API).
"""

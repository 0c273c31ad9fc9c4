"""A wallet that moves no money: MoMo v2 and ZaloPay v2 from the other side.

It takes orders that are signed, lets citizens pay them, tells the merchant until it is heard (each
protocol by its own rule), answers questions and gives money back, ZaloPay's some time later.  The
signature code is its own.  In memory, bounded.

Reading order: `signing`, `books` (orders and money), `behaviours` (how citizens pay), `momo` and
`zalopay` (their words), `wallet` (all of it), `http` (the API).
"""

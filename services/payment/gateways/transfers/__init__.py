"""Bank transfers by VietQR, and those that tell of them: PayOS, Casso v2, SePay.

Reading order: `vietqr` (what a citizen scans; `banks` by number), `text` (our reference in a
transfer), `gateway` (what the three have in common), `casso`, `sepay`, `payos` with
`payos_signing` and `written_json`, `openapi`.
"""

"""The Payment Platform 1.0.6 and KeyPay 3.0 from the other side, with a checksum code of its own.

It knows orders from INIT and create only, calls back until it is heard, answers QUERY, GET_BILL and
details, gives money back for KeyPay, and keeps a statement of all it moved.  Every second answer of
the platform comes in the bus's envelope, every second receipt as a PDF: clients have to read both.

Reading order: `signing`, `platform` and `keypay` (what each does), `http` (the API);
`deploy.sandbox.till` lets citizens pay.
"""

"""Citizens' devices: a mail server, and the other side of docs/contracts/push.yaml, that show what
was sent to whom and pass nothing on.

They behave as such servers do: mails are put off, refused, taken and lost, or come back as reports;
messages are refused, answered late or not at all, and receipts are pushed.  Reading order:
`faults`, `inbox` (what was taken), `mail` (SMTP), `reports`, `push` (HTTP); what it looks like is
in `deploy.sandbox.devices`.
"""

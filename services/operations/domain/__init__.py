"""What can be said of applications from the log alone.  Pure: entries in, findings out.

Reading order: `entries` (one message as kept), `findings` (is the log whole?), `timeline`,
`status`, `waits` and `spans` (the waterfall and the trace), `ledger` (counts over all), `summary`
and `causes` (what is waited for), `actions` and `rounds` (what is done about it), `citizen` (the
same for people who have never heard of any of it).
"""

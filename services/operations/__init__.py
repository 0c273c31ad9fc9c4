"""Operations: reads everything; but for its rounds it owns nothing that cannot be rebuilt from the
log.

Reads every topic of every service, in the group `operations`, and what lanes set aside (dead
letters, parked records), in the group `operations-aside`; what reconciling found, in the group
`operations-money`; the live tables read `operations.flow`.
Writes its own tables, counts to `operations.flow`, a command to a service's inbox when an operator
says so, for one application or in a round for many (`domain.actions` has all that there are), dead
letters to their topics again, behind each what was done about it, what operators say of breaks to
`payment.reconciliation`, and `feedback.given` to notify's when a citizen does.  It changes nothing
else.

Reading order: `domain` (what can be said from the log), `journeys` (how the log is kept), `reader`
(the loop), `counts` (exact numbers), `flow` and `tables` (live, approximate), `finding`, `seeking`
(by unit, partner, days) and `opened` (one application), `api`.  What open applications wait for:
`situations`, `board`, `trends` (what it was), `mending`; what is done about many of them: `rounds`.  Which of two editions
of all that is read serves: `edition`.  What lanes set aside: `letters` (kept), `dead` (done about
it), `dead_api`.  Who is woken for what: `domain.alarms`, `alarms`; whom something concerns:
`domain.incidents`, `incidents`.  What of partners' days does not match: `domain.breaks`, `money`,
`money_api`.  The national form: `facts` (what counts), `statistics` (counted), `form_lines`,
`form_files`, `statistics_api`, `subscriptions` (sent regularly).  How units do:
`domain.indicators`, `indicators`, `indicators_api`, `readiness_api`, `sync_api`.  That nothing of a
period is missing: `domain.proof`, `proving`, `proofs` (in the background), `proof_api`.  What a
citizen sees: `domain.citizen` (what is told), `status_access` (to whom), `pages`, `status_api`,
`rating_api`.  What an operator sees: `console`.  Who was shown what of
whom: `reads`, `reads_api`; what stands around every route: `guard`.
"""

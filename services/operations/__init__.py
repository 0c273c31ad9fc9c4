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

Reading order: what is needed by what follows first.

    domain                           what can be said from the log; pure
    journeys, reader, counts         how the log is kept, the loop that reads it, exact numbers
    flow, tables, live               live numbers, approximate, and how fresh they are
    finding, seeking, opened, api    which application is meant, by what it is found, one opened
    situations, board, mending       what open applications wait for, and that it still follows
    trends, live                     what the board was a while ago; what flows, and how fresh
    rounds                           what is done about many
    persons                          the applications of a person, as intake knows them
    reaching                         of what is found and opened, what somebody of units sees
    edition                          which of two editions of all that is read serves
    letters, dead, dead_api          what lanes set aside, and what is done about it
    alarms, incidents                who is woken for what; whom something concerns
    money, money_api                 what of partners' days does not match
    partner_api, settlement_api      what a bank partner sees of itself; what it owes
    facts, statistics, form_lines    the national form: what counts, counted, as lines
    form_files, statistics_api       and as files
    subscriptions                    and sent regularly
    indicators, indicators_api       how units do
    readiness_api, sync_api          whether centres are ready, and what they sent
    proving, proofs, proof_api       that nothing of a period is missing
    status_access, status_api        what a citizen sees, and who may
    pages, rating_api                the same as pages, and how it went
    console                          what an operator sees
    guard, limits                    what stands around every route; how often somebody may ask
    reads, reads_api                 who was shown what of whom
    sessions_api                     who is signed in at the console, and signed out
    unsealing, unsealing_api         sealed fields opened, with a reason
    turns                            loops beside the edge
    delivery                         signed calls and mails to who is told something
    readers, wiring                  how all of it is put together
"""

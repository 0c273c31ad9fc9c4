"""Notify: tells the citizen once at each milestone, and never of what is no longer so.

Reads `intake.events` (registered, refused), `routing.events`, `payment.events` and `notify.inbox`
(what gateways, citizens and timers say); writes `notify.events`.

Reading order: `domain/milestones` (what is told when), `domain/slots` (whom, and by which ways),
`domain/templates` and `domain/wordings` (in which words; they stand in `templates`),
`domain/moves` (what becomes of a notice), `domain/feedback` (which answers of citizens count),
`domain/saying`, `domain/draft`, `domain/opening` and `domain/clerk` (one decision), `lane`,
`domain/petitions` and `petitions` (petitions, decided and at the edge), `domain/papers` and `forms`
(official forms), `providers`, `pulse` and `rates` (who carries notices, how they fare, and how
fast), `effects`, `contacts` (the only place that opens one), `addresses` (to which nothing may be
sent now), `channels` (one file per kind of provider), `broadcasts` (what operators tell many),
`views`, `desk` (what edges share), `api`.
"""

"""Intake: the one door.  What a portal submits is registered under a dossier code, or refused.

Reads `portal.submissions`, `intake.inbox` (supplements, corrections, withdrawals, letters between
parents and children), and of `routing.events` what changes what a citizen may do; writes
`intake.events`.
Only here are personal fields opened; what leaves is sealed with a key of the application.

Reading order: `domain.validation` (what may be wrong with an application; `shape`, `answers`,
`personal_number` and `places` beside it, `findings` over them) and `domain.remedies` (how we say
so), `domain.dossier` (the state, and how it comes in; `pending` beside it), `domain.follow_ups`
(what comes after), `domain.corrections` (what may be corrected, and until when), `numbers` (dossier
numbers), `likeness` (likely duplicates), `revisions` (corrections, put on top of what stands),
`domain.saga` (interlinked applications; `splitting` before it, `interlinked` over it), `door` (the
facts of a batch), `lane` (event type to decision), `domain.receipt`, `desk`, `api`,
`follow_ups_api` and `corrections_api` (the portals' edge), `forms_api` (what procedures ask for),
`attachments` (files, from their upload on; they have an order of their own).
"""

"""Attachments: a file is uploaded in pieces, looked at, and kept under the SHA-256 of its content.

Reads and writes the tables `uploads`, `open`, `parts`, `waiting`, `outcomes`, `files`, `infected`
and `attempts`, rows inserted and deleted, never updated; contents go to GridFS or to an
S3-compatible store.  What is in that store has been looked at: it is clean, or `not_scanned` where
no scanner is configured.

Reading order: `limits` and `remedies` (what may be attached, and what is said when it is not),
`checking` (documents of an application against files), `media` and `scan` (what a content is),
`store`, `signing` and `s3` (where contents are), `files` (who has which), `named` and `batch` (what
is said of the files that applications name, a batch at a time), `standing`, `room` and `uploads`
(files on their way), `tus`, `routes`, `reading` and `views` (the edge), `sweep` (what time brings),
`settings` and `wired`.
"""

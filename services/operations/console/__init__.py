"""The console: operations' pages for people.  HTML with htmx, thin over what the API answers.

Reading order: `labels`, `types` and `spoken` (words), `accounts` and `sessions` (who is there),
`screen` (how pages are drawn), `door` (who may see them), `facts` (how what is known is said), then
a folder for each page: `labels` (its words), `page` (what it says, worked out; pure), `routes`.

A page of its own is such a folder, with its labels named in `labels.PAGES`, a template, an entry of
`screen.WAYS` and a route with `Door.seat(...)`; whatever is sent goes through `Door.sent`.
"""

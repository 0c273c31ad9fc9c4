"""The console: operations' pages for people.  HTML with htmx, thin over what the API answers.

Reading order: `labels`, `types` and `spoken` (words), `accounts` and `sessions` (who is there),
`screen` (how pages are drawn), `door` (who may see them), `facts`, `waterfall` and `journey_page`
(what a page says, worked out), `reading_pages` (find and journey), then `templates` and `static`.

A page of its own is a function that works out what it says, a template, its labels, an entry of
`screen.WAYS` and a route with `Door.seat(...)`; whatever is sent goes through `Door.sent`.
"""

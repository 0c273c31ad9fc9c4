"""What mail is made of, without I/O but for `pool`: ids, words, a mail, a page, a calendar entry,
a report of what became of a mail.
"""

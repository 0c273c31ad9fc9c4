"""Receipts on paper: as PDF, with the code by which anybody checks them.

Reading order: `codes` (what a code is made of), `words` (an amount in words), `printing` (a receipt
as PDF, by `receipt.typ`), `pages` (what the check page says).
"""

"""The rules of payment, pure: fees, orders, receipts.  Reading order: fees, state, orders, receipts."""

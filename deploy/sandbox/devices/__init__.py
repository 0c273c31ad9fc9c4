"""What citizens hold in their hands, for the partners that carry something to it: handsets,
mailboxes, apps.

Reading order: `item` (what a device shows), `calendar` (what goes with a mail), `page` (how it
looks).
"""

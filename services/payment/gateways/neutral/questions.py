"""What a bank of our own protocol is asked besides payments and refunds.

Each question is another request, for the answer may be another by now.
"""

from datetime import datetime

from services.payment.gateways import Answer, Order, Refused, Sending
from services.payment.gateways.asked import TheirReceipt
from services.payment.gateways.neutral.messages import Messages


class Questions(Messages):
    """Questions of `gateways.asked`."""

    def ask_receipt(self, order: Order, transaction: str, at: datetime) -> Sending:
        """Return a question after the bank's receipt.  Raises `Unsendable`."""
        values = {"reference": order.reference, "transaction": transaction}
        return self.ask("receipt", f"{order.reference}/{at.isoformat()}", values, at)

    def read_receipt(
        self, answer: Answer, order: Order, transaction: str, at: datetime
    ) -> TheirReceipt:
        """Return the bank's receipt.  Raises `Refused`, `Declined`."""
        given = self.read("receipt", answer, at)
        if given["reference"] != order.reference:
            raise Refused("unreadable", "a receipt of another order")
        return TheirReceipt(given["url"], b"", given["number"], given["state"] == "valid")

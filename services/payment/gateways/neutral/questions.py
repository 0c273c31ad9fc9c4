"""What a bank of our own protocol is asked besides payments and refunds.

Each question is another request, for the answer may be another by now.
"""

from datetime import datetime

from services.payment.gateways import Account, Answer, Order, Refused, Sending
from services.payment.gateways.asked import Holder, TheirReceipt
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

    def ask_account(self, bank: str, number: str, at: datetime) -> Sending:
        """Return a question after the holder of an account.  Raises `Unsendable`."""
        key = f"{bank}/{number}/{at.isoformat()}"
        return self.ask("account", key, {"bank": bank, "number": number}, at)

    def read_account(self, answer: Answer, bank: str, number: str, at: datetime) -> Holder:
        """Return the holder.  Raises `Refused`, `Declined`."""
        given = self.read("account", answer, at)
        if (given["bank"], given["number"]) != (bank, number):
            raise Refused("unreadable", "an answer about another account")
        return Holder(given["name"].strip(), given["state"])

    def ask_payer(self, reference: str, transaction: str, at: datetime) -> Sending:
        """Return a question after the account that a payment came from.  Raises `Unsendable`."""
        values = {"reference": reference, "transaction": transaction}
        return self.ask("payer", f"{reference}/{transaction}/{at.isoformat()}", values, at)

    def read_payer(self, answer: Answer, reference: str, transaction: str, at: datetime) -> Account:
        """Return that account.  Raises `Refused`, `Declined`."""
        given = self.read("payer", answer, at)
        if (given["reference"], given["transaction"]) != (reference, transaction):
            raise Refused("unreadable", "an answer about another payment")
        return Account(bank=given["bank"], number=given["number"], name=given["name"].strip())

"""Money between partners and us: what of their days does not match, and what each of them said."""

"""Money between partners and us: breaks, how partners fare, their days."""

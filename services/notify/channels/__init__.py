"""Ways to a citizen, one file per vendor; each opens with the vendor's words and ours."""

"""What lanes set aside: how it is grouped, where it differs from its contract, how it is mended."""

"""What is set aside: groups, one with what is wrong in it, a copy mended by two."""

"""What is known of signs, and the signs that follow from it."""

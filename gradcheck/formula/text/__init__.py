"""From characters to tokens, with the place of each in the text."""

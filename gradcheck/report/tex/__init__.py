"""LaTeX and PDF: a page as one file for pdflatex, with no packages but those of three Debian package sets."""

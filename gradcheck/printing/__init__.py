"""Printing: expressions as LaTeX and Unicode, entry by entry or as products of whole arrays."""

from .show import Form as Form
from .show import Style as Style
from .show import derivative_name as derivative_name
from .show import latex as latex
from .show import matrix_form as matrix_form
from .show import show_chain as show_chain
from .show import show_equation as show_equation
from .show import unicode as unicode
from .show import unicode_matrix_form as unicode_matrix_form
from .show import unicode_name as unicode_name
from .unicode import readable as readable

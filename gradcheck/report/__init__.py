"""Reports: what was found, as text for a terminal and as JSON. A printer decides nothing."""

from .blocks import error_block as error_block
from .json import json_text as json_text
from .notes import notes as notes
from .terminal import summary as summary
from .terminal import terminal_lines as terminal_lines

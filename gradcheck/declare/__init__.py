"""Networks, declared once: from the text of a block (`read_network`) or in Python (`Builder`)."""

from .network import Network as Network
from .network import Node as Node

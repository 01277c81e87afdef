"""Networks, declared once: from the text of a block (`read_network`) or in Python (`Builder`)."""

from .blocks import read_network as read_network
from .blocks import read_symbols as read_symbols
from .builder import Builder as Builder
from .handles import Activation as Activation
from .handles import Array as Array
from .network import Network as Network
from .network import Node as Node

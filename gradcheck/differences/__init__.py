"""Finite differences with a measured error bar; sees no derived formula, only functions of numbers.

`derivative` (one entry), `directional` (along u, weighted by v) and `gradient` (every entry, batched on request) say
what the slope is, how far to trust it, and whether there is a kink or a jump instead. `complex_step` confirms,
`worst_entry` finds where a claim is wrong.
"""

from .bisection import worst_entry as worst_entry
from .complex_step import complex_step as complex_step
from .directional import derivative as derivative
from .directional import directional as directional
from .directional import estimate as estimate
from .estimate import Estimate as Estimate
from .gradient import Gradient as Gradient
from .gradient import gradient as gradient
from .line import Line as Line

"""The document that `gradcheck new` writes: small, complete, and green."""

from __future__ import annotations

STARTER = r"""# A derivation to start from

The block below declares a network: its inputs and parameters with their shapes, one equation for each node, and the
loss. Change it to yours; the format is described in docs/format.md of gradcheck.

```network
dims n, m
input x : n
input y : m
parameter W : m, n
parameter b : m
function \sigma
z = W x + b
a = \sigma(z)
loss L = \frac{1}{2} \|a - y\|^2
```

An equation with an anchor behind it is a claim. Check this file with `gradcheck check`, and print the gradients it
should arrive at with `gradcheck derive`.

The error at the pre-activation, entry by entry:

$$ \frac{\partial L}{\partial z_j} = (a_j - y_j)\, \sigma'(z_j) $$ {#dz}

The gradients of the parameters follow from it:

$$ \frac{\partial L}{\partial b_j} = (a_j - y_j)\, \sigma'(z_j) $$ {#db}

$$ \frac{\partial L}{\partial W_{jk}} = (a_j - y_j)\, \sigma'(z_j)\, x_k $$ {#dW}
"""

"""Methods called by name, as ``minitorch.exp_(x)``.

``x.exp_()`` is the usual way to say it.
"""

from __future__ import annotations

from minitorch.tensor import Tensor

abs_ = Tensor.abs_
acos_ = Tensor.acos_
arccos_ = Tensor.arccos_
arcsin_ = Tensor.arcsin_
arctan_ = Tensor.arctan_
asin_ = Tensor.asin_
atan_ = Tensor.atan_
ceil_ = Tensor.ceil_
clamp_ = Tensor.clamp_
clamp_max = Tensor.clamp_max
clamp_max_ = Tensor.clamp_max_
clamp_min = Tensor.clamp_min
clamp_min_ = Tensor.clamp_min_
clip_ = Tensor.clip_
cos_ = Tensor.cos_
cosh_ = Tensor.cosh_
detach = Tensor.detach
detach_ = Tensor.detach_
erf_ = Tensor.erf_
fill_ = Tensor.fill_
floor_ = Tensor.floor_
greater = Tensor.greater
greater_equal = Tensor.greater_equal
index_put = Tensor.index_put
index_put_ = Tensor.index_put_
is_same_size = Tensor.is_same_size
is_signed = Tensor.is_signed
less = Tensor.less
less_equal = Tensor.less_equal
masked_scatter = Tensor.masked_scatter
neg_ = Tensor.neg_
negative_ = Tensor.negative_
not_equal = Tensor.not_equal
reciprocal_ = Tensor.reciprocal_
relu_ = Tensor.relu_
round_ = Tensor.round_
sigmoid_ = Tensor.sigmoid_
sin_ = Tensor.sin_
sinh_ = Tensor.sinh_
square_ = Tensor.square_
swapaxes = Tensor.swapaxes
swapdims = Tensor.swapdims
tan_ = Tensor.tan_
tanh_ = Tensor.tanh_
trunc_ = Tensor.trunc_
zero_ = Tensor.zero_

"""How often programs meet the ops of `op_db`: each op stands in one tier, or is left out."""

from __future__ import annotations

from fnmatch import fnmatch

from tests.conformance.left_out import OPS


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What ordinary programs call: layers and losses, arithmetic, shapes, indices, reductions.
CORE = _names("""
T __getitem__ __radd__ __rdiv__ __rmatmul__ __rmul__ __rsub__ abs acos add addmm all amax amin any
arange argmax argmin argsort asin atan atan2 atleast_1d atleast_2d atleast_3d bernoulli bfloat16
bitwise_and bitwise_not bitwise_or bitwise_xor bmm bool broadcast_tensors broadcast_to cat ceil
chunk clamp clone contiguous cos cosh cumprod cumsum diag diagonal div.floor_rounding
div.no_rounding_mode div.trunc_rounding dot einsum empty empty_like eq erf exp expand expand_as
expm1 eye fill flatten flip float floor floor_divide fmod full full_like gather ge gt half hstack
index_add index_copy index_fill index_select int isfinite isinf isnan item le lerp linalg.det
linalg.eigh linalg.inv linalg.norm linalg.solve linalg.svd linalg.vector_norm linspace
linspace.tensor_overload log log1p log2 log_softmax log_softmax.with_dtype logical_and logical_not
logical_or logical_xor logsumexp long lt mT masked_fill masked_scatter masked_select matmul
max.binary max.reduction_no_dim max.reduction_with_dim maximum mean median
meshgrid.list_of_tensors meshgrid.variadic_tensors min.binary min.reduction_no_dim
min.reduction_with_dim minimum mm movedim mul multinomial mv ne neg new_empty new_full new_ones
new_zeros nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d
nn.functional.adaptive_avg_pool3d nn.functional.adaptive_max_pool1d
nn.functional.adaptive_max_pool2d nn.functional.adaptive_max_pool3d nn.functional.avg_pool1d
nn.functional.avg_pool2d nn.functional.avg_pool3d nn.functional.batch_norm
nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits
nn.functional.channel_shuffle nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d
nn.functional.conv_transpose1d nn.functional.conv_transpose2d nn.functional.conv_transpose3d
nn.functional.cosine_embedding_loss nn.functional.cosine_similarity nn.functional.cross_entropy
nn.functional.ctc_loss nn.functional.dropout nn.functional.dropout2d nn.functional.dropout3d
nn.functional.elu nn.functional.embedding nn.functional.embedding_bag nn.functional.gelu
nn.functional.glu nn.functional.grid_sample nn.functional.group_norm nn.functional.hardsigmoid
nn.functional.hardswish nn.functional.hardtanh nn.functional.huber_loss
nn.functional.instance_norm nn.functional.interpolate.area nn.functional.interpolate.bicubic
nn.functional.interpolate.bilinear nn.functional.interpolate.linear
nn.functional.interpolate.nearest nn.functional.interpolate.nearest-exact
nn.functional.interpolate.trilinear nn.functional.kl_div nn.functional.l1_loss
nn.functional.layer_norm nn.functional.leaky_relu nn.functional.linear nn.functional.logsigmoid
nn.functional.max_pool1d nn.functional.max_pool2d nn.functional.max_pool3d nn.functional.mish
nn.functional.mse_loss nn.functional.multi_head_attention_forward nn.functional.nll_loss
nn.functional.normalize nn.functional.one_hot nn.functional.pad.circular
nn.functional.pad.constant nn.functional.pad.reflect nn.functional.pad.replicate
nn.functional.pairwise_distance nn.functional.pixel_shuffle nn.functional.pixel_unshuffle
nn.functional.prelu nn.functional.relu nn.functional.relu6 nn.functional.rms_norm
nn.functional.scaled_dot_product_attention nn.functional.selu nn.functional.silu
nn.functional.smooth_l1_loss nn.functional.softmin nn.functional.softmin.with_dtype
nn.functional.softplus nn.functional.softsign nn.functional.triplet_margin_loss
nn.functional.unfold nonzero norm normal normal.in_place normal.number_mean ones ones_like outer
permute pow prod rand_like randint randint_like randn randn_like ravel reciprocal remainder repeat
repeat_interleave reshape reshape_as roll round round.decimals_0 round.decimals_3
round.decimals_neg_3 rsqrt scatter scatter_add select sigmoid sign sin sinh softmax
softmax.with_dtype sort split split.list_args split_with_sizes sqrt square squeeze
squeeze.multiple stack std std.unbiased sub sum t tan tanh tensordot tile to topk transpose tril
triu trunc unbind unflatten unfold uniform unique unsqueeze var var.unbiased var_mean view view_as
vstack where zero_ zeros zeros_like
""")

# What a program calls now and then.
BEYOND = _names("""
__rand__ __rmod__ __ror__ __rpow__ __rxor__ acosh addbmm addcdiv addcmul addmm.decomposed addmv
addr allclose aminmax argwhere as_strided asinh atanh baddbmm bincount bitwise_left_shift
bitwise_right_shift block_diag broadcast_shapes bucketize byte cartesian_prod cauchy cdist char
clamp_max clamp_min column_stack combinations constant_pad_nd copysign corrcoef count_nonzero cov
cross cummax cummin cumulative_trapezoid deg2rad diag_embed diagflat diagonal_scatter diff digamma
dist double dsplit dstack empty_strided equal erfc erfinv exp2 exponential fliplr flipud fmax fmin
frac gcd geometric gradient heaviside histc histogram hsplit hypot index_put index_reduce.amax
index_reduce.amin index_reduce.mean index_reduce.prod inner isclose isin isneginf isposinf kron
kthvalue lcm lgamma linalg.cholesky linalg.cond linalg.cross linalg.diagonal linalg.eigvalsh
linalg.lstsq linalg.matrix_norm linalg.matrix_power linalg.matrix_rank linalg.multi_dot
linalg.pinv linalg.qr linalg.slogdet linalg.solve_triangular linalg.svdvals linalg.vecdot log10
log_normal logaddexp logaddexp2 logcumsumexp logit logspace logspace.tensor_overload mode msort
nan_to_num nanmean nanmedian nanquantile nansum narrow new_empty_strided
nn.functional.alpha_dropout nn.functional.batch_norm.without_cudnn nn.functional.bilinear
nn.functional.celu nn.functional.feature_alpha_dropout.with_train
nn.functional.feature_alpha_dropout.without_train nn.functional.gaussian_nll_loss
nn.functional.hardshrink nn.functional.hinge_embedding_loss nn.functional.local_response_norm
nn.functional.margin_ranking_loss nn.functional.max_unpool1d nn.functional.max_unpool2d
nn.functional.max_unpool3d nn.functional.multi_margin_loss nn.functional.multilabel_margin_loss
nn.functional.multilabel_soft_margin_loss nn.functional.pad.replicate_negative nn.functional.pdist
nn.functional.poisson_nll_loss nn.functional.rrelu nn.functional.soft_margin_loss
nn.functional.softshrink nn.functional.tanhshrink nn.functional.threshold
nn.functional.triplet_margin_with_distance_loss nn.functional.upsample_bilinear
nn.functional.upsample_nearest norm.fro norm.inf norm.nuc positive put quantile rad2deg resize_
resize_as_ rot90 rsub scalar_tensor scatter_reduce.amax scatter_reduce.amin scatter_reduce.mean
scatter_reduce.prod scatter_reduce.sum searchsorted select_scatter short signbit sinc
slice_scatter std_mean std_mean.unbiased sum_to_size svd take take_along_dim tensor_split trace
trapezoid trapz tril_indices triu_indices true_divide unique_consecutive var_mean.unbiased vdot
vsplit xlogy
""")

# Fourier transforms, special functions, windows, masked reductions, complex numbers, copies of
# views, factors of matrices in LAPACK's own form.
RARE = _names("""
H alias_copy angle as_strided.partial_views as_strided_copy as_strided_scatter cdouble cfloat
chalf cholesky cholesky_inverse cholesky_solve complex conj conj_physical diagonal_copy
empty_permuted expand_copy fft.fft fft.fft2 fft.fftn fft.fftshift fft.hfft fft.hfft2 fft.hfftn
fft.ifft fft.ifft2 fft.ifftn fft.ifftshift fft.ihfft fft.ihfft2 fft.ihfftn fft.irfft fft.irfft2
fft.irfftn fft.rfft fft.rfft2 fft.rfftn float_power frexp geqrf grid_sampler_2d grid_sampler_3d
hash_tensor histogramdd i0 igamma igammac imag isreal istft ldexp linalg.cholesky_ex linalg.eig
linalg.eigvals linalg.householder_product linalg.inv_ex linalg.ldl_factor linalg.ldl_factor_ex
linalg.ldl_solve linalg.lstsq.grad_oriented linalg.lu linalg.lu_factor linalg.lu_factor_ex
linalg.lu_solve linalg.matrix_rank.hermitian linalg.norm.subgradients_at_zero
linalg.pinv.hermitian linalg.pinv.singular linalg.solve_ex linalg.tensorinv linalg.tensorsolve
linalg.vander logdet lu lu_solve lu_unpack mH masked.amax masked.amin masked.argmax masked.argmin
masked.cumprod masked.cumsum masked.log_softmax masked.logaddexp masked.logsumexp masked.mean
masked.median masked.norm masked.normalize masked.prod masked.softmax masked.softmin masked.std
masked.sum masked.var matrix_exp mvlgamma.mvlgamma_p_1 mvlgamma.mvlgamma_p_3 mvlgamma.mvlgamma_p_5
narrow_copy native_batch_norm native_group_norm native_layer_norm nextafter
nn.functional.fractional_max_pool2d nn.functional.fractional_max_pool3d
nn.functional.linear_cross_entropy nn.functional.linear_cross_entropy.chunked
nn.functional.linear_cross_entropy.chunked_none nn.functional.max_unpool1d.grad
nn.functional.max_unpool2d.grad nn.functional.max_unpool3d.grad nn.functional.silu.complex
nonzero_static ormqr pca_lowrank permute_copy pinverse polar polygamma.polygamma_n_0
polygamma.polygamma_n_1 polygamma.polygamma_n_2 polygamma.polygamma_n_3 polygamma.polygamma_n_4 qr
real renorm resolve_conj resolve_neg sgn signal.windows.bartlett signal.windows.blackman
signal.windows.cosine signal.windows.exponential signal.windows.gaussian
signal.windows.general_cosine signal.windows.general_hamming signal.windows.hamming
signal.windows.hann signal.windows.kaiser signal.windows.nuttall special.airy_ai special.bessel_j0
special.bessel_j1 special.bessel_y0 special.bessel_y1 special.chebyshev_polynomial_t
special.chebyshev_polynomial_u special.chebyshev_polynomial_v special.chebyshev_polynomial_w
special.entr special.erfcx special.hermite_polynomial_h special.hermite_polynomial_he special.i0e
special.i1 special.i1e special.laguerre_polynomial_l special.legendre_polynomial_p
special.log_ndtr special.modified_bessel_i0 special.modified_bessel_i1 special.modified_bessel_k0
special.modified_bessel_k1 special.ndtr special.ndtri special.polygamma.special_polygamma_n_0
special.scaled_modified_bessel_k0 special.scaled_modified_bessel_k1
special.shifted_chebyshev_polynomial_t special.shifted_chebyshev_polynomial_u
special.shifted_chebyshev_polynomial_v special.shifted_chebyshev_polynomial_w
special.spherical_bessel_j0 special.xlog1py special.zeta split_with_sizes_copy squeeze_copy stft
svd_lowrank t_copy transpose_copy triangular_solve unbind_copy unfold_copy unravel_index
unsafe_chunk unsafe_split unsqueeze_copy view_as_complex view_as_real view_copy
""")

TIERS = {"core": CORE, "beyond": BEYOND, "rare": RARE}


def tier(name: str) -> str | None:
    """The tier of an op; None for one that is left out.

    Raises:
        ValueError: if it stands in none.
    """
    for title, names in TIERS.items():
        if name in names:
            return title
    if any(fnmatch(name, pattern) for pattern in OPS):
        return None
    raise ValueError(f"{name} stands in no tier of tests/conformance/tiers.py")

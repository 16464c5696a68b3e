"""``cuda.FloatTensor`` and its like: names that old programs choose between, of no tensor here."""

from minitorch.core import dtypes
from minitorch.tensor.legacy import CudaTensorType

FloatTensor = CudaTensorType(dtypes.float32)
DoubleTensor = CudaTensorType(dtypes.float64)
HalfTensor = CudaTensorType(dtypes.float16)
BFloat16Tensor = CudaTensorType(dtypes.bfloat16)
ByteTensor = CudaTensorType(dtypes.uint8)
CharTensor = CudaTensorType(dtypes.int8)
ShortTensor = CudaTensorType(dtypes.int16)
IntTensor = CudaTensorType(dtypes.int32)
LongTensor = CudaTensorType(dtypes.int64)
BoolTensor = CudaTensorType(dtypes.bool_)

"""Tensor functions: the same names, arguments and meaning in all editions."""

import numpy as np
import pytest

from d2l.plots import as_numpy

A = np.arange(6, dtype=np.float32).reshape(2, 3) / 4 - 0.5
B = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def check(result, expected):
    """Assert that a tensor has these values and this shape."""
    result = as_numpy(result)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-6)


CASES = {
    "ones(2, 3)": (lambda d2l: d2l.ones(2, 3), np.ones((2, 3))),
    "ones((2, 3))": (lambda d2l: d2l.ones((2, 3)), np.ones((2, 3))),
    "ones(4)": (lambda d2l: d2l.ones(4), np.ones(4)),
    "zeros(2, 3)": (lambda d2l: d2l.zeros(2, 3), np.zeros((2, 3))),
    "zeros((2, 3))": (lambda d2l: d2l.zeros((2, 3)), np.zeros((2, 3))),
    "arange(5)": (lambda d2l: d2l.arange(5), np.arange(5)),
    "arange(1, 9, 2)": (lambda d2l: d2l.arange(1, 9, 2), np.arange(1, 9, 2)),
    "eye(3)": (lambda d2l: d2l.eye(3), np.eye(3)),
    "tensor": (lambda d2l: d2l.tensor([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    "reshape to a tuple": (lambda d2l: d2l.reshape(d2l.tensor(A), (3, 2)), A.reshape(3, 2)),
    "reshape to sizes": (lambda d2l: d2l.reshape(d2l.tensor(A), -1, 2), A.reshape(3, 2)),
    "reshape to one": (lambda d2l: d2l.reshape(d2l.tensor(A), -1), A.reshape(-1)),
    "concat": (lambda d2l: d2l.concat([d2l.tensor(A)] * 2), np.concatenate([A, A])),
    "concat axis": (lambda d2l: d2l.concat((d2l.tensor(A),) * 2, 1), np.concatenate([A, A], 1)),
    "concat axis=": (
        lambda d2l: d2l.concat([d2l.tensor(A)] * 2, axis=-1),
        np.concatenate([A, A], 1),
    ),
    "stack": (lambda d2l: d2l.stack([d2l.tensor(A)] * 2), np.stack([A, A])),
    "stack axis=": (lambda d2l: d2l.stack([d2l.tensor(A)] * 2, axis=1), np.stack([A, A], 1)),
    "matmul": (lambda d2l: d2l.matmul(d2l.tensor(A), d2l.tensor(A.T)), A @ A.T),
    "batch_matmul": (
        lambda d2l: d2l.batch_matmul(d2l.tensor(B), d2l.tensor(B.transpose(0, 2, 1))),
        B @ B.transpose(0, 2, 1),
    ),
    "reduce_sum": (lambda d2l: d2l.reduce_sum(d2l.tensor(A)), A.sum()),
    "reduce_sum axis": (lambda d2l: d2l.reduce_sum(d2l.tensor(A), 1), A.sum(1)),
    "reduce_sum keepdims": (
        lambda d2l: d2l.reduce_sum(d2l.tensor(A), axis=0, keepdims=True),
        A.sum(0, keepdims=True),
    ),
    "reduce_sum axes": (lambda d2l: d2l.reduce_sum(d2l.tensor(B), axis=(0, 2)), B.sum((0, 2))),
    "reduce_mean": (lambda d2l: d2l.reduce_mean(d2l.tensor(A)), A.mean()),
    "reduce_mean axis": (lambda d2l: d2l.reduce_mean(d2l.tensor(A), 0), A.mean(0)),
    "argmax": (lambda d2l: d2l.argmax(d2l.tensor(A)), A.argmax()),
    "argmax axis": (lambda d2l: d2l.argmax(d2l.tensor(A), 1), A.argmax(1)),
    "argmax axis=": (lambda d2l: d2l.argmax(d2l.tensor(A), axis=0), A.argmax(0)),
    "transpose": (lambda d2l: d2l.transpose(d2l.tensor(A)), A.T),
    "transpose of three": (lambda d2l: d2l.transpose(d2l.tensor(B)), B.T),
    "transpose axes": (
        lambda d2l: d2l.transpose(d2l.tensor(B), (0, 2, 1)),
        B.transpose(0, 2, 1),
    ),
    "expand_dims": (lambda d2l: d2l.expand_dims(d2l.tensor(A), 1), A[:, None]),
    "expand_dims axis=": (lambda d2l: d2l.expand_dims(d2l.tensor(A), axis=-1), A[..., None]),
    "swapaxes": (lambda d2l: d2l.swapaxes(d2l.tensor(B), 0, 2), B.swapaxes(0, 2)),
    "swapaxes axis1=": (
        lambda d2l: d2l.swapaxes(d2l.tensor(B), axis1=0, axis2=2),
        B.swapaxes(0, 2),
    ),
    "transpose axes=": (
        lambda d2l: d2l.transpose(d2l.tensor(B), axes=(0, 2, 1)),
        B.transpose(0, 2, 1),
    ),
    "repeat": (lambda d2l: d2l.repeat(d2l.tensor(A), 2), A.repeat(2)),
    "repeat axis": (lambda d2l: d2l.repeat(d2l.tensor(A), 2, axis=0), A.repeat(2, axis=0)),
    **{
        name: (lambda d2l, name=name: getattr(d2l, name)(d2l.tensor(A)), getattr(np, name)(A))
        for name in ("exp", "tanh", "sin", "cos", "abs")
    },
    "log": (lambda d2l: d2l.log(d2l.tensor(A + 1)), np.log(A + 1)),
    "sigmoid": (lambda d2l: d2l.sigmoid(d2l.tensor(A)), 1 / (1 + np.exp(-A))),
}


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_it_does_what_numpy_does(d2l, make, expected):
    check(make(d2l), expected)


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32"])
def test_types(d2l, dtype):
    x = d2l.astype(d2l.tensor([1.0, 2.0]), getattr(d2l, dtype))
    if dtype != "int64":  # JAX counts with 32 bits
        assert as_numpy(x).dtype == dtype
    assert np.issubdtype(as_numpy(x).dtype, np.dtype(dtype).type) or dtype == "int64"
    check(x, [1, 2])


def test_size_and_numpy_and_device(d2l):
    x = d2l.to(d2l.tensor(A), d2l.try_gpu())
    assert d2l.size(x) == 6
    assert isinstance(d2l.numpy(x), np.ndarray)
    check(d2l.numpy(x), A)


@pytest.mark.parametrize("shape", [((400, 500),), (400, 500)], ids=["tuple", "sizes"])
def test_random_tensors(d2l, shape):
    d2l.seed(0)
    uniform, gauss = as_numpy(d2l.rand(*shape)), as_numpy(d2l.randn(*shape))
    assert uniform.shape == gauss.shape == (400, 500)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.01)
    assert (gauss.mean(), gauss.std()) == pytest.approx((0, 1), abs=0.02)


@pytest.mark.parametrize(
    "arguments", [(3, 0.5, (400, 500)), ((400, 500), 3, 0.5)], ids=["shape last", "shape first"]
)
def test_normal(d2l, arguments):
    d2l.seed(0)
    x = as_numpy(d2l.normal(*arguments))
    assert x.shape == (400, 500)
    assert (x.mean(), x.std()) == pytest.approx((3, 0.5), abs=0.01)


def test_normal_has_defaults(d2l):
    d2l.seed(0)
    assert as_numpy(d2l.normal(shape=(3, 2))).shape == (3, 2)
    assert as_numpy(d2l.normal((3, 2))).shape == (3, 2)
    assert as_numpy(d2l.normal(2.0, 0.1)).shape == ()


def test_seed_fixes_random_tensors(d2l):
    draws = []
    for _ in range(2):
        d2l.seed(3)
        draws.append([as_numpy(d2l.rand(4)), as_numpy(d2l.randn(4)), as_numpy(d2l.normal(0, 1, 4))])
    np.testing.assert_array_equal(draws[0], draws[1])

"""Training."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import optax
from flax.training import train_state

from d2l.jax import devices
from d2l.jax.data import to_device
from d2l.jax.modules import Measured, Module, with_mutated
from d2l.loading import BatchLoader
from d2l.training import TrainerBase

TRAINING_STEP, VALIDATION_STEP = Module.training_step, Module.validation_step
APPLY_INIT = Module.apply_init
# For what is compiled to run once: optimizing it takes longer than running it.
UNOPTIMIZED = {"xla_backend_optimization_level": 0}
# What JAX raises where Python wants the value of an array that is only known when the step runs.
NEEDS_VALUES = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)


class TrainState(train_state.TrainState):
    """What training changes: parameters, the optimizer's state, and the following."""

    batch_stats: Any
    """The running statistics of batch normalization, or an empty dict."""
    dropout_rng: jax.Array
    """The random key of the next step."""


class CompiledStep:
    """A pure function, compiled; where it can't be, it runs as it is, or ``fallback`` does."""

    def __init__(self, step: Callable, fallback: Callable | None = None, **options):
        self.fallback = fallback or step
        self.run = self.compiled = jax.jit(step, **options)

    def compile(self, *args) -> None:
        """Compile the function for arguments of these shapes, ahead of its first call."""
        with contextlib.suppress(NEEDS_VALUES):
            self.compiled.lower(*args).compile()

    def __call__(self, *args):
        try:
            return self.run(*args)
        except NEEDS_VALUES:
            self.run = self.fallback
            return self.run(*args)


def pure_apply(model: Module) -> Callable:
    """Return a function that does what ``model.apply`` does, and is another at each call.

    So what was compiled with that of another fit is not taken. JAX keeps such a function for good:
    one that knew the trainer would keep its parameters and data, too.
    """
    return partial(model.clone(trainer=None).apply)


class Trainer(TrainerBase):
    """Fits a model to data: ``Trainer(max_epochs).fit(model, data)``."""

    in_run_epochs = False
    learn_step: CompiledStep | None = None
    validate_step: CompiledStep | None = None

    def available_gpus(self, num_gpus: int) -> list[jax.Device]:
        """Return the first ``num_gpus`` GPUs, or as many as there are."""
        return [devices.gpu(i) for i in range(min(num_gpus, devices.num_gpus()))]

    @property
    def device(self) -> jax.Device:
        """The device that training runs on."""
        return self.gpus[0] if self.gpus else devices.cpu()

    def prepare_batch(self, batch):
        """Return the batch on the training device."""
        return to_device(batch, self.device)

    def fit(self, model, data, key: jax.Array | None = None) -> None:
        """Train ``model`` on ``data`` for ``max_epochs`` epochs, and print how it went.

        ``key`` draws the first weights, those of ``model.apply_init(inputs, key)``, and dropout;
        without one, ``get_key`` gives it. Raises what ``TrainerBase.fit`` raises.
        """
        self.key = devices.get_key() if key is None else key
        with jax.default_device(self.device):
            super().fit(model, data)

    def try_out(self, X: jax.Array) -> jax.ShapeDtypeStruct:
        """Return the shape of the outputs for two examples; nothing is computed."""
        init = self.model.in_mode(training=False).init_with_output
        too_small = "the images are too small: nothing of them is left for one of the layers"
        try:
            Y_hat, variables = jax.eval_shape(lambda X: init(jax.random.key(0), X), X)
        except ZeroDivisionError as error:  # an initializer divides by the number of inputs
            raise ValueError(too_small) from error
        if any(array.size == 0 for array in jax.tree.leaves(variables)):
            raise ValueError(too_small)
        return Y_hat

    def predict(self, X: jax.Array) -> jax.Array:
        """Return the model's outputs; nothing random or learnt changes."""
        variables = {"params": self.state.params, "batch_stats": self.state.batch_stats}
        return self.eval_model.apply(variables, jax.device_put(X, self.device))

    def run_epochs(self) -> None:
        """Make the training state, compile the steps, run all epochs."""
        self.make_modes()
        self.state = self.make_state()
        self.make_steps()
        self.in_run_epochs = True
        try:
            super().run_epochs()
        finally:
            self.in_run_epochs = False

    def fit_epoch(self) -> None:
        """Run one epoch: every training batch once, then every validation batch."""
        if not self.in_run_epochs and self.train_batch_idx == 0:  # in a fit of the user's own
            self.make_modes()
        super().fit_epoch()

    def make_modes(self) -> None:
        """Make the model's two modes; their steps run in parts, each compiled once in the fit."""
        self.train_model = self.model.in_mode(training=True)
        self.eval_model = self.model.in_mode(training=False)
        self.eval_apply = pure_apply(self.eval_model)
        self.steps: dict[Callable, CompiledStep] = {}
        self.learn_step = self.validate_step = None
        self.update_step = jax.jit(self.update)
        self.running = None  # what the step that runs on the device will give

    def make_state(self) -> TrainState:
        """Return the state that training starts from."""
        key = jax.device_put(self.key, self.device)
        loader = self.train_dataloader
        batch = loader.sample() if isinstance(loader, BatchLoader) else next(iter(loader))
        init = self.train_model.apply_init
        if type(self.model).apply_init is APPLY_INIT:  # one of the user's may not be pure
            on_cpu = self.device.platform == "cpu"  # the compiler for GPUs has no such level
            init = jax.jit(init, compiler_options=UNOPTIMIZED if on_cpu else None)
        variables = init(self.prepare_batch(batch)[:-1], key)
        state = TrainState.create(
            apply_fn=pure_apply(self.train_model),
            params=variables["params"],
            tx=self.returned("configure_optimizers", self.optim),
            batch_stats=variables.get("batch_stats", {}),
            dropout_rng=jax.random.split(key)[1],
        )
        # An optimizer from scratch may give the class in place of an instance.
        opt_state = jax.tree.map(lambda x: x() if x is optax.EmptyState else x, state.opt_state)
        # A copy, since the first step takes the arrays over, and a model may give its own.
        return jax.device_put(state.replace(opt_state=opt_state), self.device, may_alias=False)

    def make_steps(self) -> None:
        """Compile the steps that the model doesn't define itself, before the clock starts."""
        own_training = type(self.model).training_step is not TRAINING_STEP
        own_validation = type(self.model).validation_step is not VALIDATION_STEP
        # A validation step of the model's own may keep the parameters: leave them theirs.
        donated = () if own_validation else (0,)
        if not own_training:
            self.learn_step = CompiledStep(self.learn, self.learn_in_parts, donate_argnums=donated)
            for batch in self.batches_to_come(self.train_dataloader):
                self.learn_step.compile(self.state, batch)
        if not own_validation:
            self.validate_step = self.compiled(self.eval_model.validate)
            for batch in self.batches_to_come(self.val_dataloader):
                self.validate_step.compile(self.state.params, batch, self.eval_state)

    def compiled(self, step: Callable) -> CompiledStep:
        """Return a pure method of the model, compiled, the same one for the whole fit."""
        return self.steps.setdefault(step, CompiledStep(step))

    def batches_to_come(self, loader) -> Iterator:
        """Yield a batch of each size that a loader is known to make: the full and the last one."""
        if isinstance(loader, BatchLoader):
            full, last = divmod(loader.num_examples, loader.batch_size)
            for size in [loader.batch_size] * (full > 0) + [last] * (last > 0):
                yield self.prepare_batch(loader.sample(size))

    @property
    def eval_state(self) -> TrainState:
        """The state with which the model predicts."""
        return self.state.replace(apply_fn=self.eval_apply)

    def learn(self, state: TrainState, batch) -> tuple[TrainState, Measured]:
        """Return the state after a training step, and what is plotted of it; pure."""
        value, grads = self.train_model.differentiate(state.params, batch, state)
        measured = self.train_model.measure(value, state.params, batch, state)
        return self.update(state, value, grads), measured

    def learn_in_parts(self, state: TrainState, batch) -> tuple[TrainState, Measured]:
        """Do the same, each part compiled where that part can be."""
        model = self.train_model
        value, grads = model.run(model.differentiate, state.params, batch, state)
        measured = model.run(model.measure, value, state.params, batch, state)
        return self.update_step(state, value, grads), measured

    def update(self, state: TrainState, value, grads) -> TrainState:
        """Return the state after a step of the optimizer; pure."""
        if self.gradient_clip_val > 0:
            grads = self.clip_gradients(self.gradient_clip_val, grads)
        _, mutated = with_mutated(value)
        return state.apply_gradients(
            grads=grads,
            batch_stats=mutated.get("batch_stats", state.batch_stats),
            dropout_rng=jax.random.split(state.dropout_rng)[0],
        )

    def train_batch(self, batch) -> None:
        """Run one step of the optimizer."""
        if self.learn_step:
            self.state, measured = self.learn_step(self.state, batch)
            self.keep_pace(measured)
            self.model.plot_all(measured, train=True)
        else:
            params = self.state.params
            result = self.train_model.training_step(params, batch, self.state)
            if not isinstance(result, tuple) or len(result) != 2:
                raise TypeError(
                    f"{self.model_name}.training_step() must return (value, grads), as "
                    "jax.value_and_grad(self.loss, has_aux=True) gives them"
                )
            value, grads = result
            self.keep_pace(value)
            self.state = self.update_step(self.state, value, grads)

    def validate_batch(self, batch) -> None:
        """Run one validation step, without dropout."""
        state = self.eval_state
        if self.validate_step:
            measured = self.validate_step(state.params, batch, state)
            self.keep_pace(measured)
            self.model.plot_all(measured, train=False)
        else:
            self.eval_model.validation_step(state.params, batch, state)

    def keep_pace(self, results: Any) -> None:
        """Let the device fall no more than one step behind.

        Steps run while Python goes on, and the batches of those that wait take memory.
        """
        jax.block_until_ready(self.running)
        self.running = results

    def synchronize(self) -> None:
        """Wait for the device."""
        jax.block_until_ready(self.state)

    def clip_gradients(self, grad_clip_val: float, grads):
        """Return the gradients, scaled so that their norm is at most ``grad_clip_val``."""
        clipping = optax.clip_by_global_norm(grad_clip_val)
        return clipping.update(grads, clipping.init(grads))[0]

"""Which of AlexNet's layers pay: shares of parameters, multiply-adds and activations."""

from draw import Canvas, save, share_bars

# name, window, channels in, channels out, side of the output (1×224×224 input, ten classes)
LAYERS = (
    ("conv1", 11, 1, 96, 54),
    ("conv2", 5, 96, 256, 26),
    ("conv3", 3, 256, 384, 12),
    ("conv4", 3, 384, 384, 12),
    ("conv5", 3, 384, 256, 12),
    ("dense1", 5, 256, 4096, 1),
    ("dense2", 1, 4096, 4096, 1),
    ("dense3", 1, 4096, 10, 1),
)


def costs() -> dict[str, dict[str, int]]:
    """For each quantity, what every layer adds to it."""
    table: dict[str, dict[str, int]] = {"parameters": {}, "multiply-adds": {}, "activations": {}}
    for name, window, c_in, c_out, side in LAYERS:
        weights = window**2 * c_in * c_out
        table["parameters"][name] = weights + c_out
        table["multiply-adds"][name] = weights * side**2
        table["activations"][name] = c_out * side**2
    return table


def figure() -> Canvas:
    title, kinds = "Shares of AlexNet's cost by layer", ("convolutions", "dense layers")
    return share_bars(title, costs(), dense="dense", kinds=kinds)


if __name__ == "__main__":
    save(__file__, figure())

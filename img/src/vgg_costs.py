"""Where VGG-16 spends: each stage's share of parameters, multiply-adds and activations."""

from draw import Canvas, save, share_bars

# channels and number of convolutions of each block (3×224×224 input, 1,000 classes)
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
DENSE = ((7 * 7 * 512, 4096), (4096, 4096), (4096, 1000))
QUANTITIES = ("parameters", "multiply-adds", "activations")


def stages() -> dict[str, tuple[int, int, int]]:
    """What each block and each dense layer costs, in the order of QUANTITIES."""
    table, c_in, side = {}, 3, 224
    for index, (c_out, num_convs) in enumerate(BLOCKS, start=1):
        weights = 9 * c_out * (c_in + c_out * (num_convs - 1))
        outputs = num_convs * c_out
        table[f"B{index}"] = (weights + outputs, weights * side**2, outputs * side**2)
        c_in, side = c_out, side // 2
    for index, (inputs, units) in enumerate(DENSE, start=1):
        table[f"D{index}"] = ((inputs + 1) * units, inputs * units, units)
    return table


def figure() -> Canvas:
    rows = stages()
    columns = {q: {name: row[i] for name, row in rows.items()} for i, q in enumerate(QUANTITIES)}
    title, kinds = (
        "Shares of the cost of VGG-16 by stage",
        ("blocks of convolutions", "dense layers"),
    )
    return share_bars(title, columns, dense="D", kinds=kinds)


if __name__ == "__main__":
    save(__file__, figure())

"""PyTorch on the processor, one setting of it: reads one JSON object as its only argument, writes JSON lines.

Everything that PyTorch's own advice offers for speed at full float32 precision is used: data in memory as float32, a
shuffled permutation per epoch, the loss accumulated as a tensor so that no step waits for it, gradients set to None,
denormals flushed. What is varied is eager or torch.compile, Adam's implementation, the number of
threads and, of images, the memory layout.
"""

import json
import sys
import time

import numpy
import torch


def say(**message):
    print(json.dumps(message), flush=True)


def load_images(path):
    with open(path, "rb") as file:
        header = numpy.frombuffer(file.read(16), dtype=">u4")
        if header[0] != 0x803:
            raise ValueError(f"{path}: expected an IDX file of images (magic number 0x803), got {header[0]:#x}")
        pixels = numpy.fromfile(file, dtype=numpy.uint8)
    return torch.from_numpy(pixels.reshape(int(header[1]), -1).astype(numpy.float32) / 255)


def build_model(widths, code_index, code_activation):
    layers = []
    for index in range(1, len(widths)):
        layers.append(torch.nn.Linear(widths[index - 1], widths[index]))
        is_output = index == len(widths) - 1
        is_linear_code = index == code_index and code_activation == "identity"
        if not is_output and not is_linear_code:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


class Crop(torch.nn.Module):
    def __init__(self, side):
        super().__init__()
        self.side = side

    def forward(self, images):
        return images[:, :, : self.side, : self.side]


def build_convolutional(layers):
    """The same layers in PyTorch's idiom. Strided 'same' pads one all around, which costs no copy and is as much work."""
    channels, side, features = 1, 28, None
    modules = []
    for layer in layers:
        kind = layer["type"]
        if kind == "convolution":
            stride = layer.get("strides", 1)
            padding = layer["kernel"] // 2
            modules.append(torch.nn.Conv2d(channels, layer["filters"], layer["kernel"], stride, padding))
            channels, side = layer["filters"], (side + 2 * padding - layer["kernel"]) // stride + 1
        elif kind == "transposed-convolution":
            stride = layer["strides"]
            modules.append(
                torch.nn.ConvTranspose2d(channels, layer["filters"], 3, stride, padding=1, output_padding=stride - 1)
            )
            channels, side = layer["filters"], side * stride
        elif kind == "max-pool":
            modules.append(torch.nn.MaxPool2d(layer["size"], ceil_mode=True))
            side = -(-side // layer["size"])
        elif kind == "upsample":
            modules.append(torch.nn.Upsample(scale_factor=layer["factor"]))
            side *= layer["factor"]
        elif kind == "crop":
            side = layer["side"]
            modules.append(Crop(side))
        elif kind == "flatten":
            modules.append(torch.nn.Flatten())
            features = channels * side * side
        elif kind == "dense":
            modules.append(torch.nn.Linear(features, layer["units"]))
            features = layer["units"]
        elif kind == "reshape":
            modules.append(torch.nn.Unflatten(1, layer["shape"]))
            channels, side = layer["shape"][:2]
        if layer.get("activation") == "relu":
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules)


def main():
    task = json.loads(sys.argv[1])
    torch.manual_seed(task["seed"])
    torch.set_num_threads(task["threads"])
    torch.set_flush_denormal(True)

    data = load_images(task["data"])
    if "layers" in task:
        data = data.view(-1, 1, 28, 28)
        model = build_convolutional(task["layers"])
        if task["channelsLast"]:
            model = model.to(memory_format=torch.channels_last)
    else:
        model = build_model(task["widths"], task["codeIndex"], task["codeActivation"])
    criterion = torch.nn.BCEWithLogitsLoss()
    # None, and not False, leaves PyTorch its own choice, which on the processor is one parameter after the other.
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"], fused=True if task["fusedAdam"] else None)

    def loss_of(batch):
        return criterion(model(batch), batch)

    forward = torch.compile(loss_of) if task["compile"] else loss_of
    step_optimizer = torch.compile(optimizer.step) if task["compileAdam"] else optimizer.step
    batch_size = task["batch"]

    def run(examples):
        """Trains on so many images, in whole batches. Gives the images, the seconds and the mean loss."""
        begin = time.perf_counter()
        permutation = torch.randperm(len(data))
        total = torch.zeros(())
        batches = examples // batch_size
        for index in range(batches):
            batch = data.index_select(0, permutation[index * batch_size : (index + 1) * batch_size])
            if task["channelsLast"]:
                batch = batch.contiguous(memory_format=torch.channels_last)
            loss = forward(batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            step_optimizer()
            total += loss.detach()
        mean = (total / batches).item()
        return {"images": batches * batch_size, "seconds": time.perf_counter() - begin, "loss": mean}

    run(3 * batch_size)  # compiles, and lets the libraries choose their kernels, before the warm-up epoch
    say(type="ready", version=torch.__version__, threads=torch.get_num_threads())
    for epoch in range(task["epochs"] + 1):
        say(type="epoch", warmUp=epoch == 0, **run(task["examples"]))


main()

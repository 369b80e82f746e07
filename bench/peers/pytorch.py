"""PyTorch on the processor, one setting of it: reads one JSON object as its only argument, writes JSON lines.

Everything that PyTorch's own advice offers for speed at full float32 precision is used: data in memory as float32, a
shuffled permutation per epoch, the loss accumulated as a tensor so that no step waits for it, gradients set to None,
denormals flushed. What is varied is eager or torch.compile, Adam's implementation, and the number of threads.
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


def main():
    task = json.loads(sys.argv[1])
    torch.manual_seed(task["seed"])
    torch.set_num_threads(task["threads"])
    torch.set_flush_denormal(True)

    data = load_images(task["data"])
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

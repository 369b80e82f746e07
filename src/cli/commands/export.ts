import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badInput } from '../../core/errors.js';
import { count } from '../../core/format.js';
import { checkWritable } from '../../data/write/write.js';
import { formatShape } from '../../graph/shape.js';
import { modelFileOf, savePart } from '../../train/model-file.js';
import { modelParts } from '../../train/model-part.js';
import { defineCommand, pick, text } from '../command.js';
import { modelArgument, openModel, refuseOwnInput } from '../model-work.js';
import { machineOptions } from '../options.js';

/** `gargalo export <model> --part decoder` */
export const define = defineCommand({
  arguments: { '<model>': modelArgument },
  options: {
    'Output:': {
      part: { type: 'choice', choices: modelParts, default: undefined, description: 'what is written', required: true },
      output: {
        ...text(
          '<file>',
          'the file to write, ending in .onnx (default: encoder.onnx or decoder.onnx beside the model)',
        ),
        letter: 'o',
      },
    },
    'Machine:': machineOptions,
  },
  notes: `The file is plain ONNX that runs alone, for example with onnxruntime in Python; all values are in the units of the
data, scaling is inside, and "batch" may be any number. The encoder goes from
input [batch, …shape] to code [batch, width]; codes of --kind variational have log-variance [batch, width] beside
them, codes of --kind vector-quantized indices [batch, vectors] (int64). The decoder goes from code [batch, width] to
reconstruction [batch, …shape]. One after the other they give the digits of the whole model; before a file takes its
name it is run beside that.`,
  examples: [
    'gargalo export runs/digits --part decoder -o decoder.onnx',
    'gargalo export runs/digits/model.onnx --part encoder',
  ],
  async run(asked, session) {
    const { model: named, part } = asked;
    const model = await openModel(named, session);
    const output = asked.output ?? join(dirname(await modelFileOf(named)), `${part}.onnx`);
    if (!/\.onnx$/i.test(output)) {
      throw badInput(output, 'expected a file that ends in .onnx', `use -o ${output}.onnx`);
    }
    await refuseOwnInput(output, await modelFileOf(named));
    await checkWritable(dirname(output));
    const ports = await savePart(output, model, part, await session.runtime(pick(asked, machineOptions)));
    const { size } = await stat(output);
    const written = (port: (typeof ports.inputs)[number]) => `${port.name} ${formatShape(port.shape)} ${port.type}`;
    const [inputs, outputs] = [ports.inputs, ports.outputs].map((some) => some.map(written).join(', '));
    session.result({ model: named, part, output, bytes: size, ...ports }, [
      `${output}: the ${part}, ${count(size)} bytes`,
      `${inputs} -> ${outputs}`,
    ]);
  },
});

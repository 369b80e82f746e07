import { optionInterface } from '../models/option-types.js';
import { socketOptions } from '../models/socket-options.js';
import { trainingOptions } from './options.js';

/** The generated files with the types of options: their paths in the project, and their texts. */
export function optionFiles(): { readonly path: string; readonly text: string }[] {
  const known = [...Object.keys(socketOptions), ...Object.keys(trainingOptions)];
  return [
    {
      path: 'src/models/generated/socket-values.ts',
      text: optionInterface('SocketValues', 'Settings of a kind; each may be left out.', socketOptions, known),
    },
    {
      path: 'src/train/generated/training-values.ts',
      text: optionInterface('TrainingValues', 'How a model is trained; each may be left out.', trainingOptions, known),
    },
  ];
}

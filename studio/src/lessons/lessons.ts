// The lessons, in the order of a course.
import { bottleneck } from './bottleneck.js';
import { contractive } from './contractive.js';
import { deep } from './deep.js';
import { denoising } from './denoising.js';
import { encoderDecoderLoss } from './encoder-decoder-loss.js';
import { kindsOfLearning } from './kinds-of-learning.js';
import { latentSpace } from './latent-space.js';
import type { Lesson } from './lesson.js';
import { pcaIsLinear } from './pca-is-linear.js';
import { sparse } from './sparse.js';
import { tooNarrowTooWide } from './too-narrow-too-wide.js';

export const lessonNames = [
  'kinds-of-learning',
  'bottleneck',
  'encoder-decoder-loss',
  'pca-is-linear',
  'too-narrow-too-wide',
  'deep',
  'denoising',
  'sparse',
  'contractive',
  'latent-space',
] as const;
export type LessonName = (typeof lessonNames)[number];

export const lessons: Readonly<Record<LessonName, Lesson>> = {
  'kinds-of-learning': kindsOfLearning,
  bottleneck,
  'encoder-decoder-loss': encoderDecoderLoss,
  'pca-is-linear': pcaIsLinear,
  'too-narrow-too-wide': tooNarrowTooWide,
  deep,
  denoising,
  sparse,
  contractive,
  'latent-space': latentSpace,
};

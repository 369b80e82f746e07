import type { Lesson } from './lesson.js';

export const bottleneck: Lesson = {
  setup: { data: 'digits', kind: 'basic', options: { code: 2, encoder: [128, 32], epochs: 20, seed: 1 } },
  text: {
    en: { title: 'The bottleneck', about: '', body: '', experiment: '', question: '', answer: '' },
    pt: { title: 'O gargalo', about: '', body: '', experiment: '', question: '', answer: '' },
  },
};

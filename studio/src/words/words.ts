import { computed } from '@preact/signals';
import { en } from './en.js';
import { language } from './figures.js';
import { pt } from './pt.js';

/** All words, in the language that was chosen. */
export const words = computed(() => (language.value === 'pt' ? pt : en));
export { figure, language, moment, percent } from './figures.js';

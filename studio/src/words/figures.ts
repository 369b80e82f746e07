// Figures as people of each language write them.
import { signal } from '@preact/signals';

/** The language of all that is shown. */
export const language = signal<'en' | 'pt'>('en');

const locales = { en: 'en', pt: 'pt-BR' } as const;

/** A number with so many significant digits where it is no whole number. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const options = Number.isInteger(value) ? {} : { maximumSignificantDigits: digits, minimumSignificantDigits: digits };
  return value.toLocaleString(locales[language.value], options);
}

/** A part of 1 as a percentage. */
export const percent = (part: number): string =>
  part.toLocaleString(locales[language.value], { style: 'percent', maximumFractionDigits: part < 0.1 ? 1 : 0 });

export const moment = (time: number): string =>
  new Date(time).toLocaleString(locales[language.value], { dateStyle: 'short', timeStyle: 'short' });

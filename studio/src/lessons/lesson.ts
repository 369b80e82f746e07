import type { Setup } from '../engine/protocol.js';

/** A lesson in one language. Paragraphs are set apart by an empty line; **strong** words by two asterisks. */
export interface LessonText {
  readonly title: string;
  /** One sentence for the list. */
  readonly about: string;
  readonly body: string;
  /** What the experiment is, what to press and what to watch. */
  readonly experiment: string;
  readonly question: string;
  readonly answer: string;
}

/** A text, an experiment that can be changed, and a question whose answer the experiment shows. */
export interface Lesson {
  /** What the experiment trains. */
  readonly setup: Setup;
  readonly text: { readonly en: LessonText; readonly pt: LessonText };
}

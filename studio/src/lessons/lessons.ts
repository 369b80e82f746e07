// The lessons, in the order of a course.
import { bottleneck } from './bottleneck.js';
import type { Lesson } from './lesson.js';

export const lessonNames = ['bottleneck'] as const;
export type LessonName = (typeof lessonNames)[number];

export const lessons: Readonly<Record<LessonName, Lesson>> = { bottleneck };
